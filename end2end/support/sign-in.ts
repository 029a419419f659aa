import { expect, type Page } from '@playwright/test';

/** The people of the demo organisation whom its sign-in page offers, by what they are here for. */
export const personas = {
  admin: 'Ines Varga',
  auditor: 'Margaret Osei',
  nearlyDone: 'Aiko Brandt',
  owner: 'Jonas Hale',
} as const;

export type Persona = keyof typeof personas;

/** Signs in as a persona of the demo organisation, and lands on the overview. */
export async function signInAs(page: Page, persona: Persona): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('form[action="/auth/persona"]').filter({ hasText: personas[persona] }).getByRole('button').click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Signs in through the OpenID Connect provider (`provider.mjs`) as one of its people. */
export async function signInThroughProvider(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Acme' }).or(page.getByRole('link', { name: 'Acme' })).first().click();
  // The sign-in page offers people of the same names: only the provider's own page asks who one is.
  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible();
  await page.getByRole('button', { name }).click();
  await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/(?!sign-in)/);
}

/** Waits until the browser half has taken over; without JavaScript there is nothing to wait for. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
}
