// A source from nothing to its first event: made in the interface, sent to with its token, read in the explorer.
import { expect, test } from '@playwright/test';
import { signInAs } from '../support/sign-in';

test('an event sent with the token of a new source stands in the explorer with what was received', async ({ page, request }) => {
  test.slow();
  const stamp = test.info().testId.slice(0, 8) + test.info().retry;
  const source = `E2e runner ${stamp}`;
  await signInAs(page, 'admin');
  await page.goto('/sources/new');
  await page.locator('main').getByLabel('Name', { exact: true }).fill(source);
  await page.getByRole('button', { name: 'Add the source' }).click();
  const shown = page.locator('main .notice').filter({ hasText: 'Copy this token now' });
  await expect(shown).toBeVisible();
  const token = (await shown.textContent())!.match(/rc[a-z]*_[A-Za-z0-9]{49}/)![0];
  const slug = `e2e-runner-${stamp.toLowerCase()}`;

  const event = {
    kind: 'deployment', outcome: 'success', action: 'deploy', occurred_at: new Date().toISOString(),
    vendor_id: `deploy-${stamp}`, actor: 'ci-runner', repository: `acme/e2e-${stamp}`, ref: 'refs/heads/main',
    environment: 'staging', target: `invoices ${stamp}`,
  };
  const send = (data: string, bearer = token) => request.post(`/ingest/v1/${slug}`, { data, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/x-ndjson' } });
  expect((await send(JSON.stringify(event), `${token.slice(0, -1)}x`)).status(), 'another token').toBe(401);
  const first = await send(`${JSON.stringify(event)}\n{"kind":"deployment"\n`);
  expect(first.status()).toBe(200);
  const receipt = await first.json();
  expect(receipt).toMatchObject({ accepted: 1, duplicates: 0 });
  expect(receipt.rejected).toHaveLength(1);
  expect(receipt.rejected[0].index).toBe(1);
  expect(await (await send(JSON.stringify(event))).json()).toMatchObject({ accepted: 0, duplicates: 1, rejected: [] });

  await page.goto(`/events?source=${slug}`);
  const row = page.locator('.table tbody tr');
  await expect(row).toHaveCount(1);
  await row.locator('a.ident-name').click();
  const drawer = page.locator('.drawer');
  await expect(drawer).toBeVisible();
  await expect(drawer).toContainText('As received');
  await expect(drawer).toContainText(`deploy-${stamp}`);
  await expect(drawer).toContainText(source);

  await page.goto(`/sources/${slug}`);
  await expect(page.locator('main details.reject')).toHaveCount(1);
  // The figures follow what is sent, on the page as it stands.
  const figures = page.locator('#figures');
  await expect(figures).toContainText(/Events taken\s*1/);
  await expect(figures).toContainText(/None of (its )?1 event/);
  const odd = { ...event, kind: 'other', action: 'something.new', vendor_id: `odd-${stamp}` };
  expect(await (await send(JSON.stringify(odd))).json()).toMatchObject({ accepted: 1 });
  await expect(figures).toContainText(/Events taken\s*2/, { timeout: 20_000 });
  await expect(figures.getByRole('link', { name: '1', exact: true })).toHaveAttribute('href', `/events?source=${slug}&kind=other&hours=720`);
  // The token was shown once.
  await expect(page.locator('body')).not.toContainText(token);

  await page.getByRole('button', { name: 'Send a test delivery' }).click();
  await expect(page.locator('main .notice')).toContainText('The test delivery was taken');
  await page.getByRole('button', { name: 'Read them again' }).click();
  await expect(page.locator('main .notice')).toContainText('0 taken, 0 seen before, 1 still refused');
  // Another proof ends the token.
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Change this source' });
  await dialog.getByLabel('What proves the sender').selectOption('signature');
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.locator('main')).toContainText('Signed deliveries only');
  expect((await send(JSON.stringify(event))).status(), 'a bare token').toBe(401);
  await page.reload();
  await expect(page.locator('main')).toContainText('It was not signed');
});
