/**
 * @file What DeepFashion's lists say, as columns: one row a photo, in the order of `list_category_img.txt`.
 *
 * n photos, c categories. Boxes are `[x1, y1, x2, y2]` pixels of the photo, width `x2 - x1`.
 */
import { DatasetError, listFaults } from '../dataset-error.ts';
import { leadsOutside } from '../file-name.ts';
import { type ListRow, type ListSource, quoted, readList } from './list-reader.ts';

/** 1 upper body, 2 lower body, 3 full body. */
export type ClothesType = 1 | 2 | 3;

export interface Category {
  readonly name: string;
  readonly type: ClothesType;
}

export interface PhotoList {
  readonly where: string;
  readonly names: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  /** `[n]`, 1..c */
  readonly categories: Uint8Array;
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
  await readPerPhoto(source, ['image_name', 'x_1', 'y_1', 'x_2', 'y_2'], photos, (row, locate) => {
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
  await readPerPhoto(source, ['image_name', 'evaluation_status'], photos, (row, locate) => {
    const status = row.takeField();
    const side = partitions.indexOf(status as Partition);
    if (side < 0) throw row.refuse('an unknown part', { expected: partitions.join(', '), got: quoted(status) });
    sides[locate()] = side;
  });
  return sides;
}

/** `list_attr_cloth.txt`. An attribute's id is its row, from 1. */
export async function readAttributes(source: ListSource): Promise<Attribute[]> {
  const attributes: Attribute[] = [];
  await readList(source, ['attribute_name', 'attribute_type'], (row) => {
    const kind = attributeKinds[takeWhole(row, 'the type of an attribute', 1, attributeKinds.length) - 1]!;
    const name = row.rest();
    if (name === '') throw repeated(row, 'attribute', name);
    attributes.push({ name, kind });
    if (attributes.length > 65535) throw row.refuse('too many attributes', { expected: 'at most 65535', got: 'more' });
  });
  return attributes;
}

/** `list_attr_img.txt`: for each photo 1 (there), -1 (not there) or 0 (unknown) for every attribute. */
export async function readAttributeLabels(
  source: ListSource,
  photos: PhotoList,
  numAttributes: number,
): Promise<AttributeLabels> {
  const start = new Uint32Array(photos.names.length);
  const count = new Uint16Array(photos.names.length);
  let ids = new Uint16Array(1 << 16);
  let length = 0;
  let unknown = 0;
  const note = (place: number, value: 1 | 0 | -1) => {
    if (value === 0) unknown++;
    else if (value === 1) ids[length++] = place + 1;
  };
  await readPerPhoto(source, ['image_name'], photos, (row, locate) => {
    if (length + numAttributes > ids.length) ids = grown(ids, Math.max(2 * ids.length, length + numAttributes));
    const first = length;
    const missing = row.takeTernary(numAttributes, note);
    if (missing > 0) {
      const expected = `${numAttributes} values of -1, 0 or 1`;
      const got = `${numAttributes - missing} of them, after ${quoted(row.takeField())}`;
      throw row.refuse('the row has too few attributes', { expected, got });
    }
    const photo = locate(`a photo, then ${expectedValues(numAttributes)}`);
    start[photo] = first;
    count[photo] = length - first;
    // Read from the right.
    ids.subarray(first, length).reverse();
  });
  const present = length;
  const absent = photos.names.length * numAttributes - present - unknown;
  return { start, count, ids: ids.slice(0, length), tally: { present, absent, unknown } };
}

const expectedValues = (count: number) => `${count} values of -1, 0 or 1 and no more`;

/** `list_landmarks.txt`: the type of clothes, in most copies a kind of variation, then x, y and visibility of each landmark. */
export async function readLandmarks(source: ListSource, photos: PhotoList): Promise<LandmarkLabels> {
  const clothesType = new Uint8Array(photos.names.length);
  const count = new Uint8Array(photos.names.length);
  const points = new Int16Array(photos.names.length * maxLandmarks * 3);
  const taken: number[] = [];
  await readPerPhoto(source, ['image_name', 'clothes_type'], photos, (row, locate) => {
    taken.length = 0;
    for (let value = row.takeInteger(); value !== null; value = row.takeInteger()) {
      taken.push(value);
      if (taken.length > 2 + 3 * maxLandmarks) break;
    }
    // The type, then with or without a variation, groups of three.
    const before = taken.length % 3;
    const landmarks = (taken.length - before) / 3;
    if (before === 0 || landmarks > maxLandmarks) {
      const expected = `clothes type, variation, and visibility, x, y of at most ${maxLandmarks} landmarks`;
      throw row.refuse('the row is not a row of landmarks', { expected, got: `${taken.length} numbers` });
    }
    const photo = locate();
    const values = taken.reverse();
    const type = values[0]!;
    if (type < 1 || type > 3)
      throw row.refuse('an unknown type of clothes', { expected: '1, 2 or 3', got: String(type) });
    clothesType[photo] = type;
    count[photo] = landmarks;
    for (let landmark = 0; landmark < landmarks; landmark++) {
      const [visibility, x, y] = values.slice(before + 3 * landmark) as [number, number, number];
      if (visibility < 0 || visibility > 2 || Math.max(Math.abs(x), Math.abs(y)) > 32767) {
        const expected = 'visibility 0, 1 or 2, then x and y in pixels';
        throw row.refuse('an impossible landmark', { expected, got: `${visibility} ${x} ${y}` });
      }
      points.set([x, y, visibility], (photo * maxLandmarks + landmark) * 3);
    }
  });
  return { clothesType, count, points };
}

/** Reads a list that has each photo once, in any order. `locate` takes the rest of the row as the photo's name. */
async function readPerPhoto(
  source: ListSource,
  columns: readonly string[],
  photos: PhotoList,
  readRow: (row: ListRow, locate: (expected?: string) => number) => void,
): Promise<void> {
  const seen = new Uint8Array(photos.names.length);
  let current: ListRow | undefined;
  let next = 0;
  const locate = (expected = `a photo of ${photos.where}`) => {
    const row = current!;
    const name = row.rest();
    // Most lists have the same order.
    const photo = photos.names[next] === name ? next : photos.rowOf.get(name);
    if (photo === undefined) {
      const facts = {
        expected,
        got: quoted(name),
        cure: 'The lists belong together: copy them again, or remove the row.',
      };
      throw row.refuse(`${photos.where} does not have this photo`, facts, 'dataset-list-rows');
    }
    if (seen[photo]) throw repeated(row, 'photo', name);
    seen[photo] = 1;
    next = photo + 1;
    return photo;
  };
  await readList(source, columns, (row) => {
    current = row;
    readRow(row, locate);
  });
  const absent = photos.names.filter((_, photo) => seen[photo] === 0);
  if (absent.length === 0) return;
  throw new DatasetError('dataset-list-rows', `${absent.length} photos of ${photos.where} are not in this list`, {
    where: source.where,
    expected: `all ${photos.names.length} photos`,
    got: `no ${listFaults(absent)}`,
    cure: 'The lists belong together: copy them again, or remove the rows.',
  });
}

function takeWhole(row: ListRow, what: string, least: number, most: number): number {
  const value = row.takeInteger();
  if (value !== null && value >= least && value <= most) return value;
  const got = value === null ? quoted(row.takeField()) : String(value);
  throw row.refuse(`${what} cannot be used`, { expected: `a whole number from ${least} to ${most}`, got });
}

/** A row whose name came before, or that has none. */
function repeated(row: ListRow, what: string, name: string): DatasetError {
  const cure = 'Remove or name the row.';
  if (name === '') return row.refuse(`a ${what} without a name`, { expected: 'a name', got: 'none', cure });
  const facts = { expected: `each ${what} once`, got: `${quoted(name)} again`, cure };
  return row.refuse(`the same ${what} twice`, facts, 'dataset-duplicate-id');
}

function grown(ids: Uint16Array<ArrayBuffer>, length: number): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(length);
  larger.set(ids);
  return larger;
}
