// How long a source's events are kept: told on its page, changed there by whoever manages it. Makes the source.
import { expect, test, type Page } from '@playwright/test';
import { signInAs } from '../support/sign-in';

const retention = (page: Page) => page.getByRole('region', { name: 'Retention' });

test('a source tells how long its events are kept, and what is typed wrong changes nothing', async ({ page, javaScriptEnabled }) => {
  const kind = javaScriptEnabled === false ? 'plain' : 'rich';
  await signInAs(page, 'admin');
  await page.goto('/sources/new');
  await page.locator('main').getByLabel('Name', { exact: true }).fill(`E2e keeper ${kind}`);
  await page.getByRole('button', { name: 'Add the source' }).click();
  await page.getByRole('link', { name: 'Go to the source' }).click();
  await expect(page).toHaveURL(new RegExp(`/sources/e2e-keeper-${kind}$`));
  const address = page.url();
  await expect(retention(page)).toContainText(/Events are kept\s*for good/);
  await expect(retention(page)).not.toContainText('To be removed');

  await page.getByRole('link', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Change this source' });
  const months = dialog.getByLabel('Months its events are kept');
  await months.fill('3');
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(dialog).toContainText('Must be between 4 and 240 months.');
  await expect(months).toHaveValue('3');
  await page.goto(address);
  await expect(retention(page)).toContainText(/Events are kept\s*for good/);
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  await months.fill('6');
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(retention(page)).toContainText(/Events are kept\s*6 months/);
  await expect(retention(page)).toContainText(/Kept from\s*1 [A-Z][a-z]{2} \d{4}/);
  await expect(retention(page)).toContainText(/To be removed\s*nothing is older/);

  // The auditor reads the same and has nothing to change it with.
  await signInAs(page, 'auditor');
  await page.goto(address);
  await expect(retention(page)).toContainText(/Events are kept\s*6 months/);
  await expect(page.getByRole('link', { name: 'Change', exact: true })).toHaveCount(0);
});
