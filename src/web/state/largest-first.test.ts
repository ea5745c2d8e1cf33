import { expect, it } from 'vitest';
import type { Box } from '../../client/client.ts';
import { largestFirst } from './largest-first.ts';

it('puts the largest box first, equals in their order, and what has none last', () => {
  const garments: readonly { readonly label: string; readonly box: Box | null }[] = [
    { label: 'whole', box: null },
    { label: 'shoes', box: [0, 0, 100, 20] },
    { label: 'left glove', box: [0, 0, 10, 10] },
    { label: 'right glove', box: [50, 50, 60, 60] },
    // Neither the widest nor the highest.
    { label: 'dress', box: [10, 10, 70, 90] },
  ];
  const labels = ['dress', 'shoes', 'left glove', 'right glove', 'whole'];
  expect(largestFirst(garments).map(({ label }) => label)).toEqual(labels);
  expect(garments[0].label).toBe('whole');
});
