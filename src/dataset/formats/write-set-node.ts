/** @file Writes labelled photos as COCO, Pascal VOC or YOLO into a new folder, with copies of the photos. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eachAbreast } from '../../concurrency/each-abreast.ts';
import { asWriteError } from '../../files/file-error.ts';
import { plural } from '../../text/plural.ts';
import type { CocoFile, CocoImage } from '../coco.ts';
import { cocoPieces, factsOf } from '../coco.ts';
import { DatasetError, listFaults } from '../dataset-error.ts';
import { plainPath, stemOf } from '../file-name.ts';
import { subset } from '../prepared.ts';
import { cocoFileOf } from '../write-prepared-node.ts';
import { writeDataYaml } from './data-yaml.ts';
import { kindOfPath } from './read-text-node.ts';
import { labelOf } from './read-yolo-node.ts';
import { writeVoc } from './voc.ts';
import { refuseClashes, refuseEndings, refuseNamesOutside, refuseVocClasses } from './written-names.ts';
import { yoloLine } from './yolo.ts';

export const writtenFormats = ['coco', 'voc', 'yolo'] as const;
export type WrittenFormat = (typeof writtenFormats)[number];

export interface WritableSet {
  readonly coco: CocoFile;
  /** Folder that file names start from. */
  readonly images: string;
  /** Part of a split by file name. */
  readonly sides: ReadonlyMap<string, string> | null;
}

/** What the format has no place for. */
export interface Omitted {
  /** Regions to ignore, which YOLO does not know. */
  readonly regions: number;
  /** Annotations with attributes, landmarks, pairs or other facts, which only COCO keeps. */
  readonly facts: number;
}

/** Writes all, or nothing. The folder must be new or empty. */
export async function writeLabelledSet(
  out: string,
  format: WrittenFormat,
  set: WritableSet,
  { withPhotos }: { readonly withPhotos: boolean },
): Promise<Omitted> {
  refuseNamesOutside(set.coco.images, out);
  if (format !== 'coco') refuseClashes(set.coco.images, out);
  if (format === 'voc') refuseVocClasses(set.coco.categories, out);
  if (format === 'yolo') refuseEndings(set.coco.images, out);
  const photoName = { coco: cocoPhoto, voc: vocPhoto, yolo: yoloPhoto(set) }[format];
  await writeNewFolder(out, async (folder) => {
    await { coco: writeCocoLabels, voc: writeVocLabels, yolo: writeYoloLabels }[format](folder, set);
    if (!withPhotos) return;
    const missing: string[] = [];
    await eachAbreast(set.coco.images, 16, async ({ file_name }) => {
      const from = join(set.images, file_name);
      if ((await kindOfPath(from)) === 'file') await copyPhoto(from, join(folder, photoName(file_name)));
      else missing.push(file_name);
    });
    refuseMissing(missing.sort(), set.images);
  });
  const { annotations } = set.coco;
  const hasFacts = annotations.filter((annotation) => Object.keys(factsOf(annotation)).length > 0);
  return {
    regions: format === 'yolo' ? annotations.filter(({ iscrowd }) => iscrowd === 1).length : 0,
    facts: format === 'coco' ? 0 : hasFacts.length,
  };
}

/** What is written into the folder is there whole, or not at all. The folder must be new or empty. */
export async function writeNewFolder(out: string, write: (unfinished: string) => Promise<unknown>): Promise<void> {
  await refuseTaken(out);
  const unfinished = `${out}.${randomUUID()}.unfinished`;
  try {
    await mkdir(unfinished, { recursive: true });
    await write(unfinished);
    await rename(unfinished, out);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw asWriteError(error, out);
  }
}

/** A folder that holds anything is left alone. */
export async function refuseTaken(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return ['a file'];
    throw error;
  });
  if (entries.length === 0) return;
  throw new DatasetError('dataset-out-taken', 'there is something in the way', {
    where: out,
    expected: 'a new or empty folder',
    got: listFaults(entries),
    cure: 'Name another folder.',
  });
}

const cocoPhoto = (name: string) => `images/${name}`;
const vocPhoto = (name: string) => `JPEGImages/${name}`;

