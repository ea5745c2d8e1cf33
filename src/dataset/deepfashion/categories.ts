/**
 * @file The fifty categories of DeepFashion's Category and Attribute benchmark, in the order of `list_category_cloth.txt`:
 * a category's label is its place, from 1. Readers take names from the list itself; this is for tables and drawings.
 */
import type { ClothesType } from './lists.ts';

const upper = [
  'Anorak',
  'Blazer',
  'Blouse',
  'Bomber',
  'Button-Down',
  'Cardigan',
  'Flannel',
  'Halter',
  'Henley',
  'Hoodie',
  'Jacket',
  'Jersey',
  'Parka',
  'Peacoat',
  'Poncho',
  'Sweater',
  'Tank',
  'Tee',
  'Top',
  'Turtleneck',
] as const;

const lower = [
  'Capris',
  'Chinos',
  'Culottes',
  'Cutoffs',
  'Gauchos',
  'Jeans',
  'Jeggings',
  'Jodhpurs',
  'Joggers',
  'Leggings',
  'Sarong',
  'Shorts',
  'Skirt',
  'Sweatpants',
  'Sweatshorts',
  'Trunks',
] as const;

const full = [
  'Caftan',
  'Cape',
  'Coat',
  'Coverup',
  'Dress',
  'Jumpsuit',
  'Kaftan',
  'Kimono',
  'Nightdress',
  'Onesie',
  'Robe',
  'Romper',
  'Shirtdress',
  'Sundress',
] as const;

export type CategoryName = (typeof upper)[number] | (typeof lower)[number] | (typeof full)[number];

export const deepFashionCategories: readonly { readonly name: CategoryName; readonly type: ClothesType }[] = [
  ...upper.map((name) => ({ name, type: 1 }) as const),
  ...lower.map((name) => ({ name, type: 2 }) as const),
  ...full.map((name) => ({ name, type: 3 }) as const),
];
