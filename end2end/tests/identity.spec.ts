// One identity from the wish to the roll: security asks, somebody else approves. Makes what it changes.
import { expect, test } from '@playwright/test';
import { makeIdentity } from '../support/make';
import { securityOf, signInAs, signInThroughProvider } from '../support/sign-in';

test('an identity is asked for, approved by somebody else, and active', async ({ page, javaScriptEnabled }) => {
  test.slow();
  const name = `e2e-invoices-${javaScriptEnabled === false ? 'plain' : 'rich'} · sync`;
  const asker = securityOf('request', javaScriptEnabled);
  await signInThroughProvider(page, asker);
  const address = await makeIdentity(page, { name, kind: 'Service account' });
  await expect(page.locator('.detail-head .badge').first()).toHaveText('Requested');
  await expect(page.locator('main')).toContainText('Waiting for approval');
  await expect(page.getByRole('link', { name: 'Approve', exact: true }), 'nobody approves what they asked for').toHaveCount(0);

  await signInAs(page, 'admin');
  await page.goto('/identities?state=requested');
  await page.getByRole('link', { name: 'e2e-invoices' }).filter({ hasText: javaScriptEnabled === false ? 'plain' : 'rich' }).click();
  await expect(page).toHaveURL(address);
  await page.getByRole('link', { name: 'Approve', exact: true }).click();
  await page.locator('#do-approve').getByRole('button', { name: 'Approve' }).click();
  await expect(page.locator('.detail-head .badge').first()).toHaveText('Active');

  await page.goto(`/identities?q=${encodeURIComponent(name.split(' ')[0])}`);
  await expect(page.locator('.toolbar .count')).toContainText('1 of');
  await page.goto(`${address}?tab=history`);
  await expect(page.locator('main')).toContainText(asker);
  await expect(page.locator('main')).toContainText('Ines Varga');
});

test('a request with something missing comes back with everything typed', async ({ page }) => {
  await signInAs(page, 'owner');
  await page.goto('/identities/new');
  const main = page.locator('main');
  await main.getByLabel('Name', { exact: true }).fill('e2e-half-done');
  await main.getByLabel('Purpose', { exact: true }).fill('Half a request, to see what comes back.');
  await main.getByLabel('Ticket', { exact: true }).fill('not a ticket');
  await main.getByRole('checkbox', { name: 'Staging' }).check();
  await main.getByLabel('Key id or fingerprint').fill(`ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`);
  // The browser's own checks are not what is tried here.
  await page.locator('main form').evaluateAll((forms) => forms.forEach((form) => form.setAttribute('novalidate', '')));
  await main.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(main.locator('.field .error').first()).toBeVisible();
  await expect(main.getByLabel('Name', { exact: true })).toHaveValue('e2e-half-done');
  await expect(main.getByLabel('Purpose', { exact: true })).toHaveValue('Half a request, to see what comes back.');
  await expect(main.getByLabel('Ticket', { exact: true })).toHaveValue('not a ticket');
  await expect(main.getByRole('checkbox', { name: 'Staging' })).toBeChecked();
  await expect(main.getByText('This looks like a GitHub token')).toBeVisible();
  await expect(main.getByLabel('Key id or fingerprint')).toHaveValue('');
  expect(page.url(), 'nothing typed stands in the address').not.toContain('half');
});

test('a transition without its reason keeps what was typed', async ({ page, javaScriptEnabled }) => {
  const name = `e2e-keeper-${javaScriptEnabled === false ? 'plain' : 'rich'}`;
  await signInThroughProvider(page, securityOf('transition', javaScriptEnabled));
  const address = await makeIdentity(page, { name, kind: 'Service account' });
  await signInAs(page, 'admin');
  await page.goto(address);
  await page.getByRole('link', { name: 'Reject', exact: true }).click();
  const dialog = page.locator('#do-reject');
  await dialog.getByLabel('Reason').fill('no');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.locator('.error')).toBeVisible();
  await expect(dialog.getByLabel('Reason')).toHaveValue('no');
  await dialog.getByLabel('Reason').fill('The old gateway does this already; see the runbook.');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(page.locator('.detail-head .badge').first()).toHaveText('Rejected');
});
