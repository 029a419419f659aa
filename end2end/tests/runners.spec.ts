// A list of runners from the file to the inventory: seen before it is saved, read by an auditor. Names its own machines.
import { expect, test } from '@playwright/test';
import { upload } from '../support/make';
import { signInAs } from '../support/sign-in';

test('a list of runners is looked at, saved, and stands among the runners', async ({ page, javaScriptEnabled }) => {
  const owner = `e2e-${javaScriptEnabled === false ? 'plain' : 'rich'}`;
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await signInAs(page, 'admin');
  await upload(page, 'runners.csv', [
    'name,platform,owner,hosted,ephemeral,labels,repositories,last_seen,online',
    `${owner}-metal,github,${owner},no,no,linux;metal,acme/shop,${yesterday},online`,
    `${owner}-pod,github,${owner},no,yes,linux,,,offline`,
  ]);
  const main = page.locator('main');
  const preview = page.getByRole('table', { name: 'What the import would change' });
  await expect(preview.getByRole('row').filter({ hasText: 'Runners' })).toContainText(/Runners\s*2\s*0\s*0\s*0/);
  await expect(page.getByRole('table', { name: 'Rows that change something' })).toContainText(`${owner}-metal of ${owner}`);
  await expect(main).toContainText('Saving it makes 2 changes in one step.');
  await page.getByRole('button', { name: 'Save the import' }).click();
  await expect(main).toContainText('2 new, 0 changed, 0 unchanged, 0 in conflict.');

  await signInAs(page, 'auditor');
  await page.goto('/runners');
  await main.getByLabel('Name, organisation or label').fill(owner);
  await main.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`[?&]q=${owner}`));
  const rows = page.getByRole('table', { name: 'Runners, last seen first' }).locator('tbody tr');
  await expect(rows).toHaveCount(2);
  const metal = rows.filter({ hasText: `${owner}-metal` });
  for (const words of ['Own, persistent', 'acme/shop', 'online when listed']) await expect(metal).toContainText(words);
  const pod = rows.filter({ hasText: `${owner}-pod` });
  for (const words of ['Own, one job each', 'Not seen', 'offline when listed']) await expect(pod).toContainText(words);
});
