import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const program = process.env.ROLLCALL_BIN ?? resolve(import.meta.dirname, '../../target/quick/rollcall');

/** Runs `rollcall` at the shell, without a database; gives its exit code and all it said. */
export function rollcall(...words: string[]): { code: number | null; said: string } {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (error) throw error;
  return { code: status, said: `${stdout}${stderr}` };
}
