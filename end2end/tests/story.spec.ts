// The whole story, with and without JavaScript: sign in, look, ask, approve, decide, hand over.
import { expect, test } from '@playwright/test';
import { signInAs, signInThroughProvider } from '../support/sign-in';

test('sends an anonymous visitor to sign-in and back', async ({ page }) => {
  await page.goto('/identities?kind=bot');
  await expect(page).toHaveURL(/sign-in/);
});

test('finds an identity by filter and search, all in the address', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.goto('/identities?environment=production&q=payments');
  const rows = page.locator('table.table tbody tr');
  await expect(rows.first()).toBeVisible();
  const found = await rows.count();
  await page.goto('/identities?environment=production');
  expect(await rows.count()).toBeGreaterThan(found);
});

test('an owner decides an item, and the next one comes', async ({ page }) => {
  await signInAs(page, 'owner');
  await page.goto('/reviews');
  await page.locator('main a[href^="/reviews/"]').first().click();
  await expect(page).toHaveURL(/\/reviews\/[0-9a-f-]{36}\/[0-9a-f-]{36}/);
  const before = page.url();
  const reason = page.locator('[name="reason"]').first();
  await reason.fill('Still needed for the monthly settlement run, checked with the team today.');
  await page.getByRole('button', { name: /^Approve/ }).click();
  await expect(page).not.toHaveURL(before);
});

test('an auditor reads the record and changes nothing', async ({ page }) => {
  await signInAs(page, 'auditor');
  await page.goto('/activity');
  await expect(page.getByRole('heading', { name: 'Activity' }).first()).toBeVisible();
  await page.goto('/campaigns/new');
  await expect(page.getByRole('button', { name: /draft|preview|create/i })).toHaveCount(0);
});

test('signs in through a real provider', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'the provider is signed in through once; its own form is the same without JavaScript');
  await signInThroughProvider(page, 'Jonas Hale');
  await expect(page).not.toHaveURL(/sign-in/);
});
