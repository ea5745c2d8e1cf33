/** @file Text files of labels, or why there is none. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';

/** The text of a file that must be there. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw cause;
    const got = code === 'EISDIR' ? 'a folder' : 'nothing there';
    const facts = { where: path, got, cure: 'Check the path.' };
    throw new DatasetError('dataset-missing', 'there is no such file', facts, { cause });
  }
}

/** What a path is. */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'nothing';
    throw error;
  }
}

/** Paths of the files below a folder that end in one of the endings (in lower case), from the folder on, with `/`, sorted. */
export async function filesBelow(folder: string, endings: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const isFolder = entry.isSymbolicLink()
        ? (await kindOfPath(join(folder, path))) === 'folder'
        : entry.isDirectory();
      // A link to a folder may lead round in circles: only real folders are walked.
      if (isFolder && !entry.isSymbolicLink()) await walk(path);
      else if (!isFolder && endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) found.push(path);
    }
  };
  await walk('');
  return found.sort();
}

/** Endings of the pictures that people label; whether one can be read is found out by its bytes. */
export const pictureEndings = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.bmp', '.gif', '.tif', '.tiff', '.heic'];

/** A name without its ending. */
export function stemOf(name: string): string {
  return name.replace(/\.[^./\\]*$/, '');
}
