/** @file Where the engine of this checkout lies: the server, and a folder for each node. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The server refuses to run as root; this is nobody. */
const unprivileged = 65534;

export const isRoot = process.getuid?.() === 0;

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * `DEEPSHOP_ENGINE_HOME`, or `.deepshop/engine` of the checkout; a folder for temporary files where that is below one
 * that the unprivileged user cannot enter. Made where it is missing.
 */
export function engineHome(): string {
  const inside = process.env.DEEPSHOP_ENGINE_HOME || join(repository, '.deepshop', 'engine');
  mkdirSync(inside, { recursive: true });
  if (!isRoot || canEnter(inside)) return inside;
  const key = createHash('sha256').update(repository).digest('hex').slice(0, 8);
  const outside = join(tmpdir(), `deepshop-engine-${key}`);
  mkdirSync(outside, { recursive: true });
  return outside;
}

/** A program and its arguments as they are for the unprivileged user, where we are root. */
export function unprivilegedCommand(program: string, ...argv: string[]): [string, ...string[]] {
  if (!isRoot) return [program, ...argv];
  const user = [`--reuid=${unprivileged}`, `--regid=${unprivileged}`, '--clear-groups'];
  return ['setpriv', ...user, program, ...argv];
}

/** Gives a folder and what is in it to the unprivileged user, where we are root. */
export function giveAway(folder: string): void {
  if (isRoot) spawnSync('chown', ['-R', `${unprivileged}:${unprivileged}`, folder]);
}

function canEnter(folder: string): boolean {
  const [program, ...argv] = unprivilegedCommand('test', '-x', folder);
  return spawnSync(program, argv).status === 0;
}
