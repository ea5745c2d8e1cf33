/** @file The lists of DeepFashion that a copy may lack: attributes and landmarks of each photo. */
import { type ListSource, quoted, readList } from './list-reader.ts';
import { type Attribute, type AttributeLabels, attributeKinds, type LandmarkLabels, maxLandmarks } from './lists.ts';
import { type PhotoList, readPhotoRows, repeated, takeWhole } from './photo-rows.ts';

/** `list_attr_cloth.txt`. An attribute's id is its row, from 1. */
export async function readAttributes(source: ListSource): Promise<Attribute[]> {
  const attributes: Attribute[] = [];
  await readList(source, ['attribute_name', 'attribute_type'], (row) => {
    const kind = attributeKinds[takeWhole(row, 'the type of an attribute', 1, attributeKinds.length) - 1];
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
  await readPhotoRows(source, ['image_name'], photos, (row, locate) => {
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
  await readPhotoRows(source, ['image_name', 'clothes_type'], photos, (row, locate) => {
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
    const type = values[0];
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

function grown(ids: Uint16Array<ArrayBuffer>, length: number): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(length);
  larger.set(ids);
  return larger;
}
