/** @file COCO annotation and results files from disk. */
import { readFile } from 'node:fs/promises';
import { CocoFileError, type CocoGroundTruth, parseCocoDetections, parseCocoGroundTruth } from './coco-files.ts';
import type { Detections } from './columns.ts';

/** @throws {CocoFileError} where the file cannot be read or evaluated */
export async function readCocoGroundTruth(path: string): Promise<CocoGroundTruth> {
  return parseCocoGroundTruth(await readJson(path), path);
}

/** @throws {CocoFileError} where the file cannot be read, or does not fit the ground truth */
export async function readCocoDetections(path: string, groundTruth: CocoGroundTruth): Promise<Detections> {
  return parseCocoDetections(await readJson(path), path, groundTruth);
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CocoFileError(
      'unreadable',
      'cannot be read',
      { where: path, expected: 'a JSON file', got: readFailures[code] ?? `error ${code}`, cure: 'Check the path.' },
      { cause },
    );
  }
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (cause) {
    throw new CocoFileError(
      'not-json',
      'is not JSON',
      {
        where: path,
        expected: 'a JSON document',
        got: text.trim() === '' ? 'an empty file' : (cause as Error).message,
        cure: 'Python writes NaN and Infinity, which JSON does not have; a file that was cut off ends too early.',
      },
      { cause },
    );
  }
}

const readFailures: { readonly [code: string]: string } = {
  ENOENT: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'a file that this user may not read',
  ERR_STRING_TOO_LONG: 'a file over 512 MB',
  ERR_FS_FILE_TOO_LARGE: 'a file over 2 GB',
};
