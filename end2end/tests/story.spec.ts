// What each role does with the demo organisation: looking, deciding, and being refused. With JavaScript and without.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { post, securityOf, signInAs, signInThroughProvider } from '../support/sign-in';

/** The running review of the demo among whatever else other tests have started. */
const running = (page: Page) => page.getByRole('row').filter({ hasText: 'Q4 2026 access review' });

test('sends an anonymous visitor to sign-in and back to what they wanted', async ({ page }) => {
  await page.goto('/identities?kind=bot');
  await expect(page).toHaveURL(/sign-in/);
  await page.locator('form[action="/auth/persona"]').filter({ hasText: 'Ines Varga' }).getByRole('button').click();
  await expect(page).toHaveURL(/\/identities\?kind=bot$/);
  await expect(page.getByRole('checkbox', { name: 'Bot' })).toBeChecked();
});

test('finds an identity by filter and search, all in the address', async ({ page }) => {
  await signInAs(page, 'admin');
  const count = page.locator('.toolbar .count b');
  await page.goto('/identities?environment=production');
  await expect(count).toHaveText(/^[1-9]\d*$/);
  const all = Number(await count.textContent());
  await page.goto('/identities?environment=production&q=payments-api');
  await expect(count).toHaveText(/^[1-9]\d*$/);
  expect(Number(await count.textContent())).toBeLessThan(all);
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('production');
  await expect(page.locator('.table tbody tr').first()).toContainText('payments-api');
});

test('narrows a list by a facet', async ({ page, javaScriptEnabled }) => {
  await signInAs(page, 'admin');
  await page.goto('/identities');
  await page.getByRole('checkbox', { name: 'Bot' }).check();
  if (javaScriptEnabled === false) await page.getByRole('button', { name: 'Apply filters' }).click();
  await expect(page).toHaveURL(/kind=bot/);
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('bot');
});

test('an owner decides an item, and everybody reads the decision', async ({ page, javaScriptEnabled }) => {
  // Both kinds of browser share Jonas's queue: each takes another end of it.
  const mine = (items: Locator) => (javaScriptEnabled === false ? items.last() : items.first());
  await signInAs(page, 'owner');
  await page.goto('/reviews');
  await running(page).getByRole('link', { name: /^(Begin|Go on)$/ }).click();
  await expect(page).toHaveURL(/\/reviews\/[0-9a-f-]{36}\/[0-9a-f-]{36}/);
  const href = await mine(page.locator('#queue > ul > li > a')).getAttribute('href');
  await page.goto(href!);
  const name = (await page.locator('#item-h').innerText()).replace(/\s+/g, ' ').trim();
  const reason = `Still needed, checked with the team today (${javaScriptEnabled === false ? 'by hand' : 'in the browser'}).`;
  await page.getByLabel('Reason or question').fill(reason);
  await page.getByRole('button', { name: /^Approve/ }).click();
  await expect(page).toHaveURL(/done=/);

  await page.goto(href!);
  await expect(page.locator('.item > header')).toContainText('Approve by Jonas Hale');
  await expect(page.getByLabel('Reason or question')).toHaveValue(reason);

  await signInAs(page, 'admin');
  await page.goto('/campaigns');
  await running(page).getByRole('link', { name: 'Q4 2026 access review' }).click();
  await page.getByRole('link', { name: /^Items/ }).click();
  await expect(page.locator('.toolbar .count')).toHaveText(/^\d+ items$/);
  await expect(page.getByRole('navigation', { name: 'Pages' }), 'a hundred at a time').toContainText('1 to 100 of');
  await page.getByLabel('Identity', { exact: true }).fill(name);
  await page.getByLabel('Identity', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/tab=items&q=/);
  const row = page.locator('main').getByRole('row').filter({ hasText: name }).filter({ hasText: 'Jonas Hale' });
  await expect(row).toContainText('Approve');
  await page.goto('/activity?object=item');
  await expect(page.locator('main')).toContainText('Jonas Hale');
});

test('a decision without the reason it needs is not taken, and nothing typed is lost', async ({ page }) => {
  await signInAs(page, 'owner');
  await page.goto('/reviews');
  await running(page).getByRole('link', { name: /^(Begin|Go on)$/ }).click();
  await page.locator('#queue > ul > li > a').nth(1).click();
  await page.getByLabel('Reason or question').fill('ok');
  await page.getByRole('button', { name: /^Revoke/ }).click();
  await expect(page.locator('.field .error')).toBeVisible();
  await expect(page.getByLabel('Reason or question')).toHaveValue('ok');
  await expect(page.locator('.item > header')).not.toContainText('Revoke by Jonas Hale');
});

