// What somebody expected of an identity is told to who reviews it next. Makes the identity, its exception and campaign.
import { expect, test } from '@playwright/test';
import { upload } from '../support/make';
import { signInAs } from '../support/sign-in';

test('what was excepted is shown to the reviewer of the next campaign, with its reason and until when', async ({ page, javaScriptEnabled }) => {
  test.slow();
  const kind = javaScriptEnabled === false ? 'plain' : 'rich';
  const [name, campaign] = [`e2e-both-worlds-${kind}`, `Both worlds, ${kind}`];
  const reason = 'The staging shop is rebuilt from production each night; they part in March (PAY-4712).';
  const finding = 'Production mixed with other environments';
  const main = page.locator('main');
  await signInAs(page, 'admin');
  await upload(page, 'both-worlds.csv', [
    'external_id,name,kind,platform,state,purpose,team,owner,environments',
    `${name},${name},service_account,other,active,Builds the catalogue every night,payments,jonas.hale@acme.example,production;staging`,
  ]);
  await page.getByRole('button', { name: 'Save the import' }).click();
  await expect(page.getByRole('link', { name: 'Go to the identities' })).toBeVisible();

  await page.goto(`/findings?rule=environment_mixed&q=${name}`);
  const row = main.getByRole('row').filter({ hasText: name });
  await row.getByRole('link', { name: finding }).click();
  await page.getByRole('link', { name: 'Except until…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Except this finding' });
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByLabel('Days').fill('60');
  await dialog.getByRole('button', { name: 'Except it' }).click();
  await expect(row, 'it left the open list').toHaveCount(0);
  await page.goto(`/findings?state=excepted&q=${name}`);
  await expect(row).toContainText(/Excepted to/);

  await page.goto(`/identities?q=${name}`);
  await page.getByRole('link', { name: 'Review these' }).click();
  await main.getByLabel('Name', { exact: true }).fill(campaign);
  await main.getByLabel('Answers are due by the end of').fill(new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10));
  await main.getByRole('button', { name: 'See the preview' }).click();
  await expect(main).toContainText('1 identity, not frozen yet');
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  const gaps = page.locator('#start').getByLabel('Why this is accepted');
  if (await gaps.count()) await gaps.fill('Its platform is connected next month; its owner looks by hand.');
  await page.locator('#start').getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('.detail-head .badge')).toHaveText('Active');

  await signInAs(page, 'owner');
  await page.goto('/reviews');
  await page.getByRole('row').filter({ hasText: campaign }).getByRole('link', { name: 'Begin' }).click();
  await expect(page.locator('#item-h')).toContainText(name);
  const told = page.getByRole('region', { name: 'Open findings' });
  await expect(told).toContainText('1 exception when it was frozen');
  const expected = told.getByRole('listitem').filter({ hasText: `${finding} is expected until` });
  await expect(expected).toContainText(reason);
  await expect(expected).toContainText('Ines Varga');
});
