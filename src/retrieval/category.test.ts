import { expect, test } from 'vitest';
import type { GarmentDetection } from '../embedding/descriptor.ts';
import { classesForCategory } from './category.ts';
import { chooseGarment, lowestDoubt, shownOrSurest } from './choose-garment.ts';

const street13 = 'jacket cardigan sweater tank blouse tee dress trousers shorts skirt footwear hat bag'.split(' ');

test.each<[string, string[]]>([
  ['T-shirts', ['tee']],
  ['tees', ['tee']],
  ['Jeans', ['trousers']],
  ['Sneakers', ['footwear']],
  ['SHOES', ['footwear']],
  ['shorts', ['shorts']],
  ['Cargo shorts', ['shorts']],
  ['Dresses', ['dress']],
  ['Dress shoes', ['footwear']],
  ['dress shirt', ['blouse']],
  ['T-shirt dress', ['dress']],
  ['Top hat', ['hat']],
  ['Beanies', ['hat']],
  ['Hoodies & Sweatshirts', ['sweater']],
  ['Skirts, Dresses and Bags', ['dress', 'skirt', 'bag']],
  ['Apparel & Accessories > Clothing > Shirts & Tops', ['tank', 'blouse', 'tee']],
  ['Women > Shoes > New in', ['footwear']],
  ['Béret', ['hat']],
  ['Gift cards', []],
  ['', []],
  ['constructor', []],
])('%j means %j', (category, classes) => {
  expect(classesForCategory(category, street13)).toEqual(classes);
});

test('classes of a shop are found by their own names', () => {
  expect(classesForCategory('Wellington boots', ['boot', 'umbrella'])).toEqual(['boot']);
  expect(classesForCategory('Umbrellas', ['boot', 'umbrella'])).toEqual(['umbrella']);
});

const small = { box: [0, 0, 2, 2], label: 'tee', score: 0.5 } as const;
const large = { box: [0, 0, 9, 9], label: 'trousers', score: 0.6 } as const;
const middle = { box: [0, 0, 3, 3], label: 'tee', score: 0.5 } as const;
const doubtful = { box: [0, 0, 1, 1], label: 'hat', score: 0.2 } as const;
const moreDoubtful = { box: [0, 0, 10, 10], label: 'hat', score: 0.1 } as const;

test('the garment for sale is the largest that fits the category, else the largest', () => {
  const all = [small, large, middle, doubtful, moreDoubtful];
  const choose = (category: string | null) =>
    chooseGarment(all, { category, classes: street13, minScoreOf: () => 0.5 });
  expect(choose('T-shirts')).toBe(middle);
  expect(choose('Bags')).toBe(large);
  expect(choose(null)).toBe(large);
  expect(chooseGarment([], { category: 'Hats', classes: street13, minScoreOf: () => 0.5 })).toBeUndefined();
});

test('what the shop says is there is believed on less evidence, what it does not say is not', () => {
  const choose = (category: string | null) =>
    chooseGarment([moreDoubtful, doubtful], { category, classes: street13, minScoreOf: () => 0.5 });
  expect(choose('Hats')).toBe(doubtful);
  expect(choose('Bags')).toBeUndefined();
  expect(choose(null)).toBeUndefined();
});

test('a photo that shows nothing for sure is answered for the surest doubt, unless a score was stated', async () => {
  const find = async (minScore: number): Promise<readonly GarmentDetection[]> =>
    [small, middle, hardly].filter(({ score }) => score >= minScore);
  const hardly = { ...doubtful, score: lowestDoubt / 2 };
  expect(await shownOrSurest([small], undefined, find)).toEqual([small]);
  expect(await shownOrSurest([], undefined, find)).toEqual([small]);
  expect(await shownOrSurest([], 0.9, find)).toEqual([]);
  expect(await shownOrSurest([], undefined, async (lowest) => [hardly].filter(({ score }) => score >= lowest))).toEqual(
    [],
  );
  expect(await shownOrSurest([], undefined, async () => [])).toEqual([]);
});
