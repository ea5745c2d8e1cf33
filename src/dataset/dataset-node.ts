/** @file Opens a prepared data set. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CocoFile, parseJson } from './coco.ts';
import { type Dataset, type DatasetPart, type DevFold, devImageIds, recordsOf, standardDevFold } from './dataset.ts';
import { DatasetError, listFaults } from './dataset-error.ts';
import { maskNameOf } from './prepare-node.ts';
import { type DatasetDescription, datasetFormatVersion, datasetSchema, subset } from './prepared.ts';
import { cocoFileOf, sha256 } from './write-prepared-node.ts';

/**
 * Opens one part of a prepared data set. Without a split everything is the training side.
 *
 * @param fold how the dev fold is drawn; null for none, so that `train` is the whole training side
 */
export async function openDataset(
  directory: string,
  part: DatasetPart,
  fold: DevFold | null = standardDevFold,
): Promise<Dataset> {
  const description = await readDescription(directory);
  const side = part === 'all' || part === 'val' ? part : 'train' in description.counts ? 'train' : 'all';
  if (!(side in description.counts)) {
    throw new DatasetError('dataset-split', `the data set has no part "${side}"`, {
      where: directory,
      expected: `one of ${Object.keys(description.counts).join(', ')}`,
      cure: 'Prepare it again with --split.',
    });
  }
  const file = cocoFileOf(side);
  const text = await readPreparedFile(join(directory, file));
  const fileHash = sha256(text);
  if (fileHash !== description.files[file]) {
    throw new DatasetError('dataset-torn', 'the file is not the one that dataset.json describes', {
      where: join(directory, file),
      expected: `SHA-256 ${description.files[file]}`,
      got: fileHash,
      cure: 'Run deepshop prepare again.',
    });
  }
  // Our own file with the right hash: its form was checked when it was written.
  const whole = JSON.parse(text) as CocoFile;
  const coco = partOf(whole, part, fold);
  const images = resolve(directory, description.images);
  const masks = description.masks === null ? null : resolve(directory, description.masks);
  const records = recordsOf(coco, (fileName) => ({
    photoPath: join(images, fileName),
    maskPath: masks === null ? null : join(masks, maskNameOf(fileName)),
  }));
  const hash = sha256(JSON.stringify([fileHash, part, fold]));
  return { directory, part, classes: description.classes, records, coco, hash };
}

function partOf(coco: CocoFile, part: DatasetPart, fold: DevFold | null): CocoFile {
  if (part === 'all' || part === 'val' || part === 'train+dev') return coco;
  const dev = fold === null ? new Set<number>() : devImageIds(coco.images, fold);
  return subset(coco, ({ id }) => dev.has(id) === (part === 'dev'));
}

/** What `dataset.json` says. */
export async function readDescription(directory: string): Promise<DatasetDescription> {
  const where = join(directory, 'dataset.json');
  const json = parseJson(await readPreparedFile(where), where);
  const parsed = datasetSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== datasetFormatVersion) {
    throw new DatasetError('dataset-version', 'the data set was prepared by another version', {
      where,
      expected: `formatVersion ${datasetFormatVersion}`,
      got: String(version),
      cure: 'Run deepshop prepare again, or update deep-shopping.',
    });
  }
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new DatasetError('dataset-torn', 'dataset.json is damaged', {
    where,
    got: listFaults(faults),
    cure: 'Run deepshop prepare again.',
  });
}

async function readPreparedFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause;
    const facts = { where: path, expected: 'a prepared data set', cure: 'Make one with deepshop prepare.' };
    throw new DatasetError('dataset-missing', 'there is no such file', facts, { cause });
  }
}
