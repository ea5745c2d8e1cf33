/** @file Text files of labels, or why there is none. */
import { constants, isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';

/** The labels of one photo are a few kB. */
export const maxLabelBytes = 1 << 24;

/** What the system says of a path at which nothing can be, or is. */
const absent: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** Whether a failed look at a path says that there is nothing. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && absent.has(error.code);
}

/**
 * The text of a UTF-8 file that must be there, without a mark of byte order.
 *
 * @param maxBytes a larger file is refused before it is read
 * @throws DatasetError that says why there is none
 */
export async function readText(path: string, maxBytes: number = constants.MAX_STRING_LENGTH): Promise<string> {
  const bytes = await readBytes(path, maxBytes);
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) {
    const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
    throw new DatasetError('dataset-not-utf8', 'the text is in another encoding', {
      where: `${path}, line ${line}`,
      expected: 'UTF-8',
      got: JSON.stringify((text.split('\n')[line - 1] ?? '').trim().slice(0, 40)),
      cure: 'Save the file as UTF-8.',
    });
  }
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

async function readBytes(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) {
      throw new DatasetError('dataset-too-large', 'the file is too large', {
        where: path,
        expected: `at most ${maxBytes} bytes`,
        got: `${size} bytes`,
        cure: 'Is it a file of labels? Split it, or remove it.',
      });
    }
    return await readFile(path);
  } catch (cause) {
    const isFolder = cause instanceof Error && 'code' in cause && cause.code === 'EISDIR';
    if (!isFolder && !isAbsence(cause)) throw cause;
    throw missing('file', path, isFolder ? 'a folder' : 'nothing there', cause);
  }
}

function missing(expected: string, path: string, got: string, cause: unknown): DatasetError {
  const facts = { where: path, expected: `a ${expected}`, got, cure: 'Check the path.' };
  return new DatasetError('dataset-missing', `there is no such ${expected}`, facts, { cause });
}

/** What a path is; `other` is a pipe or a device, which may never end. */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | 'other' | 'nothing'> {
  if (path.includes('\0')) return 'nothing';
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isAbsence(error)) return 'nothing';
    throw error;
  }
}

/**
 * Paths of the files below a folder that end in one of the endings (in lower case), from the folder on, with `/`, sorted.
 * Links that lead nowhere are among them, so that whoever reads them says so; pipes and devices are not.
 *
 * @throws DatasetError where there is no such folder
 */
export async function filesBelow(folder: string, endings: readonly string[]): Promise<string[]> {
  const kind = await kindOfPath(folder);
  if (kind !== 'folder') throw missing('folder', folder, kind === 'nothing' ? 'nothing there' : 'a file', undefined);
  const found: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      // A link to a folder may lead round in circles: only real folders are walked.
      if (entry.isDirectory()) await walk(path);
      else if (endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) {
        const isLink = entry.isSymbolicLink();
        if (entry.isFile() || (isLink && /file|nothing/.test(await kindOfPath(join(folder, path))))) found.push(path);
      }
    }
  };
  await walk('');
  return found.sort();
}
