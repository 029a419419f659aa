// The trust lab and the trust tab, with and without JavaScript.
import { expect, test } from '@playwright/test';
import { signInAs } from '../support/sign-in';

test('a document and a built token are judged side by side, and tightened', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.goto('/trust?example=aws');
  await expect(page.getByRole('heading', { name: 'Who gets in' })).toBeVisible();
  await expect(page.locator('.rings li[aria-current]')).toContainText('One organisation');
  await expect(page.getByText('Let in.')).toBeVisible();
  await expect(page.locator('.code.lit .margin-note').first()).toContainText('org-wide-wildcard');
  const share = await page.getByRole('link', { name: 'Link to this document, without the token' }).getAttribute('href');
  expect(share).toContain('trust=');
  expect(share).not.toContain('claims');
  await page.getByRole('button', { name: 'Tighten to the tokens' }).click();
  await expect(page.getByRole('heading', { name: 'Tightened' })).toBeVisible();
  await expect(page.locator('ins').filter({ hasText: 'environment:production' }).first()).toBeVisible();
});

test('what cannot be read is said beside the field, and the rest is kept', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.goto('/trust');
  await page.locator('#lab-trust').fill('{"Statement": [1]}');
  await page.locator('#lab-claims').fill('nonsense');
  await page.getByRole('button', { name: 'Judge' }).click();
  await expect(page.getByText('statement 1 is not an object')).toBeVisible();
  await expect(page.getByText('neither a JSON object nor a JWT')).toBeVisible();
  await expect(page.locator('#lab-trust')).toHaveValue('{"Statement": [1]}');
});
