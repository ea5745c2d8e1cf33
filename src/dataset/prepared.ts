/**
 * @file A prepared data set: a folder of COCO files in the classes of a detector, described by `dataset.json`.
 *
 * `annotations.json` holds everything, `train.json` and `val.json` the two sides of a split where there is one.
 */
import { z } from 'zod';
import type { CocoAnnotation, CocoFile, CocoImage, CocoRows } from './coco.ts';

export const datasetFormatVersion = 1;

const countsSchema = z.strictObject({
  images: z.int(),
  /** Photos without a box or a region to ignore. */
  negatives: z.int(),
  boxes: z.int(),
  ignored: z.int(),
  perClass: z.record(z.string(), z.strictObject({ boxes: z.int(), ignored: z.int() })),
});

export type Counts = z.infer<typeof countsSchema>;

export const datasetSchema = z.strictObject({
  formatVersion: z.literal(datasetFormatVersion),
  /** Folders of photos and masks; a relative one starts at the data set's folder. A mask is `<photo's name>.png`. */
  images: z.string(),
  masks: z.string().nullable(),
  /** Label i + 1 is class i; 0 is background. */
  classes: z.array(z.string()).min(1),
  relabelling: z.strictObject({ source: z.string(), sha256: z.string() }),
  /** `all`, and `train` and `val` where there is a split. */
  counts: z.record(z.string(), countsSchema),
  /** SHA-256 of each COCO file. */
  files: z.record(z.string(), z.string()),
});

export type DatasetDescription = z.infer<typeof datasetSchema>;

/** The same rows, counted as they are read; `counts` is asked for once they were. */
export function countedRows<T extends CocoRows>(coco: T): { readonly rows: T; readonly counts: () => Counts } {
  const perClass = Object.fromEntries(coco.categories.map(({ name }) => [name, { boxes: 0, ignored: 0 }]));
  const nameOf = new Map(coco.categories.map(({ id, name }) => [id, name]));
  const labelled = new Set<number>();
  let [images, boxes, ignored] = [0, 0, 0];
  function* countImages(): Generator<CocoImage> {
    for (const image of coco.images) {
      images++;
      yield image;
    }
  }
  function* countAnnotations(): Generator<CocoAnnotation> {
    for (const annotation of coco.annotations) {
      const counts = perClass[nameOf.get(annotation.category_id) as string];
      if (annotation.iscrowd) counts.ignored++;
      else counts.boxes++;
      if (annotation.iscrowd) ignored++;
      else boxes++;
      labelled.add(annotation.image_id);
      yield annotation;
    }
  }
  return {
    rows: { ...coco, images: countImages(), annotations: countAnnotations() },
    counts: () => ({ images, negatives: images - labelled.size, boxes, ignored, perClass }),
  };
}

/** The part of a file that belongs to the given images. */
export function subset(coco: CocoFile, keeps: (image: CocoFile['images'][number]) => boolean): CocoFile {
  const images = coco.images.filter(keeps);
  const ids = new Set(images.map(({ id }) => id));
  return { ...coco, images, annotations: coco.annotations.filter(({ image_id }) => ids.has(image_id)) };
}
