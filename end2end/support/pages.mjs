// Every page, by its name: an address, or where the first link to such a page stands. Used by the accessibility
// audit, the smoke test and the screenshots.

/** @type {{ name: string, path?: string, from?: string, link?: RegExp, as?: string }[]} */
export const pages = [
  { name: 'sign-in', path: '/sign-in', as: 'nobody' },
  { name: 'overview', path: '/' },
  { name: 'identities', path: '/identities' },
  { name: 'identity', from: '/identities', link: /^\/identities\/[0-9a-f-]{36}$/ },
  { name: 'identity-request', path: '/identities/new' },
  { name: 'events', path: '/events' },
  { name: 'event', from: '/events', link: /^\/events\?.*event=/ },
  { name: 'findings', path: '/findings' },
  { name: 'campaigns', path: '/campaigns' },
  { name: 'campaign', from: '/campaigns', link: /^\/campaigns\/[0-9a-f-]{36}$/ },
  { name: 'campaign-new', path: '/campaigns/new' },
  { name: 'reviews', path: '/reviews', as: 'owner' },
  { name: 'teams', path: '/teams' },
  { name: 'team', from: '/teams', link: /^\/teams\/[\w-]+$/ },
  { name: 'people', path: '/people' },
  { name: 'person', from: '/people', link: /^\/people\/[\w-]+$/ },
  { name: 'sources', path: '/sources' },
  { name: 'activity', path: '/activity' },
  { name: 'settings', path: '/settings' },
  { name: 'tokens', path: '/settings/tokens' },
  { name: 'search', path: '/search?q=deploy' },
  { name: 'not-found', path: '/no-such-page' },
];

/** Goes to a page of the list; tells whether there was one to go to. */
export async function visit(page, { path, from, link }) {
  if (path) {
    await page.goto(path);
    return true;
  }
  await page.goto(from);
  for (const anchor of await page.locator('a[href]').all()) {
    const href = await anchor.getAttribute('href');
    if (href !== '/identities/new' && href !== '/campaigns/new' && link.test(href)) {
      await page.goto(href);
      return true;
    }
  }
  return false;
}
