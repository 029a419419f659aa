// The least that must hold: the program answers, serves its files, and draws pages with and without JavaScript.
import { expect, test } from '@playwright/test';

test('is ready', async ({ request }) => {
  expect((await request.get('/healthz')).ok()).toBe(true);
  expect((await request.get('/readyz')).ok()).toBe(true);
});

test('serves the browser half compressed and with its types', async ({ request }) => {
  for (const [path, type] of [
    ['/pkg/rollcall.css', 'text/css'],
    ['/pkg/rollcall.js', 'text/javascript'],
    ['/pkg/rollcall_bg.wasm', 'application/wasm'],
  ]) {
    const response = await request.get(path, { headers: { 'accept-encoding': 'br' } });
    expect(response.status(), path).toBe(200);
    expect(response.headers()['content-type'], path).toContain(type);
    expect(response.headers()['content-encoding'], path).toBe('br');
  }
});

test('draws a page, and nothing complains', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto('/sign-in');
  await page.waitForLoadState('networkidle');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(complaints).toEqual([]);
});
