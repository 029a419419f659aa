import { expect, test, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { signInAs } from './sign-in';

/** What a test asks for; the rest of the form is filled with what always fits. */
export interface Wish {
  name: string;
  kind: 'Pipeline' | 'Service account' | 'Bot' | 'Workload';
  environment?: 'Production' | 'Staging' | 'Development';
  owner?: string;
}

/** Asks for an identity as whoever is signed in, and gives the address of its page. */
export async function makeIdentity(page: Page, { name, kind, environment = 'Development', owner = 'Jonas Hale' }: Wish): Promise<string> {
  await page.goto('/identities/new');
  const main = page.locator('main');
  const slug = name.replace(/[^a-z0-9]+/g, '-');
  await main.getByLabel('Name', { exact: true }).fill(name);
  await main.getByLabel('Purpose', { exact: true }).fill('Sends the invoices of the month to the bookkeeper.');
  await main.getByLabel('Kind', { exact: true }).selectOption({ label: kind });
  await main.getByRole('checkbox', { name: environment }).check();
  await main.getByLabel('Owning team').selectOption({ label: 'Payments' });
  await main.getByLabel('Owner', { exact: true }).selectOption({ label: owner });
  await main.getByLabel('Ticket', { exact: true }).fill('PAY-4711');
  await main.getByLabel('Business justification').fill('The bookkeeper has no access to the shop and must not have any.');
  await main.getByLabel('Permissions').fill(`aws s3:GetObject arn:aws:s3:::${slug}/* ${environment.toLowerCase()}`);
  await main.getByLabel('Selectors').fill(`repository acme/${slug}`);
  await main.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(page).toHaveURL(/\/identities\/[0-9a-f-]{36}$/);
  return page.url();
}

/** Approves what somebody else asked for, as the administrator. */
export async function approve(page: Page, address: string): Promise<void> {
  await signInAs(page, 'admin');
  await page.goto(address);
  await page.getByRole('link', { name: 'Approve', exact: true }).click();
  await page.locator('#do-approve').getByRole('button', { name: 'Approve' }).click();
  await expect(page.locator('.detail-head .badge').first()).toHaveText('Active');
}

/** Has a list checked as whoever is signed in: what it would do stands on the page then, and nothing is saved. */
export async function upload(page: Page, file: string, lines: string[]): Promise<void> {
  const path = test.info().outputPath(file);
  writeFileSync(path, lines.join('\n'));
  await page.goto('/imports');
  await page.getByLabel('File', { exact: true }).setInputFiles(path);
  await page.getByRole('button', { name: 'Check the file' }).click();
  await expect(page).toHaveURL(/\/imports\/[0-9a-f-]{36}$/);
}
