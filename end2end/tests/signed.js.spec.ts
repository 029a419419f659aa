// Deliveries signed by GitHub's own library (`@octokit/webhooks-methods`): taken as it signs them, refused once anything differs.
import { sign } from '@octokit/webhooks-methods';
import { expect, test } from '@playwright/test';
import { signInAs } from '../support/sign-in';

test('what GitHub\'s own library signed is taken, and nothing that differs by a byte', async ({ page, request }) => {
  test.slow();
  const stamp = test.info().testId.slice(0, 8) + test.info().retry;
  await signInAs(page, 'admin');
  await page.goto('/sources/new');
  const main = page.locator('main');
  await main.getByLabel('Name', { exact: true }).fill(`E2e signed ${stamp}`);
  await main.getByLabel('What it sends').selectOption('github_webhook');
  await main.getByLabel('What proves the sender').selectOption('signature');
  await page.getByRole('button', { name: 'Add the source' }).click();
  const shown = page.locator('main .notice').filter({ hasText: 'Copy this token now' });
  await expect(shown).toBeVisible();
  const secret = (await shown.textContent())!.match(/rc[a-z]*_[A-Za-z0-9]{49}/)![0];
  const address = `/ingest/v1/e2e-signed-${stamp.toLowerCase()}`;

  // Letters beyond ASCII: what is signed are bytes, not characters.
  const run = (id: number) => JSON.stringify({
    action: 'completed',
    workflow_run: {
      id, name: 'Déploiement ✓', head_branch: 'main', head_sha: 'c2b5', event: 'push', status: 'completed', conclusion: 'success',
      path: '.github/workflows/deploy.yml', run_attempt: 1, actor: { login: 'mona' }, triggering_actor: { login: 'mona' },
      created_at: new Date(Date.now() - 120_000).toISOString(), updated_at: new Date().toISOString(),
    },
    repository: { id: 20202, full_name: `acme/e2e-${stamp}`, name: `e2e-${stamp}`, owner: { login: 'acme', id: 10101 } },
    sender: { login: 'mona' },
  });
  const send = (body: string, signature: string, id: number) => request.post(address, {
    data: Buffer.from(body),
    headers: {
      'content-type': 'application/json', 'x-github-event': 'workflow_run', 'x-github-delivery': `${stamp}-${id}`,
      'x-hub-signature-256': signature,
    },
  });

  const body = run(1);
  const signature = await sign(secret, body);
  const taken = await send(body, signature, 1);
  expect(taken.status(), await taken.text()).toBe(200);
  expect(await taken.json()).toMatchObject({ accepted: 1, duplicates: 0, rejected: [] });

  const refused: [string, string, string][] = [
    ['a changed body', body.replace('"mona"', '"mallory"'), signature],
    ['one space more', `${body} `, signature],
    ['another secret', body, await sign(`${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`, body)],
    ['a digit of the signature', body, signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['a signature cut short', body, signature.slice(0, -2)],
    ['the signature of another delivery', run(2), signature],
    ['no signature', body, ''],
  ];
  for (const [what, sent, with_] of refused) {
    expect((await send(sent, with_, 9)).status(), what).toBe(401);
  }
  // Sent again as it was, it is known; and a second one is taken as the first was.
  expect(await (await send(body, signature, 1)).json()).toMatchObject({ accepted: 0, duplicates: 1 });
  const second = run(3);
  expect(await (await send(second, await sign(secret, second), 3)).json()).toMatchObject({ accepted: 1 });

  await page.goto(`/events?source=e2e-signed-${stamp.toLowerCase()}`);
  await expect(page.locator('.table tbody tr')).toHaveCount(2);
});
