import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInShard, parseShard } from './shard.ts';

test('shards are written i/n, from 1 to n', () => {
  expect(parseShard('3/16')).toEqual({ index: 3, count: 16 });
  expect(parseShard('1/1')).toEqual({ index: 1, count: 1 });
  for (const text of ['0/4', '5/4', '3', '3/', '-1/4', '1.5/4', '3/0', ' 3/4', '1/65537']) {
    expect(parseShard(text), text).toBeUndefined();
  }
});

test('a product is in exactly one shard', () => {
  const shardCount = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), shardCount, (product, count) => {
      const indices = Array.from({ length: count }, (_, at) => at + 1);
      expect(indices.filter((index) => isInShard(product, { index, count }))).toHaveLength(1);
    }),
  );
});

test('the shard of a product is the same for ever: machines of two versions share a feed', () => {
  const shardOf = (product: string) =>
    Array.from({ length: 16 }, (_, at) => at + 1).find((index) => isInShard(product, { index, count: 16 }));
  expect(['', '17', 'ds-0001', 'Größe', '👗'].map(shardOf)).toEqual([12, 5, 11, 2, 6]);
});

test('shards of numbered products are about even', () => {
  const ids = Array.from({ length: 16_000 }, (_, at) => `ds-${at}`);
  for (let index = 1; index <= 16; index++) {
    const size = ids.filter((id) => isInShard(id, { index, count: 16 })).length;
    // A thousand, give or take five times the spread of a fair dealing.
    expect(Math.abs(size - 1000)).toBeLessThan(155);
  }
});