test('an auditor reads everything and can change nothing', async ({ page }) => {
  await signInAs(page, 'auditor');
  for (const path of ['/activity', '/identities', '/findings', '/campaigns', '/sources']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main').getByRole('row').nth(1)).toBeVisible();
  }
  await page.goto('/campaigns/new');
  await expect(page.getByRole('heading', { name: 'This is not yours to do' }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /draft|preview|create/i })).toHaveCount(0);

  await page.goto('/identities');
  await expect(page.getByRole('link', { name: /^Ask for/ })).toHaveCount(0);
  await page.locator('.table tbody a[href^="/identities/"]').first().click();
  await expect(page).toHaveURL(/\/identities\/[0-9a-f-]{36}/);
  await expect(page.getByRole('link', { name: /^(Approve|Suspend|Decommission)$/ })).toHaveCount(0);

  // No button is no protection: the same session asks by itself.
  const identity = page.url().match(/[0-9a-f-]{36}/)![0];
  const before = await page.locator('.detail-head .badge').first().innerText();
  expect(await post(page, 'identities/change', {
    'input[identity]': identity, 'input[transition]': 'suspend', 'input[reason]': 'An auditor should not be able to do this.', 'input[ticket]': '',
  })).toBe(403);
  expect(await post(page, 'campaigns/create', { name: 'An auditor’s campaign', due_on: '2027-01-31' })).toBe(403);
  await page.reload();
  await expect(page.locator('.detail-head .badge').first()).toHaveText(before);
  await page.goto('/campaigns');
  await expect(page.getByText('An auditor’s campaign')).toHaveCount(0);
});

test('another site cannot act with somebody’s session', async ({ page }) => {
  await signInAs(page, 'admin');
  const form = { name: 'From elsewhere', due_on: '2027-01-31' };
  expect(await post(page, 'campaigns/create', form, 'https://elsewhere.example')).toBe(403);
  await page.goto('/campaigns');
  await expect(page.getByText('From elsewhere')).toHaveCount(0);
});

test('signs in through a real provider, with the roles of its groups', async ({ page, javaScriptEnabled }) => {
  await signInThroughProvider(page, securityOf('provider', javaScriptEnabled));
  await page.goto('/settings');
  await expect(page.locator('main')).toContainText('Security');

  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Continue with Acme' }).click();
  await page.getByRole('button', { name: 'Sam Stranger' }).click();
  await expect(page, 'who has no group that Rollcall knows gets no further').toHaveURL(/\/sign-in\?/);
  await expect(page.locator('main .notice')).toBeVisible();
});

test('signing out everywhere ends every session of the person', async ({ browser, page, javaScriptEnabled }) => {
  // A person of this test alone: everything else they were doing ends.
  const who = javaScriptEnabled === false ? 'Hana Kim' : 'Yuki Tanabe';
  const elsewhere = await (await browser.newContext()).newPage();
  await signInThroughProvider(elsewhere, who);
  await signInThroughProvider(page, who);
  await elsewhere.goto('/identities');
  await expect(elsewhere.getByRole('heading', { name: 'Identities', level: 1 })).toBeVisible();
  await page.goto('/settings');
  await page.locator('main').getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page).toHaveURL(/sign-in/);
  await elsewhere.goto('/identities');
  await expect(elsewhere).toHaveURL(/sign-in/);
  await elsewhere.context().close();
});

test('an unreadable filter is left out, an unknown id is told kindly with its status', async ({ page }) => {
  await signInAs(page, 'admin');
  const filtered = await page.goto('/identities?kind=dragon&environment=moon&after=%00nonsense&sort=up');
  expect(filtered!.status()).toBeLessThan(500);
  await expect(page.getByText('Something of ours failed')).toHaveCount(0);
  for (const path of ['/identities/nonsense', '/identities/00000000-0000-7000-8000-000000000000',
    '/campaigns/nonsense', '/campaigns/00000000-0000-7000-8000-000000000000', '/teams/no-such-team',
    '/people/00000000-0000-7000-8000-000000000000', '/sources/no-such-source', '/no-such-page']) {
    const answer = await page.goto(path);
    expect(answer!.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is nothing here' }).first(), path).toBeVisible();
  }
});
