// screenshots.mjs URL [NAME…]: pictures of every page of a running `rollcall serve --demo`, light, dark and narrow,
// into screenshots/. With names, of these pages only.
import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { pages, visit } from './support/pages.mjs';

const [baseURL, ...names] = process.argv.slice(2);
if (!baseURL) {
  console.error('usage: node screenshots.mjs URL [NAME…]');
  process.exit(2);
}
const people = { admin: 'Ines Varga', auditor: 'Margaret Osei', nearlyDone: 'Aiko Brandt', owner: 'Jonas Hale' };
const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 390, height: 844 } },
];
const folder = process.env.SCREENSHOTS ?? new URL('screenshots/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
for (const { name: look, ...options } of looks) {
  for (const who of ['nobody', ...Object.keys(people)]) {
    const wanted = pages.filter(({ name, as = 'admin' }) => as === who && (!names.length || names.includes(name)));
    if (!wanted.length) continue;
    const context = await browser.newContext({ baseURL, locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && console.log(`${page.url()}: ${message.text()}`));
    page.on('pageerror', (error) => console.log(`${page.url()}: ${error.message}`));
    if (people[who]) {
      await page.goto('/sign-in');
      await page.locator('form[action="/auth/persona"]').filter({ hasText: people[who] }).getByRole('button').click();
      await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    }
    for (const entry of wanted) {
      try {
        if (!await visit(page, entry)) {
          console.log(`${entry.name}: nothing links to it from ${entry.from}`);
          continue;
        }
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: `${folder}${entry.name}-${look}.png`, fullPage: true });
      } catch (error) {
        console.log(`${entry.name} (${look}): ${error.message.split('\n')[0]}`);
      }
    }
    await context.close();
  }
}
await browser.close();
console.log(`pictures in ${folder}`);
