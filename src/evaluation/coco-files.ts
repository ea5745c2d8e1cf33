/**
 * @file COCO annotation and results documents, checked and turned into columns. Reading them from disk: `coco-files-node.ts`.
 *
 * Photos are in ascending order of id and classes in ascending order of category id, as pycocotools has them. Boxes may
 * leave their photo: the metrics do not look at its size. Fields that the box metrics do not use are not looked at.
 */
import { z } from 'zod';
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import type { Detections, GroundTruth } from './columns.ts';

/** A COCO file that cannot be evaluated. */
export class CocoFileError extends DeepShopError {
  constructor(reason: CocoFileReason, summary: string, facts: ErrorFacts, options?: { cause?: unknown }) {
    super(`coco-${reason}`, summary, facts, options);
  }
}

type CocoFileReason = 'unreadable' | 'not-json' | 'malformed' | 'unknown-image' | 'unknown-category' | 'duplicate-id';

/** Ground truth with the names and ids that the file gave. */
export interface CocoGroundTruth extends GroundTruth {
  /** `[numImages]` ascending */
  readonly imageIds: readonly number[];
  /** `[numImages]` as in the file; empty where it names none */
  readonly fileNames: readonly string[];
  /** `[C]` ascending */
  readonly categoryIds: readonly number[];
}

const id = z.int();
const box = z.tuple([z.number(), z.number(), z.number().nonnegative(), z.number().nonnegative()]);
const imageSchema = z.object({ id, file_name: z.string().optional() });
const categorySchema = z.object({ id, name: z.string().min(1) });
const annotationSchema = z.object({
  id,
  image_id: id,
  category_id: id,
  bbox: box,
  area: z.number().nonnegative().optional(),
  iscrowd: z.union([z.literal([0, 1]), z.boolean()]).optional(),
});
const detectionSchema = z.object({ image_id: id, category_id: id, bbox: box, score: z.number() });
const documentSchema = z.object({
  images: z.array(z.unknown()),
  categories: z.array(z.unknown()),
  annotations: z.array(z.unknown()),
});

/**
 * Reads an annotation document. An annotation without `area` has the area of its box, one without `iscrowd` is no crowd.
 *
 * @param where the file's name, for messages
 * @throws {CocoFileError} naming the first row that is wrong
 */
export function parseCocoGroundTruth(json: unknown, where: string): CocoGroundTruth {
  const document = documentSchema.safeParse(json);
  if (!document.success) {
    const isList = Array.isArray(json);
    throw new CocoFileError('malformed', 'is no COCO annotation file', {
      where,
      expected: 'an object with the lists images, categories and annotations',
      got: isList ? 'a list' : describeIssue(json, document.error),
      cure: isList
        ? 'A list of detections is a results file: give it as --detections.'
        : 'Check the file it came from.',
    });
  }
  const images = parseRows(imageSchema, document.data.images, where, 'images').sort((a, b) => a.id - b.id);
  const categories = parseRows(categorySchema, document.data.categories, where, 'categories');
  categories.sort((a, b) => a.id - b.id);
  const imageOf = indexById(images, where, 'images');
  const categoryOf = indexById(categories, where, 'categories');
  const annotations = parseRows(annotationSchema, document.data.annotations, where, 'annotations');
  indexById(annotations, where, 'annotations');

  const idZero = annotations.findIndex((annotation) => annotation.id === 0);
  const columns = createColumns(annotations.length);
  const areas = new Float64Array(annotations.length);
  const crowds = new Uint8Array(annotations.length);
  for (const [row, annotation] of annotations.entries()) {
    fillRow(columns, row, annotation, { imageOf, categoryOf, where: `${where}, annotations[${row}]` });
    areas[row] = annotation.area ?? annotation.bbox[2] * annotation.bbox[3];
    crowds[row] = annotation.iscrowd === 1 || annotation.iscrowd === true ? 1 : 0;
  }
  return {
    classes: categories.map(({ name }) => name),
    numImages: images.length,
    ...columns,
    areas,
    crowds,
    ...(idZero === -1 ? {} : { idZero }),
    imageIds: images.map((image) => image.id),
    fileNames: images.map((image) => image.file_name ?? ''),
    categoryIds: categories.map((category) => category.id),
  };
}

/**
 * Reads a results document: a list of `{image_id, category_id, bbox, score}`.
 *
 * Differs from pycocotools: a category that the annotations lack is an error, an empty list is none.
 *
 * @throws {CocoFileError} naming the first row that is wrong
 */
