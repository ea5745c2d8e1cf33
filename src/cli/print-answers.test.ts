import { expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { turned } from '../../tests/shop-rows.ts';
import type { GarmentAnswer } from '../retrieval/recommend.ts';
import type { SimilarItem } from '../retrieval/similar-items.ts';
import { printAnswers } from './print-answers.ts';

function item(numVariants: number, others: Partial<SimilarItem> = {}): SimilarItem {
  const row = turned('tee', 0);
  const names = Array.from({ length: numVariants }, (_, index) => `SKU-${index + 1}`);
  return {
    ...{ id: 'tee', product: 'tee', title: 'Tee', label: 'tee', similarity: 0.5, match: 'weak', image: 'a.jpg' },
    ...{ price: null, currency: null, url: null, duplicates: [], row },
    variants: names.map((id) => ({ id, image: `${id}.jpg`, price: null, url: null, similarity: 0.4 })),
    why: {
      ...{ box: 'items', sameClass: true, colourDistance: null, textureSimilarity: null, shapeSimilarity: null },
      ...{ hidden: 0, words: ['also tee'] },
    },
    ...others,
  };
}

async function printed(items: readonly SimilarItem[]): Promise<string> {
  const answer: GarmentAnswer = {
    ...{ label: 'tee', score: null, box: [0, 0, 1, 1], wholePicture: false, total: items.length, facets: {} },
    ...{ items: [...items], ofKind: items.length, hidden: 0, nothingSimilar: false },
  };
  const { out } = await captureOutput(() => Promise.resolve(printAnswers('like a', [answer])));
  return out;
}

test.each([
  [0, 'also tee\n'],
  [2, 'also tee; as SKU-1, SKU-2\n'],
  [3, 'also tee; as SKU-1, SKU-2, SKU-3\n'],
  [9, 'also tee; as SKU-1, SKU-2, SKU-3 and 6 more\n'],
  // No more than ten are looked for.
  [10, 'also tee; as SKU-1, SKU-2, SKU-3 and 7 or more\n'],
])('of %d variants: %s', async (numVariants, words) => {
  expect(await printed([item(numVariants)])).toContain(`           ${words}`);
});

test('what has no grade and what is unlike stand in the same columns', async () => {
  const out = await printed([item(0), item(0, { match: null, similarity: -0.25 })]);
  expect(out).toContain('     0.500  weak    Tee');
  expect(out).toContain('    -0.250  -       Tee');
});
