/** @file Prepares a data set from labelled photos: checked, relabelled, split, written in one go. */
import { stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { z } from 'zod';
import { plural, wordFor } from '../text/plural.ts';
import { type CocoFile, parseJson } from './coco.ts';
import { checkBoxes } from './coco-boxes.ts';
import { DatasetError, listFaults } from './dataset-error.ts';
import { leadsOutside } from './file-name.ts';
import { readText } from './formats/read-text-node.ts';
import type { LabelledSet } from './labelled-set.ts';
import { requirePhotoSizes } from './photo-sizes-node.ts';
import { type DatasetDescription, subset } from './prepared.ts';
import { ownLabels, parseRelabelling, relabel, unknownLabels } from './relabel.ts';
import { writePrepared } from './write-prepared-node.ts';

export interface PrepareOptions {
  readonly masks?: string | undefined;
  readonly relabel?: string | undefined;
  readonly source?: string | undefined;
  /** JSON of file name to `train` or `val`, in place of the split that the photos come with. */
  readonly split?: string | undefined;
  readonly out: string;
}

/** What was written, and what a person should know about it. */
export interface PrepareReport {
  readonly out: string;
  readonly dataset: DatasetDescription;
  readonly clipped: number;
  readonly empty: number;
  /** Outlines that were left out: a data set has boxes. */
  readonly outlines: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Labels that the relabelling lists and the photos' labels do not. */
  readonly unknownLabels: readonly string[];
  /** Photos that the split does not name; they are in `annotations.json` alone. */
  readonly unsplit: number;
  /** Photos without a mask, where masks were given. */
  readonly unmasked: number;
}

const splitSchema = z.record(z.string(), z.enum(['train', 'val']));

/** Prepares a data set. Nothing is written unless everything is in order. */
export async function prepareLabelled(set: LabelledSet, options: PrepareOptions): Promise<PrepareReport> {
  refuseFaults(set);
  const { coco: given, clipped, empty, outlines } = checkBoxes(set.given, set.where);
  const relabelling =
    options.relabel === undefined
      ? ownLabels(given)
      : parseRelabelling(await readText(options.relabel), options.relabel, options.source);
  const { coco, dropped } = relabel(given, relabelling);
  const split = options.split === undefined ? set.sides : await readSplit(options.split);
  await checkImages(given, set);
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
        where: options.split ?? set.where,
        expected: `file names such as "${coco.images[0]?.file_name}"`,
        got: `"${split.keys().next().value}"`,
        cure: 'Name the photos as the annotations do.',
      });
    }
  }
  const { masks = null, out } = options;
  const dataset = await writePrepared(out, { images: set.images, masks, relabelling, parts });
  const unsplit = split === null ? 0 : coco.images.filter((image) => !isOnSide(split.get(image.file_name))).length;
  return {
    ...{ out, dataset, clipped, empty, outlines, unsplit, unmasked },
    dropped: Object.fromEntries(dropped),
    unknownLabels: unknownLabels(given, relabelling),
  };
}

/** Other parts than these, such as `test`, are in `annotations.json` alone. */
function isOnSide(side: string | undefined): boolean {
  return side === 'train' || side === 'val';
}

function refuseFaults({ faults, where }: LabelledSet): void {
  const [first] = faults;
  if (first === undefined) return;
  const what = `${plural(faults.length, 'photo that has', 'photos that have')} labels cannot be read`;
  throw new DatasetError('dataset-image-missing', what, {
    where,
    expected: 'every photo that has labels',
    got: listFaults(faults.map(({ message }) => message)),
    cure: 'Put the photos there, or remove their labels.',
  });
}

/** The mask of a photo: the photo's name with `.png` in place of its ending. */
export function maskNameOf(fileName: string): string {
  const { dir, name } = parse(fileName);
  return join(dir, `${name}.png`);
}

async function readSplit(path: string): Promise<ReadonlyMap<string, string>> {
  const parsed = splitSchema.safeParse(parseJson(await readText(path), path));
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`);
  throw new DatasetError('dataset-split', 'this is not a split', {
    where: path,
    expected: '{FILE NAME: "train" or "val"}',
    got: listFaults(faults),
    cure: 'Give each file name one of the two.',
  });
}

/** Every photo is there, within its folder, readable by its header, and of the size that its boxes are for. */
async function checkImages(coco: CocoFile, { images: root, where, hasOwnSizes }: LabelledSet): Promise<void> {
  const names = coco.images.map(({ file_name }) => file_name);
  const escaping = names.filter((name) => leadsOutside(name));
  if (escaping.length > 0) {
    throw new DatasetError('dataset-file-name', 'file names lead out of the folder of photos', {
      where,
      expected: 'names relative to --images',
      got: listFaults(escaping),
      cure: 'Give --images the folder that holds all of them.',
    });
  }
  // Sizes that were read from the photos need no second look.
  if (hasOwnSizes) return;
  const otherwise: string[] = [];
  const missing = await requirePhotoSizes(root, names, (index, size) => {
    const { file_name, width, height } = coco.images[index];
    if (size.width === width && size.height === height) return;
    otherwise.push(`${file_name} is ${size.width} x ${size.height} and its boxes are for ${width} x ${height}`);
  });
  if (missing.length > 0) {
    const what = `${missing.length} of ${plural(coco.images.length, 'photo')} ${wordFor(missing.length, 'is', 'are')} missing`;
    throw new DatasetError('dataset-image-missing', what, {
      where: root,
      expected: 'every photo that the annotations name',
      got: `no ${listFaults(missing)}`,
      cure: 'Check --images, or remove the photos from the annotations.',
    });
  }
  if (otherwise.length > 0) {
    const what = `${plural(otherwise.length, 'photo')} of another size than the labels`;
    throw new DatasetError('dataset-image-size', what, {
      where: root,
      expected: 'the size of the upright photo (EXIF applied), as the annotations give it',
      got: listFaults(otherwise.sort()),
      cure: 'Label the photos at the size that they have; deepshop doctor shows turned ones.',
    });
  }
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
