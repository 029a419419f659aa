// A token from the tokens page to the whole roll: every list of the JSON API to its end, every object by its id.
import { expect, test, type APIRequestContext } from '@playwright/test';
import { signInAs } from '../support/sign-in';

type Row = { id: string; name?: string; slug?: string; state?: string; position?: number };

test('a machine reads the whole roll with a token made here', async ({ page, request }) => {
  test.slow();
  await signInAs(page, 'admin');
  await page.goto('/settings/tokens');
  const main = page.locator('main');
  await main.getByLabel('What it is for').fill('e2e reader');
  await main.getByLabel('Read the event feed').uncheck();
  await main.getByLabel('Read identities, findings and campaigns').check();
  await main.getByRole('button', { name: 'Make the token' }).click();
  const shown = main.locator('.notice').filter({ hasText: 'copy it now' });
  await expect(shown).toBeVisible();
  const token = (await shown.textContent())!.match(/rct_[A-Za-z0-9]{49}/)![0];
  const get = reader(request, token);

  for (const list of ['identities', 'findings', 'people', 'teams', 'campaigns']) {
    const rows = await all(get, `/api/v1/${list}?limit=40`);
    expect(rows.length, list).toBeGreaterThan(2);
    expect(new Set(rows.map((row) => row.id)).size, `${list}: each once`).toBe(rows.length);
    const key = list === 'teams' ? rows[1].slug! : rows[1].id;
    expect((await get(`/api/v1/${list}/${key}`).then((answer) => answer.json())).id, list).toBe(rows[1].id);
  }
  // The page and the API say the same under the same filter.
  const filter = 'environment=production&credential=static';
  const listed = await all(get, `/api/v1/identities?${filter}&limit=7`);
  const file = await page.request.get(`/identities.json?${filter}`);
  expect(listed.map((row) => row.id)).toEqual(((await file.json()) as Row[]).map((row) => row.id));

  const sealed = (await all(get, '/api/v1/campaigns')).find((campaign) => campaign.state === 'sealed')!;
  const items = await all(get, `/api/v1/campaigns/${sealed.id}/items?limit=50`);
  expect(items).toHaveLength((await (await get(`/api/v1/campaigns/${sealed.id}`)).json()).items);
  expect((await get(`/api/v1/campaigns/${sealed.id}/items?after=${Buffer.from(sealed.id).toString('hex')}`)).status()).toBe(400);
  expect((await (await get(`/api/v1/campaigns/${sealed.id}/evidence`)).body()).subarray(0, 2).toString()).toBe('PK');

  expect((await get('/api/v1/activity')).status(), 'another scope').toBe(403);
  expect((await (await get('/api/v1/openapi.json')).json()).openapi).toBe('3.1.0');
});

function reader(request: APIRequestContext, token: string) {
  return (path: string) => request.get(path, { headers: { authorization: `Bearer ${token}` } });
}

/** Every row of a list, page by page as `Link` says. */
async function all(get: ReturnType<typeof reader>, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next: string | undefined = path; next;) {
    const answer = await get(next);
    expect(answer.status(), await answer.text()).toBe(200);
    rows.push(...(await answer.json()));
    next = answer.headers().link?.match(/<([^>]*)>; rel="next"/)?.[1];
  }
  return rows;
}
