/**
 * @file What LanceDB leaves to its caller on disk: it never waits for a disk, so files are synced here before a commit
 * counts, and manifests that a power cut tore are moved aside when a store is opened.
 */
import { open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../files/atomic-file-node.ts';

/** A Lance manifest ends with these bytes. */
const magic = 'LANC';
const manifestEnding = '.manifest';

/** Every file below a folder, as paths from there; none where there is no folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Files never change once they are written (but for a hint that may be wrong), so each is synced once. */
export class SyncedFiles {
  readonly #folder: string;
  readonly #known = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes what is there now as synced: it was, before the commit that is being opened. */
  async skipPresent(): Promise<void> {
    for (const file of await filesBelow(this.#folder)) this.#known.add(file);
  }

  /** Returns once every file that is new since the last call is on disk, and its name too. */
  async sync(): Promise<void> {
    const present = await filesBelow(this.#folder);
    const folders = new Set([join(this.#folder, '..'), this.#folder]);
    for (const file of present) {
      if (this.#known.has(file)) continue;
      await syncFile(file);
      for (let at = join(file, '..'); at.length > this.#folder.length; at = join(at, '..')) folders.add(at);
    }
    for (const folder of folders) await syncDirectory(folder);
    this.#known.clear();
    for (const file of present) this.#known.add(file);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Moves manifests aside that are not whole. A writer that lives shows only whole ones; what is torn was never committed.
 *
 * @returns how many there were
 */
export async function setTornAside(tableFolder: string): Promise<number> {
  const folder = join(tableFolder, '_versions');
  let count = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith(manifestEnding) || (await endsWith(join(folder, name), magic))) continue;
    await rename(join(folder, name), join(folder, `${name}.torn`));
    count += 1;
  }
  return count;
}

async function endsWith(path: string, ending: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error) => {
    // A writer that cleans up took it away.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return true;
  try {
    const { size } = await file.stat();
    if (size < ending.length) return false;
    const { buffer } = await file.read(Buffer.alloc(ending.length), 0, ending.length, size - ending.length);
    return buffer.toString('latin1') === ending;
  } finally {
    await file.close();
  }
}
