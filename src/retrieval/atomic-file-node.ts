/** @file Files that are there whole or not at all: temporary file, fsync, rename, fsync of the folder. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How names of unfinished files end, after the final name and a random word. */
const unfinished = '.unfinished';

/**
 * Writes the chunks to a file beside `path` and moves it there. If anything fails (a full disk), what `path` held
 * stays, the unfinished file is removed, and the cause is thrown.
 *
 * @param beforeRename last look, after the bytes are on disk and before anyone sees them; throwing keeps the old file
 */
export async function writeAtomically(
  path: string,
  chunks: readonly Uint8Array[],
  beforeRename: () => Promise<void> = async () => {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}${unfinished}`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await writeAll(file, chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeRename();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Removes what a writer that was killed left beside `path`. Only the holder of the folder's lock may. */
export async function removeUnfinished(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(prefix) && name.endsWith(unfinished)) await rm(join(dirname(path), name), { force: true });
  }
}

export function isUnfinished(name: string): boolean {
  return name.endsWith(unfinished);
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  // One call writes at most 2 GiB, and fewer bytes than asked for on a disk that is nearly full.
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, at, Math.min(chunk.length - at, 1 << 26));
    at += bytesWritten;
  }
}

/** A rename is on disk once its folder is. Windows cannot open folders, and needs no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
