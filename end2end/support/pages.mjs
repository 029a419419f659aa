// Every page, by its name: an address, or where the first link to such a page stands. Used by the accessibility
// audit, the smoke test and the screenshots. `look`: only photographed so far, until its audit has run once.

const uuid = '[0-9a-f-]{36}';
const identity = { from: '/identities', link: new RegExp(`^/identities/${uuid}$`) };
const campaign = { from: '/campaigns', link: new RegExp(`^/campaigns/${uuid}$`) };

/** @type {{ name: string, path?: string, from?: string, link?: RegExp, last?: boolean, tab?: string, as?: string, look?: boolean }[]} */
export const pages = [
  { name: 'sign-in', path: '/sign-in', as: 'nobody' },
  { name: 'overview', path: '/' },
  { name: 'identities', path: '/identities' },
  { name: 'identities-nothing', path: '/identities?q=no-such-thing-anywhere&kind=bot' },
  { name: 'identity', ...identity },
  ...['credentials', 'permissions', 'trust', 'activity', 'reviews', 'history']
    .map((tab) => ({ name: `identity-${tab}`, ...identity, tab })),
  { name: 'identity-findings', look: true, ...identity, tab: 'findings' },
  { name: 'identity-request', path: '/identities/new' },
  { name: 'events', path: '/events' },
  { name: 'events-year', path: '/events?hours=8784' },
  { name: 'events-nothing', path: '/events?q=no-such-thing-anywhere' },
  { name: 'event', from: '/events', link: /^\/events\?.*event=/ },
  { name: 'findings', path: '/findings' },
  { name: 'finding', look: true, from: '/findings', link: /^\/findings\?.*finding=/ },
  { name: 'campaigns', path: '/campaigns' },
  { name: 'campaign', ...campaign },
  { name: 'campaign-items', look: true, ...campaign, tab: 'items' },
  { name: 'campaign-sealed', ...campaign, last: true },
  { name: 'campaign-evidence', look: true, ...campaign, last: true, tab: 'evidence' },
  { name: 'campaign-new', path: '/campaigns/new' },
  { name: 'reviews', path: '/reviews', as: 'owner' },
  { name: 'review', look: true, from: '/reviews', link: new RegExp(`^/reviews/${uuid}/${uuid}$`), as: 'owner' },
  { name: 'reviews-done', look: true, from: '/reviews', link: new RegExp(`^/reviews/${uuid}$`), as: 'nearlyDone' },
  { name: 'overview-owner', look: true, path: '/', as: 'owner' },
  { name: 'identities-owner', look: true, path: '/identities', as: 'owner' },
  { name: 'overview-auditor', look: true, path: '/', as: 'auditor' },
  { name: 'teams', path: '/teams' },
  { name: 'team', from: '/teams', link: /^\/teams\/[\w-]+$/ },
  { name: 'people', path: '/people' },
  { name: 'person', from: '/people', link: /^\/people\/[\w-]+$/ },
  { name: 'sources', path: '/sources' },
  { name: 'source', look: true, from: '/sources', link: /^\/sources\/(?!new$)[\w-]+$/ },
  { name: 'source-new', look: true, path: '/sources/new' },
  { name: 'activity', path: '/activity' },
  { name: 'settings', path: '/settings' },
  { name: 'tokens', path: '/settings/tokens' },
  { name: 'search', path: '/search?q=deploy' },
  { name: 'search-nothing', look: true, path: '/search?q=no-such-thing-anywhere' },
  { name: 'not-found', path: '/no-such-page' },
  { name: 'no-such-identity', look: true, path: '/identities/00000000-0000-7000-8000-000000000000' },
  { name: 'forbidden', look: true, path: '/campaigns/new', as: 'auditor' },
];

/** Goes to a page of the list; tells whether there was one to go to. */
export async function visit(page, { path, from, link, last = false, tab }) {
  if (path) {
    await page.goto(path);
    return true;
  }
  await page.goto(from);
  const addresses = await page.locator('main a[href]').evaluateAll((anchors) => anchors.map((a) => a.getAttribute('href')));
  const fitting = addresses.filter((href) => link.test(href) && !href.endsWith('/new'));
  const href = last ? fitting.at(-1) : fitting[0];
  if (!href) return false;
  await page.goto(tab ? `${href}?tab=${tab}` : href);
  return true;
}
