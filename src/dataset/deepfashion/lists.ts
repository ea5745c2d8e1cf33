/**
 * @file What DeepFashion's lists say, as columns: one row a photo, in the order of `list_category_img.txt`.
 *
 * n photos, c categories. Boxes are `[x1, y1, x2, y2]` pixels of the photo, width `x2 - x1`.
 */
import { leadsOutside } from '../file-name.ts';
import { type ListSource, quoted, readList } from './list-reader.ts';
import { type PhotoList, readPhotoRows, repeated, takeWhole } from './photo-rows.ts';

/** 1 upper body, 2 lower body, 3 full body. */
export type ClothesType = 1 | 2 | 3;

export interface Category {
  readonly name: string;
  readonly type: ClothesType;
}

export type Partition = 'train' | 'val' | 'test';
export const partitions: readonly Partition[] = ['train', 'val', 'test'];

/** The kinds of attribute, by the number that the list gives (from 1). */
export const attributeKinds = ['texture', 'fabric', 'shape', 'part', 'style'] as const;

export interface Attribute {
  readonly name: string;
  readonly kind: (typeof attributeKinds)[number];
}

/** Attributes that were said to be there; the other two answers are only counted. */
export interface AttributeLabels {
  /** Row r has `ids[start[r]]` to `ids[start[r] + count[r] - 1]`, ascending; an id is the attribute's row, from 1. */
  readonly start: Uint32Array;
  readonly count: Uint16Array;
  readonly ids: Uint16Array;
  readonly tally: { readonly present: number; readonly absent: number; readonly unknown: number };
}

export const maxLandmarks = 8;

export interface LandmarkLabels {
  /** `[n]`, 1..3 */
  readonly clothesType: Uint8Array;
  /** `[n]` landmarks of the photo */
  readonly count: Uint8Array;
  /** `[n, 8, 3]`: x, y, visibility (0 visible, 1 hidden, 2 cut off) */
  readonly points: Int16Array;
}

/** All lists of a copy of the data; null for those that it lacks or that were not asked for. */
export interface DeepFashionLists {
  readonly categories: readonly Category[];
  readonly photos: PhotoList;
  /** `[n, 4]` */
  readonly boxes: Float32Array;
  /** `[n]` places in {@link partitions} */
  readonly partition: Uint8Array | null;
  readonly attributes: readonly Attribute[] | null;
  readonly attributeLabels: AttributeLabels | null;
  readonly landmarks: LandmarkLabels | null;
}

/** `list_category_cloth.txt`. A category's label is its row, from 1. */
export async function readCategories(source: ListSource): Promise<Category[]> {
  const categories: Category[] = [];
  const names = new Set<string>();
  await readList(source, ['category_name', 'category_type'], (row) => {
    const type = takeWhole(row, 'the type of a category', 1, 3) as ClothesType;
    const name = row.rest();
    if (name === '' || names.has(name)) throw repeated(row, 'category', name);
    if (names.size === 255) throw row.refuse('too many categories', { expected: 'at most 255', got: '256' });
    names.add(name);
    categories.push({ name, type });
  });
  return categories;
}

/** `list_category_img.txt`: the photos and the category of each. */
export async function readPhotoList(source: ListSource, numCategories: number): Promise<PhotoList> {
  const names: string[] = [];
  const rowOf = new Map<string, number>();
  const labels: number[] = [];
  await readList(source, ['image_name', 'category_label'], (row) => {
    labels.push(takeWhole(row, 'a category label', 1, numCategories));
    const name = row.rest();
    if (name === '' || rowOf.has(name)) throw repeated(row, 'photo', name);
    if (leadsOutside(name)) {
      const facts = {
        expected: 'a name that starts from the root of the data',
        got: quoted(name),
        cure: 'Remove the row.',
      };
      throw row.refuse('the name of the photo leads out of the data', facts, 'dataset-file-name');
    }
    rowOf.set(name, names.length);
    names.push(name);
  });
  return { where: source.where, names, rowOf, categories: Uint8Array.from(labels) };
}

/** `list_bbox.txt`. @returns `[n, 4]`; a box may be empty, never negative */
export async function readBoxes(source: ListSource, photos: PhotoList): Promise<Float32Array> {
  const boxes = new Float32Array(photos.names.length * 4);
  const edges = ['y_2', 'x_2', 'y_1', 'x_1'];
  await readPhotoRows(source, ['image_name', 'x_1', 'y_1', 'x_2', 'y_2'], photos, (row, locate) => {
    const [y2, x2, y1, x1] = edges.map((edge) => takeWhole(row, edge, -32768, 32767)) as [
      number,
      number,
      number,
      number,
    ];
    const photo = locate();
    if (x2 < x1 || y2 < y1) {
      const got = `x_1 ${x1}, y_1 ${y1}, x_2 ${x2}, y_2 ${y2}`;
      const facts = {
        expected: 'x_1 <= x_2 and y_1 <= y_2',
        got,
        cure: 'Correct the row, or remove the photo from every list.',
      };
      throw row.refuse('the box ends before it begins', facts, 'dataset-box-size');
    }
    boxes.set([x1, y1, x2, y2], photo * 4);
  });
  return boxes;
}

/** `list_eval_partition.txt`. @returns `[n]` places in {@link partitions} */
export async function readPartition(source: ListSource, photos: PhotoList): Promise<Uint8Array> {
  const sides = new Uint8Array(photos.names.length);
  await readPhotoRows(source, ['image_name', 'evaluation_status'], photos, (row, locate) => {
    const status = row.takeField();
    const side = partitions.indexOf(status as Partition);
    if (side < 0) throw row.refuse('an unknown part', { expected: partitions.join(', '), got: quoted(status) });
    sides[locate()] = side;
  });
  return sides;
}
