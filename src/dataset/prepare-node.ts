/** @file Prepares a data set from a COCO file and a folder of photos: checked, relabelled, split, written in one go. */
import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, parse, resolve } from 'node:path';
import { z } from 'zod';
import { writeFilesAtomically } from '../files/atomic-file-node.ts';
import { readPhotoSize } from '../image/decode-node.ts';
import { ImageError } from '../image/image-error.ts';
import { type CocoFile, parseCoco, parseJson } from './coco.ts';
import { DatasetError, listFaults } from './dataset-error.ts';
import { countLabels, type DatasetDescription, datasetFormatVersion, subset } from './prepared.ts';
import { canonicalRelabelling, ownLabels, parseRelabelling, relabel } from './relabel.ts';

export interface PrepareOptions {
  /** The COCO file. */
  readonly annotations: string;
  readonly images: string;
  readonly masks?: string | undefined;
  readonly relabel?: string | undefined;
  readonly source?: string | undefined;
  /** JSON of file name to `train` or `val`. */
  readonly split?: string | undefined;
  readonly out: string;
}

/** What was written, and what a person should know about it. */
export interface PrepareReport {
  readonly out: string;
  readonly dataset: DatasetDescription;
  readonly clipped: number;
  readonly empty: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Photos that the split does not name; they are in `annotations.json` alone. */
  readonly unsplit: number;
  /** Photos without a mask, where masks were given. */
  readonly unmasked: number;
}

const splitSchema = z.record(z.string(), z.enum(['train', 'val']));

/** Prepares a data set. Nothing is written unless everything is in order. */
export async function prepareCoco(options: PrepareOptions): Promise<PrepareReport> {
  const { coco: given, clipped, empty } = parseCoco(await readText(options.annotations), options.annotations);
  const relabelling =
    options.relabel === undefined
      ? ownLabels(given)
      : parseRelabelling(await readText(options.relabel), options.relabel, options.source);
  const { coco, dropped } = relabel(given, relabelling);
  const split = options.split === undefined ? null : await readSplit(options.split);
  await checkImages(given, options.images, options.annotations);
  const unmasked = options.masks === undefined ? 0 : await countUnmasked(given, options.masks);

  const parts = new Map<string, CocoFile>([['all', coco]]);
  if (split !== null) {
    for (const side of ['train', 'val'] as const) {
      parts.set(
        side,
        subset(coco, (image) => split.get(image.file_name) === side),
      );
    }
    if (![...split.keys()].some((name) => coco.images.some((image) => image.file_name === name))) {
      throw new DatasetError('dataset-split', 'the split names none of the photos', {
        where: options.split as string,
        expected: `file names such as "${coco.images[0]?.file_name}"`,
        got: `"${split.keys().next().value}"`,
      });
    }
  }
  const files = new Map<string, string>();
  for (const [part, content] of parts) files.set(cocoFileOf(part), JSON.stringify(content));
  const dataset: DatasetDescription = {
    formatVersion: datasetFormatVersion,
    images: resolve(options.images),
    masks: options.masks === undefined ? null : resolve(options.masks),
    classes: [...relabelling.classes],
    relabelling: { source: relabelling.source, sha256: sha256(canonicalRelabelling(relabelling)) },
    counts: Object.fromEntries([...parts].map(([part, content]) => [part, countLabels(content)])),
    files: Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)])),
  };
  files.set('dataset.json', `${JSON.stringify(dataset, null, 2)}\n`);
  await writeFilesAtomically(options.out, files);
  // What an earlier preparation with a split left behind.
  for (const stale of ['train.json', 'val.json'])
    if (!files.has(stale)) await rm(join(options.out, stale), { force: true });
  const unsplit = split === null ? 0 : coco.images.filter((image) => !split.has(image.file_name)).length;
  return { out: options.out, dataset, clipped, empty, dropped: Object.fromEntries(dropped), unsplit, unmasked };
}

/** The file of a part of a prepared data set. */
export function cocoFileOf(part: string): string {
  return part === 'all' ? 'annotations.json' : `${part}.json`;
}

/** The mask of a photo: the photo's name with `.png` in place of its ending. */
export function maskNameOf(fileName: string): string {
  const { dir, name } = parse(fileName);
  return join(dir, `${name}.png`);
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw cause;
    const got = code === 'EISDIR' ? 'a folder' : 'nothing there';
    throw new DatasetError(
      'dataset-missing',
      'there is no such file',
      { where: path, got, cure: 'Check the path.' },
      { cause },
    );
  }
}

async function readSplit(path: string): Promise<ReadonlyMap<string, 'train' | 'val'>> {
  const parsed = splitSchema.safeParse(parseJson(await readText(path), path));
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`);
  throw new DatasetError('dataset-split', 'this is not a split', {
    where: path,
    expected: '{FILE NAME: "train" or "val"}',
    got: listFaults(faults),
  });
}

/** Every photo is there, within its folder, readable by its header, and of the size that its boxes are for. */
async function checkImages(coco: CocoFile, root: string, where: string): Promise<void> {
  const escaping = coco.images.map(({ file_name }) => file_name).filter((name) => escapes(name));
  if (escaping.length > 0) {
    throw new DatasetError('dataset-file-name', 'file names lead out of the folder of photos', {
      where,
      expected: 'names relative to --images',
      got: listFaults(escaping),
    });
  }
  const missing: string[] = [];
  const otherwise: string[] = [];
  const check = async ({ file_name, width, height }: CocoFile['images'][number]) => {
    try {
      const size = await readPhotoSize(join(root, file_name));
      if (size.width !== width || size.height !== height) {
        otherwise.push(`${file_name} is ${size.width} x ${size.height} and its boxes are for ${width} x ${height}`);
      }
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      if (error.code !== 'image-missing') throw error;
      missing.push(file_name);
    }
  };
  for (let start = 0; start < coco.images.length; start += 64) {
    await Promise.all(coco.images.slice(start, start + 64).map(check));
  }
  if (missing.length > 0) {
    throw new DatasetError('dataset-image-missing', `${missing.length} of ${coco.images.length} photos are missing`, {
      where: root,
      expected: 'every photo that the annotations name',
      got: `no ${listFaults(missing.sort())}`,
      cure: 'Check --images, or remove the photos from the annotations.',
    });
  }
  if (otherwise.length > 0) {
    throw new DatasetError('dataset-image-size', `${otherwise.length} photos are of another size than their labels`, {
      where: root,
      expected: 'the size of the upright photo (EXIF applied), as the annotations give it',
      got: listFaults(otherwise.sort()),
    });
  }
}

function escapes(name: string): boolean {
  return isAbsolute(name) || name.split(/[\\/]/).includes('..') || name.includes('\0');
}

async function countUnmasked(coco: CocoFile, masks: string): Promise<number> {
  const found = await Promise.all(
    coco.images.map(({ file_name }) =>
      stat(join(masks, maskNameOf(file_name))).then(
        () => true,
        () => false,
      ),
    ),
  );
  const unmasked = found.filter((isThere) => !isThere).length;
  if (unmasked < found.length) return unmasked;
  throw new DatasetError('dataset-missing', 'there is no mask for any photo', {
    where: masks,
    expected: `files such as ${maskNameOf(coco.images[0]?.file_name ?? 'photo.jpg')}`,
    cure: 'Check --masks.',
  });
}
