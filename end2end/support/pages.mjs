// Every page, by its name: an address, or where the first link to such a page stands (of those with the words
// `named`, where others like it come and go). Used by the accessibility audit, the smoke test and the screenshots.

const uuid = '[0-9a-f-]{36}';
const identity = { from: '/identities', link: new RegExp(`^/identities/${uuid}$`) };
const federated = { ...identity, from: '/identities?credential=federated' };
const requested = { ...identity, from: '/identities?state=requested&q=instant-payouts' };
const sealed = { from: '/campaigns', link: new RegExp(`^/campaigns/${uuid}$`), named: 'Q2 2026 access review' };
const campaign = { ...sealed, named: 'Q4 2026 access review' };

// The last working day that is over: today, and over a weekend, nothing may have been deployed yet.
const day = new Date();
do day.setUTCDate(day.getUTCDate() - 1); while ([0, 6].includes(day.getUTCDay()));
export const deployed = `/runs?day=${day.toISOString().slice(0, 10)}`;

/** @type {{ name: string, path?: string, from?: string, link?: RegExp, named?: string, tab?: string, then?: string, as?: string }[]} */
export const pages = [
  { name: 'sign-in', path: '/sign-in', as: 'nobody' },
  { name: 'overview', path: '/' },
  { name: 'identities', path: '/identities' },
  { name: 'identities-nothing', path: '/identities?q=no-such-thing-anywhere&kind=bot' },
  { name: 'identity', ...identity },
  ...['credentials', 'permissions', 'trust', 'activity', 'reviews', 'history']
    .map((tab) => ({ name: `identity-${tab}`, ...identity, tab })),
  { name: 'identity-findings', ...identity, tab: 'findings' },
  { name: 'identity-trust-document', ...federated, tab: 'trust' },
  { name: 'identity-requested', ...requested },
  { name: 'identity-requested-history', ...requested, tab: 'history' },
  { name: 'identity-edit', ...identity, then: '/edit' },
  { name: 'identity-request', path: '/identities/new' },
  { name: 'discovered', path: '/identities/discovered' },
  { name: 'discovered-open', from: '/identities/discovered', link: /^\/identities\/discovered\?.*open=/ },
  { name: 'discovered-auditor', path: '/identities/discovered', as: 'auditor' },
  { name: 'imports', path: '/imports' },
  { name: 'import', from: '/imports', link: new RegExp(`^/imports/${uuid}$`) },
  { name: 'imports-owner', path: '/imports', as: 'owner' },
  { name: 'events', path: '/events' },
  { name: 'events-year', path: '/events?hours=8784' },
  { name: 'events-nothing', path: '/events?q=no-such-thing-anywhere' },
  { name: 'events-live', path: '/events?live=1' },
  { name: 'event', from: '/events', link: /^\/events\?.*event=/ },
  { name: 'runners', path: '/runners' },
  { name: 'runners-nothing', path: '/runners?q=no-such-thing-anywhere' },
  { name: 'runs', path: deployed },
  { name: 'runs-today', path: '/runs' },
  { name: 'runs-nothing', path: '/runs?day=2020-01-01' },
  { name: 'run', from: deployed, link: /^\/runs\/\w/ },
  { name: 'findings', path: '/findings' },
  { name: 'findings-by-identity', path: '/findings?class=detection&group=identity' },
  { name: 'findings-by-rule', path: '/findings?group=rule' },
  { name: 'detection', from: '/findings?class=detection', link: /^\/findings\?.*finding=/ },
  { name: 'finding', from: '/findings', link: /^\/findings\?.*finding=/ },
  { name: 'campaigns', path: '/campaigns' },
  { name: 'campaign', ...campaign },
  { name: 'campaign-items', ...campaign, tab: 'items' },
  { name: 'campaign-items-none', ...campaign, tab: 'items&outcome=gone' },
  { name: 'campaign-sealed', ...sealed },
  { name: 'campaign-remediation', ...sealed, tab: 'remediation' },
  { name: 'campaign-evidence', ...sealed, tab: 'evidence' },
  { name: 'notifications', path: '/settings/notifications' },
  { name: 'campaign-templates', path: '/campaigns/templates' },
  { name: 'campaign-report', path: '/campaigns/report' },
  { name: 'campaign-messages', ...sealed, tab: 'messages' },
  { name: 'campaign-new', path: '/campaigns/new' },
  { name: 'reviews', path: '/reviews', as: 'owner' },
  { name: 'review', from: '/reviews', link: new RegExp(`^/reviews/${uuid}/${uuid}$`), as: 'owner' },
  { name: 'reviews-done', from: '/reviews', link: new RegExp(`^/reviews/${uuid}$`), as: 'nearlyDone' },
  { name: 'overview-owner', path: '/', as: 'owner' },
  { name: 'identities-owner', path: '/identities', as: 'owner' },
  { name: 'overview-auditor', path: '/', as: 'auditor' },
  { name: 'teams', path: '/teams' },
  { name: 'team', from: '/teams', link: /^\/teams\/[\w-]+$/ },
  { name: 'people', path: '/people' },
  { name: 'person', from: '/people', link: /^\/people\/[\w-]+$/ },
  { name: 'trust-lab', path: '/trust' },
  { name: 'trust-lab-example', path: '/trust?example=aws' },
  { name: 'pipelines', path: '/trust/pipelines' },
  { name: 'pipelines-owner', path: '/trust/pipelines', as: 'owner' },
  { name: 'repository', from: '/trust/pipelines', link: new RegExp(`^/trust/pipelines/${uuid}$`) },
  { name: 'trust-lab-google', path: '/trust?example=gcp' },
  { name: 'sources', path: '/sources' },
  { name: 'source', from: '/sources', link: /^\/sources\/(?!new$)[\w-]+$/ },
  { name: 'source-new', path: '/sources/new' },
  { name: 'activity', path: '/activity' },
  { name: 'settings', path: '/settings' },
  { name: 'rotation-limits', path: '/settings/rotation' },
  { name: 'tokens', path: '/settings/tokens' },
  { name: 'destinations', path: '/settings/destinations' },
  { name: 'destination', from: '/settings/destinations', link: new RegExp(`^/settings/destinations/${uuid}$`) },
  { name: 'api-reference', path: '/docs/api' },
  { name: 'connect', path: '/docs/connect' },
  { name: 'device', path: '/settings/device', as: 'admin' },
  { name: 'destination-new', path: '/settings/destinations/new' },
  { name: 'search', path: '/search?q=deploy' },
  { name: 'search-nothing', path: '/search?q=no-such-thing-anywhere' },
  { name: 'not-found', path: '/no-such-page' },
  { name: 'no-such-identity', path: '/identities/00000000-0000-7000-8000-000000000000' },
  { name: 'forbidden', path: '/campaigns/new', as: 'auditor' },
];

/** Goes to a page of the list; tells whether there was one to go to. */
export async function visit(page, { path, from, link, named = '', tab, then = '' }) {
  if (path) {
    await page.goto(path);
    return true;
  }
  await page.goto(from);
  const links = await page.locator('main a[href]')
    .evaluateAll((anchors) => anchors.map((a) => ({ href: a.getAttribute('href'), words: a.textContent })));
  const href = links.find(({ href, words }) => link.test(href) && !href.endsWith('/new') && words.includes(named))?.href;
  if (!href) return false;
  await page.goto(tab ? `${href}?tab=${tab}` : `${href}${then}`);
  return true;
}
