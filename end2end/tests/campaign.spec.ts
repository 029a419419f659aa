// A campaign from its draft to a pack that anybody can check. Makes the one identity it is about.
import { expect, test } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { approve, makeIdentity } from '../support/make';
import { rollcall } from '../support/rollcall';
import { securityOf, signInAs, signInThroughProvider } from '../support/sign-in';

test('a campaign is prepared, decided, closed and sealed, and its evidence verifies', async ({ page, javaScriptEnabled }) => {
  test.slow();
  // The demo has bots in development only: a bot of another environment is a population of its own.
  const [kind, environment] = javaScriptEnabled === false ? ['plain', 'Production'] as const : ['rich', 'Staging'] as const;
  const bot = `e2e-release-bot-${kind}`;
  const campaign = `Bots of ${environment.toLowerCase()}, ${kind}`;
  // Asked for by security: whoever asked for an identity does not review it first.
  await signInThroughProvider(page, securityOf('campaign', javaScriptEnabled));
  await approve(page, await makeIdentity(page, { name: bot, kind: 'Bot', environment }));

  await page.goto('/campaigns/new');
  const main = page.locator('main');
  await main.getByLabel('Name', { exact: true }).fill(campaign);
  await main.getByLabel('Answers are due by the end of').fill(new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10));
  await main.getByRole('checkbox', { name: /^Only identities whose review is due/ }).uncheck();
  await main.getByText('Narrow it further').click();
  await main.getByRole('checkbox', { name: 'Bot' }).check();
  await main.getByRole('checkbox', { name: environment }).check();
  await main.getByRole('button', { name: 'See the preview' }).click();
  await expect(page).toHaveURL(/\/campaigns\/[0-9a-f-]{36}$/);
  const address = page.url();
  await expect(page.locator('.detail-head .badge')).toHaveText('Draft');
  await expect(main).toContainText('1 identity, not frozen yet');
  await expect(main.getByRole('table', { name: 'Items by reviewer' })).toContainText('Jonas Hale');

  await page.getByRole('link', { name: 'Start', exact: true }).click();
  await expect(page.locator('#start')).toContainText('1 identity will be frozen');
  const gaps = page.locator('#start').getByLabel('Why this is accepted');
  if (await gaps.count()) await gaps.fill('Its platform is connected next month; its owner looks by hand.');
  await page.locator('#start').getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('.detail-head .badge')).toHaveText('Active');

  await signInAs(page, 'owner');
  await page.goto('/reviews');
  await page.getByRole('row').filter({ hasText: campaign }).getByRole('link', { name: 'Begin' }).click();
  await expect(page.locator('#item-h')).toContainText(bot);
  await page.getByLabel('Reason or question').fill('Releases the shop every Tuesday, seen with the team.');
  await page.getByRole('button', { name: /^Approve/ }).click();
  await expect(page).toHaveURL(/done=/);
  await expect(main).toContainText('All 1 of your items are decided');

  await signInAs(page, 'admin');
  await page.goto(address);
  await expect(page.locator('.detail-head')).toContainText('1 approve, 0 modify, 0 revoke');
  await page.getByRole('link', { name: 'Close', exact: true }).click();
  await page.locator('dialog#close').getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('.detail-head .badge')).toHaveText('Remediating');
  await page.locator('header.topbar').getByRole('link', { name: 'Seal', exact: true }).click();
  await page.locator('#seal').getByLabel(/^Type seal/).fill('seal');
  await page.locator('#seal').getByRole('button', { name: 'Seal' }).click();
  await expect(page.locator('.detail-head .badge')).toHaveText('Sealed');

  // The auditor takes the pack home and believes nobody.
  await signInAs(page, 'auditor');
  await page.goto(`${address}?tab=evidence`);
  await expect(page.getByRole('link', { name: /^Download/ })).toBeVisible();
  const pack = test.info().outputPath('evidence.zip');
  const download = await page.context().request.get(`${address}/evidence.zip`);
  expect(download.status()).toBe(200);
  writeFileSync(pack, await download.body());
  const verified = rollcall('verify', pack);
  expect(verified, verified.said).toMatchObject({ code: 0 });
  const bytes = readFileSync(pack);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  const forged = test.info().outputPath('forged.zip');
  writeFileSync(forged, bytes);
  const refused = rollcall('verify', forged);
  expect(refused.code, refused.said).toBe(1);
});

test('a campaign form with something wrong comes back with everything typed', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.goto('/campaigns/new');
  const main = page.locator('main');
  await main.getByLabel('Name', { exact: true }).fill('E2e half done');
  await main.getByLabel('Answers are due by the end of').fill('2020-01-01');
  await main.getByLabel('What reviewers should know').fill('Bots first.');
  await main.getByRole('checkbox', { name: /^Only identities whose review is due/ }).uncheck();
  await main.getByText('Narrow it further').click();
  await main.getByRole('checkbox', { name: 'Bot' }).check();
  await main.getByRole('button', { name: 'See the preview' }).click();
  await expect(main.locator('.field .error').first()).toBeVisible();
  await expect(main.getByLabel('Name', { exact: true })).toHaveValue('E2e half done');
  await expect(main.getByLabel('Answers are due by the end of')).toHaveValue('2020-01-01');
  await expect(main.getByLabel('What reviewers should know')).toHaveValue('Bots first.');
  await expect(main.getByRole('checkbox', { name: /^Only identities whose review is due/ })).not.toBeChecked();
  await expect(main.getByRole('checkbox', { name: 'Bot' })).toBeChecked();
  expect(page.url(), 'nothing typed stands in the address').not.toContain('half');
});
