/** @file Writes a corrected copy of an examined data set: what is certain is put right, all else stays as it was. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type CocoAnnotation, type CocoFile, cocoPieces } from '../coco.ts';
import { DatasetError } from '../dataset-error.ts';
import { isPreparedSet, type PreparedSet } from '../formats/read-prepared-node.ts';
import { writeLabelledSet, writeNewFolder } from '../formats/write-set-node.ts';
import { subset } from '../prepared.ts';
import { writePrepared } from '../write-prepared-node.ts';
import { judgeBox } from './box-findings.ts';
import type { Corrected } from './correct.ts';
import type { Subject } from './finding.ts';
import { refusePlace } from './fix-place-node.ts';

export interface FixReport {
  readonly out: string;
  readonly format: 'prepared' | 'coco' | 'voc' | 'yolo';
  /** Folder of the photos: the original's where they were not copied. */
  readonly images: string;
  readonly photosCopied: boolean;
  readonly turnedPhotos: number;
  /** Boxes whose form was put right. */
  readonly convertedBoxes: number;
  readonly clippedBoxes: number;
  /** Boxes without an area, left out. */
  readonly emptyBoxes: number;
  /** Photos that cannot be read, left out with their labels. */
  readonly leftOut: number;
}

/**
 * The labels are written in the format that they had (DeepFashion2 as COCO). Prepared data sets and COCO files go on using
 * the photos where they are; VOC and YOLO, whose labels name them by place, get copies. VOC holds whole pixels.
 *
 * @param out a new or empty folder, outside of the original
 */
export async function writeFixed(subject: Subject, corrected: Corrected, out: string): Promise<FixReport> {
  const { set } = subject;
  await refusePlace(out, set);
  const { coco, clipped, empty, leftOut } = fixedFile(subject, corrected);
  const { images, sides } = set;
  const format = set.format === 'deepfashion2' ? 'coco' : set.format;
  const photosCopied = format === 'voc' || format === 'yolo';
  if (isPreparedSet(set)) await writePreparedCopy(out, set, coco);
  else if (set.format === 'coco') await writeCocoCopy(out, basename(set.where), coco);
  else if (format !== 'prepared')
    await writeLabelledSet(out, format, { coco, images, sides }, { withPhotos: photosCopied });
  return {
    out,
    format,
    images: photosCopied ? resolve(out) : resolve(images),
    photosCopied,
    turnedPhotos: corrected.photos.filter(({ isTurned }) => isTurned).length,
    convertedBoxes: corrected.form === 'sizes' ? 0 : set.given.annotations.length,
    clippedBoxes: clipped,
    emptyBoxes: empty,
    leftOut,
  };
}

/** The corrected file; other keys of a COCO file are kept. */
function fixedFile({ set, survey }: Subject, { photos }: Corrected) {
  const readable = photos.filter((_, index) => !('code' in survey[index]));
  if (readable.length === 0) {
    throw new DatasetError('dataset-image-missing', 'no photo can be read', {
      where: set.images,
      expected: 'the photos that the labels name',
      cure: 'Is this the folder that file names start from? Name it with --images.',
    });
  }
  let [clipped, empty] = [0, 0];
  const byId = new Map<number, CocoAnnotation>();
  for (const { image, annotations } of readable) {
    for (const annotation of annotations) {
      const { fault, corrected } = judgeBox(annotation.bbox, image);
      if (fault === 'box-empty') empty++;
      if (fault === 'box-overshoot') clipped++;
      if (corrected === null) continue;
      const product = corrected[2] * corrected[3];
      const area = fault === 'box-overshoot' ? product : (annotation.area ?? product);
      byId.set(annotation.id, { ...annotation, bbox: corrected, area, iscrowd: annotation.iscrowd ?? 0 });
    }
  }
  const { attributes, ...rest } = set.given;
  const coco: CocoFile = {
    ...rest,
    ...(attributes !== undefined && { attributes }),
    images: readable.map(({ image }) => image),
    // In the order that they were given in.
    annotations: set.given.annotations.flatMap(({ id }) => byId.get(id) ?? []),
  };
  return { coco, clipped, empty, leftOut: photos.length - readable.length + set.faults.length };
}

async function writePreparedCopy(out: string, set: PreparedSet, coco: CocoFile): Promise<void> {
  const { description, sides, images, where } = set;
  const parts = new Map<string, CocoFile>();
  for (const part of Object.keys(description.counts)) {
    parts.set(part, part === 'all' ? coco : subset(coco, ({ file_name }) => sides?.get(file_name) === part));
  }
  const masks = description.masks === null ? null : resolve(dirname(where), description.masks);
  const relabelling = { ...description.relabelling, classes: description.classes };
  await writeNewFolder(out, (folder) => writePrepared(folder, { images, masks, relabelling, parts }));
}

async function writeCocoCopy(out: string, name: string, coco: CocoFile): Promise<void> {
  await writeNewFolder(out, (folder) => writeFile(join(folder, name), cocoPieces(coco)));
}
