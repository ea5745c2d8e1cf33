/**
 * @file One writer at a time: a file that names the process which holds it. A lock whose process is gone is taken over.
 *
 * The file is made whole (written beside, then linked), so nobody reads half a lock. Two that take over the same dead
 * lock at once are told apart by what they moved; what remains of the race is caught by `assertHeld` before a commit.
 */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { FileError } from './file-error.ts';

const lockSchema = z.object({ pid: z.number().int(), host: z.string(), started: z.string(), token: z.string() });
type Lock = z.infer<typeof lockSchema>;

export interface HeldLock {
  /** Throws when another process has taken the lock over. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock at `path`, or throws `file-locked` naming the process that holds it. */
export async function acquireLock(path: string): Promise<HeldLock> {
  const own: Lock = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    token: randomUUID(),
  };
  const beside = `${path}.${own.token}`;
  await writeFile(beside, JSON.stringify(own), { flag: 'wx' });
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await link(beside, path);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const other = await readLock(path);
      if (other === 'none') continue;
      if (attempt > 8 || (other !== 'unreadable' && (await isAlive(other)))) throw lockedError(path, other);
      await removeDeadLock(path, other);
    }
  } finally {
    await rm(beside, { force: true });
  }
  await removeLeftovers(path);
  const holds = async () => {
    const lock = await readLock(path);
    return lock !== 'none' && lock !== 'unreadable' && lock.token === own.token;
  };
  return {
    async assertHeld() {
      if (await holds()) return;
      const cure = 'Nothing was written; run the command again.';
      throw new FileError('lock-lost', 'another process took this lock', { where: path, cure });
    },
    async release() {
      if (await holds()) await rm(path, { force: true });
    },
  };
}

async function readLock(path: string): Promise<Lock | 'none' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    // Ours appear whole: this is what a power cut left, or not ours.
    return 'unreadable';
  }
}

/** Moves the lock aside and looks at it again: if a live one came in between, it is put back. */
async function removeDeadLock(path: string, dead: Lock | 'unreadable'): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readLock(aside);
  const isTheDeadOne =
    moved === dead || (typeof moved === 'object' && typeof dead === 'object' && moved.token === dead.token);
  if (!isTheDeadOne) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

/** What processes that were killed while they took the lock left beside it. */
async function removeLeftovers(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const beside = join(dirname(path), name);
    const lock = await readLock(beside);
    if (typeof lock === 'object' && !(await isAlive(lock))) await rm(beside, { force: true });
  }
}

async function isAlive({ pid, host, started }: Lock): Promise<boolean> {
  // A process of another machine cannot be looked up: its lock counts until a person removes it.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // Numbers are used again: another start means another process.
  return (await startOf(pid)) === started;
}

/** When a process started, in the kernel's ticks; the empty string where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces: count fields after it. The 22nd field is the start.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function lockedError(path: string, lock: Lock | 'unreadable'): FileError {
  const holder = lock === 'unreadable' ? 'an unknown process' : `process ${lock.pid} on ${lock.host}`;
  return new FileError('file-locked', `${holder} is writing here`, {
    where: path,
    cure: 'Wait until it is done. If no such process runs any more (a lock of another machine cannot be checked), delete this file.',
  });
}
