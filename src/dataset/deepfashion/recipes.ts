/**
 * @file How DeepFashion's categories become the classes of a detector: the paper's Table 1, and all fifty categories in the
 * thirteen classes of the bundled model.
 *
 * Labels of the data are one a photo: what else is worn on it has no label, in the paper's data as here.
 */
import type { Relabelling, RelabelTarget } from '../relabel.ts';
import type { CategoryName } from './categories.ts';

export interface DeepFashionRecipe extends Relabelling {
  /** Classes of which at most `cap` photos are kept, by a seed. */
  readonly capped: readonly string[];
  /** Null: all. */
  readonly cap: number | null;
}

export const recipeNames = ['table1', 'street13'] as const;
export type RecipeName = (typeof recipeNames)[number];

/** A row of the paper's Table 1. */
export interface PaperRow {
  readonly name: string;
  readonly newLabel: number;
  readonly total: number;
}

/** The paper's Table 1 as printed; our names of the classes. Its totals add up to 83,475, and the text says 83,745. */
export const paperTable1: { readonly rows: readonly PaperRow[]; readonly inText: number } = {
  rows: [
    { name: 'jacket', newLabel: 0, total: 11612 },
    { name: 'cardigan', newLabel: 1, total: 13311 },
    { name: 'sweater', newLabel: 2, total: 13123 },
    { name: 'tank', newLabel: 3, total: 15429 },
    { name: 'blouse', newLabel: 4, total: 15000 },
    { name: 'tee', newLabel: 5, total: 15000 },
  ],
  inText: 83745,
};

/** Section 4: old labels 1, 4, 11, 13; 6; 16; 17; 3; 18. All other categories are left out. */
const table1Targets: { readonly [N in CategoryName]?: RelabelTarget } = {
  Anorak: 'jacket',
  Bomber: 'jacket',
  Jacket: 'jacket',
  Parka: 'jacket',
  Cardigan: 'cardigan',
  Sweater: 'sweater',
  Tank: 'tank',
  Blouse: 'blouse',
  Tee: 'tee',
};

/**
 * Total: the compiler refuses a category without a row. A garment that may be one of several classes, or that is worn
 * over two of them, becomes a region to ignore: neither found nor missed. None is dropped.
 */
const street13Targets: { readonly [N in CategoryName]: RelabelTarget } = {
  Anorak: 'jacket',
  Blazer: 'jacket',
  Blouse: 'blouse',
  Bomber: 'jacket',
  // Shirts are blouses in the thirteen classes.
  'Button-Down': 'blouse',
  Cardigan: 'cardigan',
  // A shirt by its cut, named after the cloth.
  Flannel: 'blouse',
  // Straps round the neck; of jersey a tank, of woven cloth a sleeveless blouse.
  Halter: { ignore: ['tank', 'blouse'] },
  // A collarless tee with a short placket; polos are tees, too.
  Henley: 'tee',
  Hoodie: 'sweater',
  Jacket: 'jacket',
  // Of teams: with sleeves a tee, for basketball a tank.
  Jersey: { ignore: ['tee', 'tank'] },
  Parka: 'jacket',
  Peacoat: 'jacket',
  // Knitted or woven, closed or open, without sleeves.
  Poncho: { ignore: ['jacket', 'cardigan', 'sweater'] },
  Sweater: 'sweater',
  Tank: 'tank',
  Tee: 'tee',
  // The word for any of them.
  Top: { ignore: ['tank', 'blouse', 'tee', 'sweater'] },
  Turtleneck: 'sweater',

  Capris: 'trousers',
  Chinos: 'trousers',
  // Two wide legs to the calf: often taken for a skirt.
  Culottes: { ignore: ['trousers', 'skirt'] },
  Cutoffs: 'shorts',
  Gauchos: { ignore: ['trousers', 'skirt'] },
  Jeans: 'trousers',
  Jeggings: 'trousers',
  Jodhpurs: 'trousers',
  Joggers: 'trousers',
  Leggings: 'trousers',
  // A cloth tied at the hip or above the chest.
  Sarong: { ignore: ['skirt', 'dress'] },
  Shorts: 'shorts',
  Skirt: 'skirt',
  Sweatpants: 'trousers',
  Sweatshorts: 'shorts',
  // Swimming trunks.
  Trunks: 'shorts',

  Caftan: 'dress',
  // As in the thirteen classes' table for street photos.
  Cape: 'jacket',
  Coat: 'jacket',
  // Whatever goes over a swimsuit.
  Coverup: { ignore: ['dress', 'blouse', 'cardigan'] },
  Dress: 'dress',
  // One piece with long legs: not a dress, and a detector that finds its trousers is not wrong.
  Jumpsuit: { ignore: ['dress', 'trousers'] },
  Kaftan: 'dress',
  // In shops an open layer of thin cloth, between a cardigan and a jacket.
  Kimono: { ignore: ['cardigan', 'jacket'] },
  Nightdress: 'dress',
  // Sleepwear in one piece with legs and often a hood.
  Onesie: { ignore: ['dress', 'trousers', 'sweater'] },
  // A dressing gown.
  Robe: { ignore: ['jacket', 'dress'] },
  // As in the thirteen classes' table for street photos: a dress above, shorts below.
  Romper: { ignore: ['dress', 'shorts'] },
  Shirtdress: 'dress',
  Sundress: 'dress',
};

const upperClasses = ['jacket', 'cardigan', 'sweater', 'tank', 'blouse', 'tee'];
const otherClasses = ['dress', 'trousers', 'shorts', 'skirt', 'footwear', 'hat', 'bag'];

/** No label of DeepFashion is footwear, hat or bag: those classes stay empty, so that sets can be trained on together. */
export const recipes: { readonly [N in RecipeName]: DeepFashionRecipe } = {
  table1: {
    classes: upperClasses,
    source: 'deepfashion table1',
    targets: new Map(Object.entries(table1Targets)),
    capped: ['blouse', 'tee'],
    cap: 15000,
  },
  street13: {
    classes: [...upperClasses, ...otherClasses],
    source: 'deepfashion street13',
    targets: new Map(Object.entries(street13Targets)),
    capped: [...upperClasses, ...otherClasses],
    cap: null,
  },
};
