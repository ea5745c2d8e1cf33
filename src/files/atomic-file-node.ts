/** @file Files that are there whole or not at all: temporary file, fsync, rename, fsync of the folder. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asWriteError } from './file-error.ts';

/** What a file is to hold: whole, or in pieces that are asked for as they are written. */
export type FileContent = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** How names of unfinished files end, after the final name and a random word. */
const unfinished = '.unfinished';

/**
 * Writes the content to a file beside `path` and moves it there. If anything fails (a full disk), what `path` held
 * stays, the unfinished file is removed, and the cause is thrown.
 *
 * @param beforeRename last look, after the bytes are on disk and before anyone sees them; throwing keeps the old file
 */
export async function writeFileAtomically(
  path: string,
  content: FileContent,
  beforeRename: () => Promise<void> = async () => {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}${unfinished}`;
  try {
    await writeWhole(temporary, content);
    await beforeRename();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asWriteError(error, path);
  }
  await syncDirectory(dirname(path));
}

/**
 * Writes files into a folder: all of them beside their places first, in the order given, then each moved into place.
 * Put last the file that vouches for the others.
 */
export async function writeFilesAtomically(folder: string, files: ReadonlyMap<string, FileContent>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const beside = new Map([...files.keys()].map((name) => [name, join(folder, `${name}.${randomUUID()}${unfinished}`)]));
  try {
    for (const [name, content] of files) await writeWhole(beside.get(name)!, content);
    for (const [name, temporary] of beside) await rename(temporary, join(folder, name));
  } catch (error) {
    await Promise.all([...beside.values()].map((path) => rm(path, { force: true })));
    throw asWriteError(error, folder);
  }
  await syncDirectory(folder);
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

/** A new file with all of the content, on disk. */
async function writeWhole(path: string, content: FileContent): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
    for await (const piece of pieces)
      await writeAll(file, typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  // One call writes at most 2 GiB, and fewer bytes than asked for on a disk that is nearly full.
  for (let at = 0; at < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, at, Math.min(chunk.length - at, 1 << 26));
    at += bytesWritten;
  }
}

/** A rename is on disk once its folder is. Windows cannot open folders, and needs no such call. */
export async function syncDirectory(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
