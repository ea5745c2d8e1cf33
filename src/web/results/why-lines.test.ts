import { expect, it } from 'vitest';
import { en } from '../words/en.ts';
import { whyLines } from './why-lines.ts';

const why = {
  box: 'detected',
  sameClass: true,
  colourDistance: 5,
  textureSimilarity: 0.9,
  shapeSimilarity: 0.9,
  hidden: 0,
  words: [],
} as const;

it('says in words what the numbers mean', () => {
  expect(whyLines(en, { label: 'tee', why }, 'tee')).toEqual([
    'Also: T-shirt',
    'Nearly the same colours',
    'A similar pattern',
    'A similar shape',
  ]);
  const other = {
    ...why,
    box: 'drawn',
    sameClass: false,
    colourDistance: 30,
    textureSimilarity: 0.1,
    hidden: 2,
  } as const;
  expect(whyLines(en, { label: 'tee', why: { ...other, shapeSimilarity: 0.2 } }, 'dress')).toEqual([
    'T-shirt, not Dress',
    'Other colours',
    'Another pattern',
    'By the box you drew',
    'Nearer ones are hidden by your filters',
  ]);
});

it('takes the shopper at their word about the class', () => {
  const [line] = whyLines(en, { label: 'dress', why: { ...why, sameClass: false } }, 'dress');
  expect(line).toBe('Also: Dress');
});

it('says nothing of what is not known', () => {
  const unknown = { ...why, sameClass: null, colourDistance: null, textureSimilarity: null, shapeSimilarity: null };
  expect(whyLines(en, { label: null, why: unknown }, null)).toEqual([]);
});
