import { defineConfig, devices } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Free ports, chosen once: Playwright reads this file again in each worker, which inherits the environment. */
function chooseOnce(name: string): number {
  process.env[name] ??= spawnSync(process.execPath, ['-e', `
    const server = require('net').createServer().listen(0, '127.0.0.1', () => {
      process.stdout.write(String(server.address().port));
      server.close();
    });`]).stdout.toString();
  return Number(process.env[name]);
}

const root = resolve(import.meta.dirname, '..');
const rollcall = `http://127.0.0.1:${chooseOnce('E2E_ROLLCALL_PORT')}`;
const provider = `http://127.0.0.1:${chooseOnce('E2E_PROVIDER_PORT')}`;
const client = { CLIENT_ID: 'rollcall', CLIENT_SECRET: 'only-for-tests' };

const chromium = {
  ...devices['Desktop Chrome'],
  channel: undefined,
  viewport: { width: 1280, height: 800 },
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  },
};

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: !!process.env.CI,
  // One organisation for all tests: a file that changes it makes what it changes. Files run side by side.
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [[process.env.CI ? 'list' : 'line']],
  use: { baseURL: rollcall, locale: 'en-GB', timezoneId: 'Europe/Berlin', trace: 'retain-on-failure' },
  projects: [
    { name: 'js', use: chromium, testIgnore: '**/*.nojs.spec.ts' },
    { name: 'nojs', use: { ...chromium, javaScriptEnabled: false }, testIgnore: '**/*.js.spec.ts' },
  ],
  webServer: [
    {
      command: 'node provider.mjs',
      url: `${provider}/.well-known/openid-configuration`,
      env: { PORT: new URL(provider).port, ROLLCALL_URL: rollcall, ...client },
      gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
    },
    {
      command: 'node serve.mjs',
      url: `${rollcall}/readyz`,
      timeout: 900_000, // the demo's year is acted out through the real services
      env: {
        PORT: new URL(rollcall).port,
        DATABASE_URL: '',
        ROLLCALL_BIN: process.env.ROLLCALL_BIN ?? resolve(root, 'target/quick/rollcall'),
        ROLLCALL_SITE_DIR: process.env.ROLLCALL_SITE_DIR ?? resolve(root, 'target/site'),
        ROLLCALL_OIDC_ISSUER: provider,
        ROLLCALL_OIDC_CLIENT_ID: client.CLIENT_ID,
        ROLLCALL_OIDC_CLIENT_SECRET: client.CLIENT_SECRET,
        ROLLCALL_OIDC_NAME: 'Acme',
        ROLLCALL_OIDC_ROLE_GROUPS: 'admin=rollcall-admins,security=secops,owner=engineering,auditor=audit',
        ROLLCALL_OIDC_TEAM_GROUPS: 'payments=team-payments,platform=team-platform',
      },
      gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    },
  ],
});
