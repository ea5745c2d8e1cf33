import { expect, test } from 'vitest';
import { classesForCategory } from './category.ts';
import { chooseGarment } from './choose-garment.ts';

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
const large = { box: [0, 0, 9, 9], label: 'trousers', score: 0.4 } as const;
const middle = { box: [0, 0, 3, 3], label: 'tee', score: 0.3 } as const;

test('the garment for sale is the largest that fits the category, else the largest', () => {
  expect(chooseGarment([small, large, middle], 'T-shirts', street13)).toBe(middle);
  expect(chooseGarment([small, large, middle], 'Hats', street13)).toBe(large);
  expect(chooseGarment([small, large, middle], null, street13)).toBe(large);
  expect(chooseGarment([], 'Hats', street13)).toBeUndefined();
});
