/** @file Where a corrected copy may not be written: over something, or into the original. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { refuseTaken } from '../formats/write-set-node.ts';
import type { LabelledSet } from '../labelled-set.ts';

/** @throws DatasetError where the folder holds something, or lies in a folder of the original */
export async function refusePlace(out: string, set: LabelledSet): Promise<void> {
  const place = await realPlace(out);
  for (const folder of foldersOf(set)) {
    if (!isWithin(place, await realPlace(folder))) continue;
    throw new DatasetError('dataset-out-taken', 'the copy would lie in the original', {
      where: out,
      expected: `a folder outside of ${folder}`,
      cure: 'Name another folder.',
    });
  }
  await refuseTaken(out);
}

/** Folders that are the data set's own. Where a COCO file lies, other things may lie too. */
function foldersOf({ format, where, images }: LabelledSet): string[] {
  if (format === 'coco') return [images];
  if (format === 'prepared') return [dirname(where), images];
  // Of VOC, `where` may be the folder `Annotations` inside of the data set's.
  if (format === 'voc') return [basename(where) === 'Annotations' ? dirname(where) : where, images];
  return [images];
}

/** The path without links, as far as it is there. */
async function realPlace(path: string): Promise<string> {
  const whole = resolve(path);
  const parent = dirname(whole);
  return await realpath(whole).catch(async () =>
    parent === whole ? whole : join(await realPlace(parent), basename(whole)),
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way.split(sep)[0] !== '..' && resolve(folder, way) !== way);
}
