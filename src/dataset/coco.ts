/**
 * @file COCO files of object boxes: their form, and everything that can be wrong with it; boxes are `coco-boxes.ts`'s.
 *
 * A COCO box is `[x, y, width, height]`, unlike the boxes of the rest of the program (`boxes/boxes.ts`).
 *
 * Reference: https://cocodataset.org/#format-data
 */
import { z } from 'zod';
import { DatasetError, type DatasetErrorCode, listFaults } from './dataset-error.ts';

const id = z.int();

const imageSchema = z.looseObject({
  id,
  file_name: z.string().min(1),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Who took the photo, where it is known: folds keep a sender's photos together. */
  sender: z.union([z.string(), z.number()]).optional(),
});

/**
 * What else may be known of a garment, in the forms of Fashionpedia, DeepFashion and DeepFashion2. It is carried along;
 * another form than these is left out.
 */
const factSchemas = {
  attribute_ids: z.array(id).optional().catch(undefined),
  source_category: z.string().optional().catch(undefined),
  clothes_type: z.int().optional().catch(undefined),
  /** x, y, visibility (0 not labelled, 1 hidden, 2 visible), one after the other. */
  landmarks: z.array(z.number()).optional().catch(undefined),
  /** Two garments of one pair and style (above 0) are the same item. */
  pair_id: z.int().optional().catch(undefined),
  style: z.int().optional().catch(undefined),
};

export interface GarmentFacts {
  readonly attribute_ids?: readonly number[] | undefined;
  readonly source_category?: string | undefined;
  readonly clothes_type?: number | undefined;
  readonly landmarks?: readonly number[] | undefined;
  readonly pair_id?: number | undefined;
  readonly style?: number | undefined;
}

const annotationSchema = z.looseObject({
  id,
  image_id: id,
  category_id: id,
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  area: z.number().optional(),
  iscrowd: z.union([z.literal(0), z.literal(1)]).optional(),
  ...factSchemas,
});

const cocoSchema = z.looseObject({
  images: z.array(imageSchema),
  annotations: z.array(annotationSchema),
  categories: z.array(
    z.looseObject({ id, name: z.string().min(1), supercategory: z.string().optional().catch(undefined) }),
  ),
  attributes: z
    .array(z.looseObject({ id, name: z.string() }))
    .optional()
    .catch(undefined),
});

export type CocoImage = z.infer<typeof imageSchema>;
export type CocoCategory = { id: number; name: string; supercategory?: string | undefined };
export type GivenAnnotation = z.infer<typeof annotationSchema>;

/** A file whose form is right and whose boxes may be anything; other keys are kept. */
export type GivenCoco = z.infer<typeof cocoSchema>;

/** An annotation whose box lies inside its image. */
export interface CocoAnnotation extends GarmentFacts {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [x: number, y: number, width: number, height: number];
  readonly area: number;
  readonly iscrowd: 0 | 1;
}

export interface CocoFile {
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly CocoCategory[];
  /** What `attribute_ids` mean, where annotations have them. */
  readonly attributes?: readonly { readonly id: number; readonly name: string }[];
}

/** A COCO file whose rows may be made as they are read, each time anew; other keys are written as they are. */
export interface CocoRows {
  readonly images: Iterable<CocoImage>;
  readonly annotations: Iterable<CocoAnnotation>;
  readonly categories: readonly CocoCategory[];
}

/** The text of a COCO file, which is `JSON.stringify`'s, in pieces of some 64 kB. */
export function* cocoPieces(coco: CocoRows): Generator<string> {
  let text = '';
  let opening = '{';
  for (const [key, value] of Object.entries(coco)) {
    text += `${opening}${JSON.stringify(key)}:`;
    opening = ',';
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      text += JSON.stringify(value);
      continue;
    }
    let separator = '[';
    for (const row of value as Iterable<unknown>) {
      text += separator + JSON.stringify(row);
      separator = ',';
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
    text += separator === '[' ? '[]' : ']';
  }
  yield `${text}}`;
}

const pieceLength = 1 << 16;

/** Checks all of a COCO file but its boxes. */
export function parseCocoForm(text: string, where: string): GivenCoco {
  const parsed = cocoSchema.safeParse(parseJson(text, where));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new DatasetError('dataset-not-coco', 'this is not a COCO file of boxes', {
      where,
      expected: 'images, annotations with bbox, and categories',
      got: listFaults(faults),
      cure: 'See https://cocodataset.org/#format-data',
    });
  }
  const { images, annotations, categories } = parsed.data;
  refuseDuplicates(
    where,
    'image id',
    images.map((image) => image.id),
  );
  refuseDuplicates(
    where,
    'file name',
    images.map((image) => image.file_name),
  );
  refuseDuplicates(
    where,
    'annotation id',
    annotations.map((annotation) => annotation.id),
  );
  refuseDuplicates(
    where,
    'category id',
    categories.map((category) => category.id),
  );
  refuseDuplicates(
    where,
    'category name',
    categories.map((category) => category.name),
  );
  refuseUnknown(where, 'dataset-unknown-category', 'category', annotations, 'category_id', categories);
  refuseUnknown(where, 'dataset-unknown-image', 'image', annotations, 'image_id', images);
  return parsed.data;
}

/** The facts that an annotation has, in a fixed order. */
export function factsOf(annotation: GarmentFacts): GarmentFacts {
  const keys = Object.keys(factSchemas) as (keyof GarmentFacts)[];
  return Object.fromEntries(keys.flatMap((key) => (annotation[key] === undefined ? [] : [[key, annotation[key]]])));
}

/** JSON of an outside file, or a message that names the file. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const got = text.trim() === '' ? 'an empty file' : (cause as Error).message;
    const facts = { where, expected: 'JSON', got, cure: 'Export the file again.' };
    throw new DatasetError('dataset-not-json', 'the file is not JSON', facts, { cause });
  }
}

function refuseDuplicates(where: string, what: string, values: readonly (string | number)[]): void {
  const seen = new Set<string | number>();
  const twice = new Set<string | number>();
  for (const value of values) {
    if (seen.has(value)) twice.add(value);
    seen.add(value);
  }
  if (twice.size === 0) return;
  throw new DatasetError('dataset-duplicate-id', `the same ${what} occurs more than once`, {
    where,
    expected: `each ${what} once`,
    got: listFaults([...twice].map(String)),
    cure: 'Remove or renumber the repeated ones.',
  });
}

function refuseUnknown<K extends 'category_id' | 'image_id'>(
  where: string,
  code: DatasetErrorCode,
  what: string,
  annotations: readonly ({ id: number } & Record<K, number>)[],
  key: K,
  known: readonly { id: number }[],
): void {
  const ids = new Set(known.map((entry) => entry.id));
  const faults = annotations
    .filter((annotation) => !ids.has(annotation[key]))
    .map((annotation) => `annotation ${annotation.id} names ${what} ${annotation[key]}`);
  if (faults.length === 0) return;
  throw new DatasetError(code, `annotations name a ${what} that the file does not have`, {
    where,
    expected: `${what} ids of the file's own list`,
    got: listFaults(faults),
    cure: `Add the ${what} or remove the annotations.`,
  });
}
