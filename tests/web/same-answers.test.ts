import { expect, it } from 'vitest';
import type { GarmentAnswer } from '../../src/client/client.ts';
import { expectSameItems } from './same-answers.ts';

function answerOf(...similarities: readonly (readonly [id: string, similarity: number])[]): GarmentAnswer[] {
  const items = similarities.map(([id, similarity]) => ({
    ...{ id, product: id, title: id, label: 'tee', similarity, match: null, image: null, price: null },
    ...{ currency: null, url: null, attributes: {}, variants: [], duplicates: [] },
    why: {
      ...{ box: 'detected' as const, sameClass: true, hidden: 0, words: [] },
      ...{ colourDistance: null, textureSimilarity: null, shapeSimilarity: null },
    },
  }));
  return [
    {
      ...{ queryId: 'q_1', box: [0, 0, 10, 10], label: 'tee', score: 0.9, wholePicture: false, items },
      ...{ total: items.length, ofKind: items.length, facets: {}, hidden: 0, nothingSimilar: false },
    },
  ];
}
const list = answerOf(['a', 0.9], ['b', 0.801], ['c', 0.8], ['d', 0.85]);

it('holds lists of device and server against each other', () => {
  expect(expectSameItems(list, list)).toBe(8);
  // Near enough to change places, or to be the last.
  expect(expectSameItems(list, answerOf(['a', 0.9], ['c', 0.802], ['b', 0.8], ['d', 0.85]))).toBe(8);
  expect(expectSameItems(list, answerOf(['a', 0.9], ['b', 0.801], ['c', 0.8], ['e', 0.851]))).toBe(8);
});

it.each([
  ['another order', answerOf(['b', 0.801], ['a', 0.9], ['c', 0.8], ['d', 0.85])],
  ['another order of classes', answerOf(['d', 0.85], ['a', 0.9], ['b', 0.801], ['c', 0.8])],
  ['another similarity', answerOf(['a', 0.91], ['b', 0.801], ['c', 0.8], ['d', 0.85])],
  ['another item', answerOf(['e', 0.9], ['b', 0.801], ['c', 0.8], ['d', 0.85])],
  ['one item fewer', answerOf(['a', 0.9], ['b', 0.801], ['c', 0.8])],
])('fails for %s', (_, other) => {
  expect(() => expectSameItems(list, other)).toThrow();
});
