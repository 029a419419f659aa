import { expect, type Cookie, type Page } from '@playwright/test';

/** The people of the demo organisation whom its sign-in page offers, by what they are here for. */
export const personas = {
  admin: 'Ines Varga',
  auditor: 'Margaret Osei',
  nearlyDone: 'Aiko Brandt',
  owner: 'Jonas Hale',
} as const;

/** People of the security team whom the provider knows: each is of one test alone, with JavaScript and without. */
const security = {
  campaign: ['Ben Okoro', 'Eva Lund'],
  request: ['Lia Marsh', 'Noor Sayed'],
  transition: ['Raj Sethi', 'Tom Ferrer'],
  provider: ['Una Walsh', 'Vera Blum'],
} as const;

/** The person of the security team who is of this test alone. */
export function securityOf(test: keyof typeof security, javaScriptEnabled: boolean | undefined): string {
  return security[test][javaScriptEnabled === false ? 1 : 0];
}

export type Persona = keyof typeof personas;

/** Signs in as a persona of the demo organisation, whoever was signed in before. */
export async function signInAs(page: Page, persona: Persona): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.locator('form[action="/auth/persona"]').filter({ hasText: personas[persona] }).getByRole('button').click();
  await expect(page).not.toHaveURL(/sign-in/);
  await expect(page.locator('#rail .me')).toContainText(personas[persona]);
}

const kept = new Map<Persona, Cookie[]>();

/** Signs in as a persona, once for all tests of a worker that only look: whoever was before, they share a session. */
export async function signInOnce(page: Page, persona: Persona): Promise<void> {
  const cookies = kept.get(persona);
  if (cookies) return page.context().addCookies(cookies);
  await signInAs(page, persona);
  kept.set(persona, await page.context().cookies());
}

/** Signs in through the OpenID Connect provider (`provider.mjs`) as one of its people, whoever was before. */
export async function signInThroughProvider(page: Page, name: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Continue with Acme' }).click();
  // The sign-in page offers people of the same names: only the provider's own page asks who one is.
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
  await page.getByRole('button', { name }).click();
  await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/(?!sign-in)/);
  await expect(page.locator('#rail .me')).toContainText(name);
}

/**
 * Posts to a server function as the person signed in on the page, as a form of ours would: same origin, same
 * session. Says what status came back.
 */
export async function post(page: Page, endpoint: string, form: Record<string, string>, origin = new URL(page.url()).origin): Promise<number> {
  const answer = await page.context().request.post(`/api/ui/${endpoint}`, {
    form,
    headers: { origin, accept: 'application/json' },
    maxRedirects: 0,
  });
  return answer.status();
}
