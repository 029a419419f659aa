// Every page opens for the person it is for, draws whole, says nothing wrong in the console, and passes axe.
import { expect, test } from '@playwright/test';
import { expectNoViolations } from '../support/accessibility';
import { pages, visit } from '../support/pages.mjs';
import { signInOnce, type Persona } from '../support/sign-in';

// They only look: both workers share them.
test.describe.configure({ mode: 'parallel' });

for (const entry of pages) {
  const who = entry.as ?? 'admin';
  test(`${entry.name} draws whole`, async ({ page, javaScriptEnabled }) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 40[34]/.test(message.text())) complaints.push(message.text());
    });
    if (who !== 'nobody') await signInOnce(page, who as Persona);
    expect(await visit(page, entry), `${entry.name}: a link leads there`).toBe(true);
    await page.waitForLoadState('networkidle');
    await expect(page.getByRole('heading').first()).toBeVisible();
    await expect(page.locator('main')).toHaveCount(1);
    await expect(page.getByText('Something of ours failed')).toHaveCount(0);
    expect(complaints).toEqual([]);
    if (javaScriptEnabled === false) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      // A colour on its way from one theme to the other has no contrast to judge.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectNoViolations(page);
    }
  });
}
