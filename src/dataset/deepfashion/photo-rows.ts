/** @file Rows of lists that have each photo once, joined by name with the photos of `list_category_img.txt`. */
import { plural, wordFor } from '../../text/plural.ts';
import { DatasetError, listFaults } from '../dataset-error.ts';
import { type ListRow, type ListSource, quoted, readList } from './list-reader.ts';

/** The photos, in the order of `list_category_img.txt`. n photos. */
export interface PhotoList {
  readonly where: string;
  readonly names: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
  /** `[n]`, 1..c */
  readonly categories: Uint8Array;
}

/** Reads a list that has each photo once, in any order. `locate` takes the rest of the row as the photo's name. */
export async function readPhotoRows(
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
  const verb = wordFor(absent.length, 'is', 'are');
  const what = `${plural(absent.length, 'photo')} of ${photos.where} ${verb} not in this list`;
  throw new DatasetError('dataset-list-rows', what, {
    where: source.where,
    expected: `all ${photos.names.length} photos`,
    got: `no ${listFaults(absent)}`,
    cure: 'The lists belong together: copy them again, or remove the rows.',
  });
}

/** Takes the last field, a whole number in a range. */
export function takeWhole(row: ListRow, what: string, least: number, most: number): number {
  const value = row.takeInteger();
  if (value !== null && value >= least && value <= most) return value;
  const got = value === null ? quoted(row.takeField()) : String(value);
  throw row.refuse(`${what} cannot be used`, { expected: `a whole number from ${least} to ${most}`, got });
}

/** A row whose name came before, or that has none. */
export function repeated(row: ListRow, what: string, name: string): DatasetError {
  const cure = 'Remove or name the row.';
  if (name === '') return row.refuse(`a ${what} without a name`, { expected: 'a name', got: 'none', cure });
  const facts = { expected: `each ${what} once`, got: `${quoted(name)} again`, cure };
  return row.refuse(`the same ${what} twice`, facts, 'dataset-duplicate-id');
}