export function parseCocoDetections(json: unknown, where: string, groundTruth: CocoGroundTruth): Detections {
  if (!Array.isArray(json)) {
    throw new CocoFileError('malformed', 'is no COCO results file', {
      where,
      expected: 'a list of {image_id, category_id, bbox, score}',
      got: kindOf(json),
      cure: 'An object with images and annotations is an annotation file: give it as --annotations.',
    });
  }
  const imageOf = new Map(groundTruth.imageIds.map((imageId, index) => [imageId, index]));
  const categoryOf = new Map(groundTruth.categoryIds.map((categoryId, index) => [categoryId, index]));
  const columns = createColumns(json.length);
  const scores = new Float64Array(json.length);
  for (let row = 0; row < json.length; row++) {
    const detection = parseRow(detectionSchema, json[row], where, row);
    fillRow(columns, row, detection, { imageOf, categoryOf, where: `${where}[${row}]` });
    scores[row] = detection.score;
  }
  return { ...columns, scores };
}

interface Columns {
  readonly images: Int32Array;
  readonly labels: Int32Array;
  readonly boxes: Float64Array;
}

function createColumns(count: number): Columns {
  return { images: new Int32Array(count), labels: new Int32Array(count), boxes: new Float64Array(count * 4) };
}

/** Writes image, label and box of a row, or says which id is unknown. */
function fillRow(
  { images, labels, boxes }: Columns,
  row: number,
  entry: { readonly image_id: number; readonly category_id: number; readonly bbox: readonly number[] },
  known: { imageOf: ReadonlyMap<number, number>; categoryOf: ReadonlyMap<number, number>; where: string },
): void {
  const image = known.imageOf.get(entry.image_id);
  if (image === undefined) {
    throw new CocoFileError('unknown-image', 'names a photo that the annotation file does not list', {
      where: known.where,
      expected: `the id of one of its ${known.imageOf.size} images`,
      got: `image_id ${entry.image_id}`,
      cure: 'Check that both were made from the same data set and split.',
    });
  }
  const category = known.categoryOf.get(entry.category_id);
  if (category === undefined) {
    throw new CocoFileError('unknown-category', 'names a category that the annotation file does not list', {
      where: known.where,
      expected: `one of the category ids ${listSome([...known.categoryOf.keys()])}`,
      got: `category_id ${entry.category_id}`,
      cure: 'Check that both use the same list of classes.',
    });
  }
  images[row] = image;
  labels[row] = category + 1;
  for (let side = 0; side < 4; side++) boxes[row * 4 + side] = entry.bbox[side];
}

function indexById(entries: readonly { readonly id: number }[], where: string, list: string): Map<number, number> {
  const indexOf = new Map<number, number>();
  for (const [index, entry] of entries.entries()) {
    if (indexOf.has(entry.id)) {
      throw new CocoFileError('duplicate-id', 'has the same id twice', {
        where: `${where}, ${list}`,
        expected: 'every id once',
        got: `id ${entry.id} more than once`,
        cure: 'Number them anew, or remove the second.',
      });
    }
    indexOf.set(entry.id, index);
  }
  return indexOf;
}

function parseRows<T>(schema: z.ZodType<T>, rows: readonly unknown[], where: string, list: string): T[] {
  return rows.map((row, index) => parseRow(schema, row, `${where}, ${list}`, index));
}

function parseRow<T>(schema: z.ZodType<T>, row: unknown, where: string, index: number): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const { path } = parsed.error.issues[0];
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : String(part))).join('');
  const field = path[0];
  throw new CocoFileError('malformed', name === '' ? 'is malformed' : `${name} is malformed`, {
    where: `${where}[${index}]`,
    expected: field === undefined ? 'an object' : (expectedOf[String(field)] ?? 'another kind of value'),
    got: shorten(JSON.stringify(field === undefined ? row : (row as Record<PropertyKey, unknown>)[field])),
    cure: 'Correct the row in the program that wrote the file.',
  });
}

const expectedOf: { readonly [field: string]: string } = {
  id: 'a whole number',
  image_id: 'a whole number',
  category_id: 'a whole number',
  bbox: 'a box [x, y, width, height] of finite numbers, no size negative',
  area: 'a number, not negative',
  iscrowd: '0 or 1',
  score: 'a finite number',
  name: 'a name',
  file_name: 'a file name',
};

function describeIssue(json: unknown, error: z.ZodError): string {
  const list = error.issues[0]?.path[0];
  return list === undefined ? kindOf(json) : `no list ${String(list)}`;
}

function kindOf(json: unknown): string {
  if (json === null) return 'null';
  return Array.isArray(json) ? 'a list' : typeof json === 'object' ? 'an object' : `a ${typeof json}`;
}

function shorten(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function listSome(ids: readonly number[]): string {
  return ids.length > 20 ? `${ids.slice(0, 20).join(', ')}...` : ids.join(', ');
}
