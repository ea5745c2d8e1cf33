/** @file For tests of stores: rows, vectors and texts that harm those who do not escape, and how answers are compared. */
import { expect } from 'vitest';
import { type AttributeSchema, keyText, type Row } from '../src/stores/row.ts';
import type { WantedStore } from '../src/stores/store-directory-node.ts';
import type { Hit, StoreQuery, VectorStore } from '../src/stores/vector-store.ts';
import { filterSchema } from './any-filter.ts';

export const dimension = 4;
const hostileNames = {
  "it's": 'string',
  'say "so"': 'string',
  'back\\slash': 'string',
  'a) or (1=1 --': 'number',
  'nul\0': 'boolean',
  '日本 👗': 'string',
  select: 'string',
  id: 'string',
  vector: 'number',
  ['x'.repeat(2000)]: 'string',
} as const satisfies AttributeSchema;
/** Attributes of every type, some of whose names are hostile. */
export const schema: AttributeSchema = { ...filterSchema, ...hostileNames };

/** Texts that end literals, comments, statements, strings or processes where they are not escaped. */
export const hostileTexts = [
  "'",
  "''",
  "' OR '1'='1",
  "'; DROP TABLE rows; --",
  '" OR ""="',
  '\\',
  "\\'",
  '/* */ --',
  '# x\n-- y',
  '\0',
  'a\0b',
  '%',
  '_',
  '{{x}} $1 ? :x',
  '\ufeffbom',
  '\uffff0041',
  '\ud800',
  'e\u0301',
  '\u202e👗',
  'x'.repeat(100_000),
  '',
  'null',
  'true',
  '1e999',
];

export const wanted = (others: Partial<WantedStore> = {}): WantedStore => ({
  space: { descriptor: 'garment', spaceId: 'conformance/1', dimension, metric: 'cosine' },
  modelId: 'model',
  schema,
  ...others,
});

export function anyRow(product: string, vector: readonly number[], others: Partial<Row> = {}): Row {
  return {
    product,
    variant: '',
    image: `${product}.jpg`,
    region: 0,
    box: [0.5, 0, 10, 20],
    label: 'tee',
    score: 0.9,
    contentHash: 'hash',
    attributes: {},
    vector: Float32Array.from(vector),
    ...others,
  };
}

/** A vector of its own for each number, all directions. */
export const spread = (index: number) => [1, 2, 3, 4].map((each) => Math.sin(each * (index + 1) * 1.7) + 0.01 * each);
export const queryOf = (k: number, others: Partial<StoreQuery> = {}): StoreQuery => ({
  vector: Float32Array.from(spread(1000)),
  k,
  ...others,
});

/** Null and missing are the same, and so are both zeros. */
export function comparable({ attributes, vector, ...facts }: Row) {
  const known = Object.entries(attributes).filter(([, value]) => value !== null);
  const values = known.map(([name, value]) => [name, typeof value === 'number' ? value + 0 : value]).sort();
  return { ...facts, attributes: values, vector: [...vector] };
}

export const byKey = (a: Row, b: Row) => (keyText(a) < keyText(b) ? -1 : 1);
export async function allRows(store: VectorStore): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const each of store.rows()) rows.push(each);
  return rows.sort(byKey);
}

/** The same rows in the same order; similarities to 1e-5. */
export function expectSameHits(found: readonly Hit[], expected: readonly Hit[]): void {
  expect(found.map((hit) => keyText(hit.row))).toEqual(expected.map((hit) => keyText(hit.row)));
  for (const [index, { similarity }] of found.entries())
    expect(Math.abs(similarity - expected[index].similarity)).toBeLessThan(1e-5);
}
