// What a run was from person to deployment, and what detections tell. With JavaScript and without.
import { expect, test } from '@playwright/test';
import { deployed } from '../support/pages.mjs';
import { signInOnce } from '../support/sign-in';

test.beforeEach(async ({ page }) => {
  await signInOnce(page, 'admin');
});

test('a production deployment is told as one story, every link with its proof', async ({ page }) => {
  await page.goto(deployed);
  const first = page.locator('main a[href^="/runs/"]').first();
  await expect(first).toBeVisible();
  await first.click();
  const chain = page.getByRole('list', { name: 'Links from the person to the deployment' });
  await expect(chain.getByRole('listitem')).toHaveCount(6);
  for (const name of ['Person', 'Repository', 'Runner', 'Cloud role', 'Environment', 'Deployment']) {
    await expect(chain.getByRole('heading', { name })).toBeVisible();
  }
  await chain.getByRole('link', { name: 'See the event' }).first().click();
  await expect(page).toHaveURL(/\/events\?event=/);
  await page.getByRole('link', { name: 'Its run as one story' }).click();
  await expect(page).toHaveURL(/\/runs\/.*repository=/);
});

test('detections are put together, and each tells its events', async ({ page }) => {
  await page.goto('/findings?class=detection&group=rule');
  await page.getByRole('link', { name: 'Used in two networks at once' }).click();
  await page.locator('main table a.ident-name').first().click();
  await expect(page.getByText('What happened')).toBeVisible();
  await expect(page.locator('.timeline a[href^="/events?event="]')).not.toHaveCount(0);
});