/** Photos of a YOLO set that are in their places already keep them. */
function yoloPhoto({ coco, sides }: Pick<WritableSet, 'coco' | 'sides'>): (name: string) => string {
  const folderOf = (name: string) => `images/${yoloPart(sides, name)}/`;
  const isPlaced = coco.images.every(({ file_name }) => file_name.startsWith(folderOf(file_name)));
  return (name) => (isPlaced ? name : folderOf(name) + name);
}

async function writeCocoLabels(folder: string, { coco, sides }: WritableSet): Promise<void> {
  const parts = [...new Set(sides?.values() ?? [])].sort();
  await writePieces(join(folder, cocoFileOf('all')), coco);
  for (const part of parts) {
    await writePieces(
      join(folder, cocoFileOf(part)),
      subset(coco, ({ file_name }) => sides!.get(file_name) === part),
    );
  }
}

async function writePieces(path: string, coco: CocoFile): Promise<void> {
  await writeFile(path, cocoPieces(coco));
}

async function writeVocLabels(folder: string, set: WritableSet): Promise<void> {
  const { coco, sides } = set;
  const nameOf = new Map(coco.categories.map(({ id, name }) => [id, name]));
  await eachAbreast(photosWithAnnotations(coco), 16, async ([image, annotations]) => {
    const { file_name: fileName, width, height } = image;
    const objects = annotations.map(({ category_id, bbox, iscrowd }) => ({
      name: nameOf.get(category_id)!,
      bbox,
      difficult: iscrowd === 1,
    }));
    await writeDeep(
      join(folder, 'Annotations', `${stemOf(plainPath(fileName))}.xml`),
      writeVoc({ fileName, size: { width, height }, objects }),
    );
  });
  for (const part of new Set(sides?.values() ?? [])) {
    const stems = coco.images
      .filter(({ file_name }) => sides!.get(file_name) === part)
      .map(({ file_name }) => `${stemOf(plainPath(file_name))}\n`);
    await writeDeep(join(folder, 'ImageSets/Main', `${part}.txt`), stems.join(''));
  }
}

/** Classes are numbered in the order of the file's categories. */
async function writeYoloLabels(folder: string, { coco, sides }: WritableSet): Promise<void> {
  const indexOf = new Map(coco.categories.map(({ id }, index) => [id, index]));
  const placeOf = yoloPhoto({ coco, sides });
  await eachAbreast(photosWithAnnotations(coco), 16, async ([image, annotations]) => {
    const lines = annotations
      .filter(({ iscrowd }) => iscrowd === 0)
      .map(({ category_id, bbox }) => `${yoloLine({ classIndex: indexOf.get(category_id)!, bbox }, image)}\n`);
    await writeDeep(join(folder, labelOf(placeOf(image.file_name))), lines.join(''));
  });
  const parts = new Map(
    [...new Set(coco.images.map(({ file_name }) => yoloPart(sides, file_name)))]
      .sort()
      .map((part) => [part, `images/${part}`]),
  );
  await writeDeep(
    join(folder, 'data.yaml'),
    writeDataYaml(
      coco.categories.map(({ name }) => name),
      parts,
    ),
  );
}

/** Photos outside of a split are training photos where there is none, and `unsplit` beside one. */
function yoloPart(sides: WritableSet['sides'], name: string): string {
  return sides === null ? 'train' : (sides.get(name) ?? 'unsplit');
}

function photosWithAnnotations(coco: CocoFile): [CocoImage, CocoFile['annotations'][number][]][] {
  const annotationsOf = new Map<number, CocoFile['annotations'][number][]>(coco.images.map(({ id }) => [id, []]));
  for (const annotation of coco.annotations) annotationsOf.get(annotation.image_id)!.push(annotation);
  return coco.images.map((image) => [image, annotationsOf.get(image.id)!]);
}

function refuseMissing(missing: readonly string[], where: string): void {
  if (missing.length === 0) return;
  throw new DatasetError('dataset-image-missing', `${plural(missing.length, 'photo is', 'photos are')} missing`, {
    where,
    expected: 'every photo that the labels name',
    got: `no ${listFaults(missing)}`,
    cure: 'Name their folder with --images, or write the labels alone with --no-photos.',
  });
}

async function writeDeep(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function copyPhoto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  // Shares the blocks where the file system can; a copy all the same.
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}
