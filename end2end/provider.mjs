// An OpenID Connect provider on loopback, for the browser tests: a real one (npm `oidc-provider`) whose sign-in page
// asks for no password. Its people are those of the demo organisation; their groups give them their roles.
//
// Reads PORT, ROLLCALL_URL (whose /auth/oidc/callback it returns to), CLIENT_ID and CLIENT_SECRET.
import { Provider } from 'oidc-provider';

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;

/**
 * Who may sign in; `stranger` has no group that Rollcall knows. The last ones are each of one test alone, so that
 * nothing one test does to a person is met by another.
 */
const people = {
  'ines.varga': { name: 'Ines Varga', groups: ['rollcall-admins', 'secops'] },
  'viktor.halasz': { name: 'Viktor Halász', groups: ['secops'] },
  'jonas.hale': { name: 'Jonas Hale', groups: ['engineering', 'team-payments'] },
  'aiko.brandt': { name: 'Aiko Brandt', groups: ['engineering', 'team-platform'] },
  'hana.kim': { name: 'Hana Kim', groups: ['engineering'] },
  'yuki.tanabe': { name: 'Yuki Tanabe', groups: ['engineering', 'team-platform'] },
  'freya.dahl': { name: 'Freya Dahl', groups: ['engineering', 'team-platform'] },
  'margaret.osei': { name: 'Margaret Osei', groups: ['audit'] },
  stranger: { name: 'Sam Stranger', groups: ['everyone'] },
  ...Object.fromEntries(['Ben Okoro', 'Eva Lund', 'Lia Marsh', 'Noor Sayed', 'Raj Sethi', 'Tom Ferrer', 'Una Walsh', 'Vera Blum']
    .map((name) => [name.toLowerCase().replace(' ', '.'), { name, groups: ['secops'] }])),
};

const provider = new Provider(issuer, {
  clients: [{
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    redirect_uris: [`${process.env.ROLLCALL_URL}/auth/oidc/callback`],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  // Group claims in the ID token itself, as most companies' providers send them.
  conformIdTokenClaims: false,
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/choose/${interaction.uid}` },
  findAccount: (_, id) => people[id] && {
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@acme.example`, email_verified: true, ...people[id] }),
  },
  // Our own client needs nobody's consent.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});

const page = (uid) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Choose a person</title></head>
<body><main><h1>Who are you?</h1><form method="post" action="/choose/${uid}">
${Object.entries(people).map(([id, { name }]) => `<button name="person" value="${id}">${name}</button>`).join('\n')}
</form></main></body></html>`;

provider.use(async (ctx, next) => {
  const uid = ctx.path.match(/^\/choose\/([\w-]+)$/)?.[1];
  if (!uid) return next();
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = page(uid);
    return;
  }
  let body = '';
  for await (const chunk of ctx.req) body += chunk;
  const person = new URLSearchParams(body).get('person');
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: person } });
});

provider.listen(port, '127.0.0.1', () => console.log(`provider on ${issuer}`));
