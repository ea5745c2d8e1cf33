import { expect, test } from 'vitest';
import { anyRow } from '../../tests/store-rows.ts';
import { mostRows, nearestWithTies } from './nearest-with-ties.ts';
import type { Row } from './row.ts';

const vector = Float32Array.of(1, 0);

/** An engine that has these rows in this order of nearness, and what it was asked for. */
function engineOf(rows: readonly Row[]) {
  const limits: number[] = [];
  const ask = async (limit: number) => {
    limits.push(limit);
    return rows.slice(0, limit);
  };
  return { limits, nearest: async (k: number) => (await nearestWithTies({ vector, k }, 'cosine', ask)).map(nameOf) };
}

const nameOf = ({ row }: { row: Row }) => row.product;
/** All alike, their keys in the opposite order. */
const alike = (count: number) =>
  Array.from({ length: count }, (_, index) => anyRow(String(count - 1 - index).padStart(6, '0'), [1, 0]));

test('one question is enough where the last one wanted is told from what follows', async () => {
  const rows = Array.from({ length: 100 }, (_, index) => anyRow(`${index}`, [1, index / 100]));
  const { limits, nearest } = engineOf(rows);
  expect(await nearest(3)).toEqual(['0', '1', '2']);
  expect(limits).toEqual([11]);
  expect(await nearest(0)).toEqual([]);
  expect(limits).toHaveLength(1);
});

test('rows that are as near as the last one wanted are all asked for, and ordered by key', async () => {
  const { limits, nearest } = engineOf([...alike(50), anyRow('far', [0, 1])]);
  expect(await nearest(2)).toEqual(['000000', '000001']);
  expect(limits).toEqual([10, 20, 40, 80]);
});

test('sums of an engine that are off by a hair do not change the order', async () => {
  const near = anyRow('near', [1, 0]);
  const nearly = anyRow('nearly', [1, 1e-3]);
  const { nearest } = engineOf([nearly, near]);
  expect(await nearest(2)).toEqual(['near', 'nearly']);
});

test('of a crowd that shares one picture, so many are ordered and no more are asked for', async () => {
  const crowd = alike(100_000);
  const { limits, nearest } = engineOf(crowd);
  const found = await nearest(3);
  expect(Math.max(...limits)).toBe(mostRows);
  expect(limits.filter((limit) => limit === mostRows)).toHaveLength(1);
  // The least keys of those that the engine chose.
  expect(found).toEqual([mostRows, mostRows - 1, mostRows - 2].map((back) => nameOf({ row: crowd[back - 1] })));
});

test('who wants more than that gets it', async () => {
  const { limits, nearest } = engineOf(alike(30_000));
  expect(await nearest(20_000)).toHaveLength(20_000);
  expect(limits).toEqual([20_008]);
});
