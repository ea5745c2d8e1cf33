/** @file A prepared data set as labelled photos whose boxes are not yet judged. To train on it: `dataset-node.ts`. */
import { join, resolve } from 'node:path';
import { parseCocoForm } from '../coco.ts';
import { readDescription } from '../dataset-node.ts';
import type { LabelledSet } from '../labelled-set.ts';
import type { DatasetDescription } from '../prepared.ts';
import { cocoFileOf } from '../write-prepared-node.ts';
import { readText } from './read-text-node.ts';

export interface PreparedSet extends LabelledSet {
  readonly format: 'prepared';
  readonly description: DatasetDescription;
}

export function isPreparedSet(set: LabelledSet): set is PreparedSet {
  return set.format === 'prepared';
}

/** A prepared data set as it is now, even where its files were changed since. */
export async function readPreparedSet(directory: string): Promise<PreparedSet> {
  const description = await readDescription(directory);
  const where = join(directory, cocoFileOf('all'));
  const given = parseCocoForm(await readText(where), where);
  const sides = new Map<string, string>();
  for (const side of Object.keys(description.counts).filter((part) => part !== 'all')) {
    const path = join(directory, cocoFileOf(side));
    const part = parseCocoForm(await readText(path), path);
    for (const { file_name } of part.images) sides.set(file_name, side);
  }
  return {
    format: 'prepared',
    where,
    images: resolve(directory, description.images),
    given,
    sides: sides.size === 0 ? null : sides,
    hasOwnSizes: false,
    faults: [],
    description,
  };
}
