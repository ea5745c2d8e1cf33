/**
 * @file The annotations of DeepFashion2: a JSON file a photo, with `item1`, `item2`... and boxes as corners.
 *
 * Kept: class, box, landmarks (visibility is COCO's already), pair and style. Two items of one pair and one style above 0
 * are the same garment, worn and in a shop. Not kept: segmentation, scale, occlusion, zoom and viewpoint.
 *
 * Reference: https://github.com/switchablenorms/DeepFashion2
 */
import { z } from 'zod';
import type { GivenCoco } from '../coco.ts';
import { parseJson } from '../coco.ts';
import { DatasetError, listFaults } from '../dataset-error.ts';
import type { BuiltObject } from './coco-builder.ts';

/** Category 1 and on. */
const names = [
  'short sleeve top',
  'long sleeve top',
  'short sleeve outwear',
  'long sleeve outwear',
  'vest',
  'sling',
  'shorts',
  'trousers',
  'skirt',
  'short sleeve dress',
  'long sleeve dress',
  'vest dress',
  'sling dress',
] as const;

export const deepFashion2Categories: GivenCoco['categories'] = names.map((name, index) => ({ id: index + 1, name }));

const itemSchema = z.looseObject({
  category_id: z.int().min(1).max(names.length),
  category_name: z.string().optional(),
  bounding_box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  landmarks: z.array(z.number()).optional(),
  style: z.int().optional(),
});

const photoSchema = z.looseObject({ source: z.string().optional(), pair_id: z.int().optional() });

export interface DeepFashion2Photo {
  /** `user` or `shop`. */
  readonly source: string | undefined;
  readonly pairId: number | undefined;
  readonly objects: readonly BuiltObject[];
}

export function parseDeepFashion2(text: string, where: string): DeepFashion2Photo {
  const refuse = (got: string): never => {
    throw new DatasetError('dataset-not-deepfashion2', 'this is not an annotation of DeepFashion2', {
      where,
      expected: `item1, item2... with category_id 1 to ${names.length} and bounding_box [x1, y1, x2, y2]`,
      got,
      cure: 'Unpack the annotations again, or remove this file.',
    });
  };
  const json = parseJson(text, where);
  const photo = photoSchema.safeParse(json);
  if (!photo.success)
    return refuse(
      listFaults(photo.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)),
    );
  const { source, pair_id: pairId, ...rest } = photo.data;
  const keys = Object.keys(rest).filter((key) => /^item\d+$/.test(key));
  refuseOthers(typeof json === 'object' && json !== null ? Object.entries(json) : [], refuse);
  const numbered = keys.map((key) => [Number(key.slice(4)), key] as const).sort(([a], [b]) => a - b);
  const objects = numbered.map(([, key]): BuiltObject => {
    const item = itemSchema.safeParse(rest[key]);
    if (!item.success)
      return refuse(
        listFaults(item.error.issues.map(({ path, message }) => `${[key, ...path].join('.')}: ${message}`)),
      );
    const {
      category_id,
      category_name,
      bounding_box: [x1, y1, x2, y2],
      landmarks,
      style,
    } = item.data;
    const name = names[category_id - 1];
    if (category_name !== undefined && plain(category_name) !== plain(name)) {
      return refuse(`${key}: category_id ${category_id}, which is "${name}", and category_name "${category_name}"`);
    }
    return { categoryId: category_id, bbox: [x1, y1, x2 - x1, y2 - y1], facts: { landmarks, pair_id: pairId, style } };
  });
  return { source, pairId, objects };
}

/** What would be lost in silence: garments under another key, and files of another form. */
function refuseOthers(entries: readonly [string, unknown][], refuse: (got: string) => never): void {
  const others = entries.filter(([key]) => !/^(item\d+|source|pair_id)$/.test(key));
  for (const [key, value] of others) {
    if (typeof value === 'object' && value !== null && 'bounding_box' in value) refuse(`a garment under "${key}"`);
  }
  if (others.length > 0 && others.length === entries.length) refuse(listFaults(others.map(([key]) => key)));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
