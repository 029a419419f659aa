// Starts the built `rollcall serve --demo` with a fresh data folder, and removes the folder when it has stopped.
// Playwright starts and stops this; the settings come through the environment (see playwright.config.ts).
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'rollcall-e2e-';

/** Stops the database of a folder whose run was killed, and removes the folder. */
function sweep(folder) {
  const pidFile = join(folder, 'database/data/postmaster.pid');
  if (existsSync(pidFile)) spawnSync('kill', ['-QUIT', readFileSync(pidFile, 'utf8').split('\n')[0]]);
  rmSync(folder, { recursive: true, force: true });
}

for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
  const runner = join(tmpdir(), name, 'runner.pid');
  if (existsSync(runner) && !existsSync(`/proc/${readFileSync(runner, 'utf8')}`)) sweep(join(tmpdir(), name));
}

const folder = mkdtempSync(join(tmpdir(), prefix));
chmodSync(folder, 0o755); // the database's user passes through
writeFileSync(join(folder, 'runner.pid'), String(process.pid));

const server = spawn(process.env.ROLLCALL_BIN, ['serve', '--demo'], {
  env: { ...process.env, ROLLCALL_DATA_DIR: folder },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill('SIGTERM'));
server.on('error', (error) => {
  console.error(`${process.env.ROLLCALL_BIN}: ${error.message}; script/build makes it`);
  sweep(folder);
  process.exit(1);
});
server.on('exit', (code) => {
  sweep(folder);
  process.exit(code ?? 1);
});
