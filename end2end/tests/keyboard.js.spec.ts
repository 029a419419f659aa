// The inventory without a mouse: the list, an identity, an import. Nothing is clicked; every step is a key, and the
// focus is always to be seen.

import { expect, type Page, test } from '@playwright/test';
import { signInAs } from '../support/sign-in';

const MOST = 120;

/** Presses Tab until the focused element's name fits, and shows that it is visibly focused. */
async function tabTo(page: Page, name: RegExp) {
  for (let step = 0; step < MOST; step += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement | null;
      if (!at || at === document.body) return null;
      const label = (at as HTMLInputElement).labels?.[0]?.textContent ?? '';
      const style = getComputedStyle(at);
      const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
      return { text: `${at.getAttribute('aria-label') ?? ''} ${label} ${at.textContent}`.trim(), ring, box: at.getBoundingClientRect().width };
    });
    if (focused && name.test(focused.text)) {
      expect(focused.ring, `the focus on “${focused.text.slice(0, 40)}” can be seen`).toBe(true);
      return;
    }
  }
  throw new Error(`no stop of ${MOST} on the keyboard's way is called ${name}`);
}

test('identity list, identity and import with the keyboard only', async ({ page }) => {
  await signInAs(page, 'admin');
  await page.goto('/identities');
  // Jump over the rail.
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText(/skip/i);
  await page.keyboard.press('Enter');

  // Search by the slash, then open the first result.
  await page.keyboard.press('/');
  await expect(page.locator('#q')).toBeFocused();
  await page.goto('/identities?q=deploy');
  const first = page.locator('main tbody a.ident-name').first();
  const name = (await first.textContent())!.trim();
  await tabTo(page, new RegExp(name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').slice(0, 30)));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/identities\/[0-9a-f-]{36}/);
  await expect(page.locator('h1')).toBeVisible();

  // Its tabs.
  await tabTo(page, /^\s*Credentials/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tab=credentials/);

  // Back to the list, and from there to the import.
  await page.goto('/identities');
  await tabTo(page, /^Import$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/imports$/);
  await tabTo(page, /File/);
  // The choice of a file is the browser's own dialog; the field that opens it has the focus.
  await page.locator('input[type=file]').setInputFiles({
    name: 'keyboard.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('external_id,name,platform,purpose\nkeyboard-1,keyboard only,aws,Shows that no mouse is needed\n,,nowhere,\n'),
  });
  await tabTo(page, /Check the file/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { name: 'Save it?' })).toBeVisible();
  await expect(page.getByRole('row', { name: 'Row 3 name is missing' })).toBeVisible();

  // Discarding asks first, in a dialog that holds the focus and gives it back.
  await tabTo(page, /Discard the file/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.locator(':focus')).toHaveText(/Discard the file/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Discard the file$/);
  await page.keyboard.press('Enter');
  await expect(page.getByText('The file is gone and nothing was saved')).toBeVisible();
});
