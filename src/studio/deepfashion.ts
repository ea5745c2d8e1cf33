/**
 * @file A miniature of DeepFashion: garments with a category of its fifty, drawn worn or laid flat, and what its lists
 * would say about each photo. Landmarks are at fixed places of the drawn box.
 */
import { type CategoryName, deepFashionCategories } from '../dataset/deepfashion/categories.ts';
import type { Attribute, ClothesType, Partition } from '../dataset/deepfashion/lists.ts';
import { Random, seedFrom } from '../random/random.ts';
import type { GarmentLabel } from './cut.ts';
import { drawFlatLay } from './flat-lay.ts';
import { type GarmentSpec, randomGarment } from './garment.ts';
import { drawOutfit, randomOutfit } from './outfit.ts';
import type { DrawnGarment, DrawnScene } from './scene.ts';
import { surfaces } from './surface.ts';

/** How a category is drawn, and how often: about DeepFashion's own frequencies, in thousands of photos; dresses, shorts and skirts, which the paper leaves out, fewer. */
interface DrawnCategory {
  readonly label: GarmentLabel;
  readonly cuts: readonly string[];
  readonly weight: number;
  readonly changes?: Partial<GarmentSpec>;
}

/** The categories that the studio can draw; only cuts that are for training. */
const drawnCategories: { readonly [N in CategoryName]?: DrawnCategory } = {
  // A hooded jacket with a zip, as a parka is; shops use both words.
  Anorak: { label: 'jacket', cuts: ['parka'], weight: 1, changes: { fabric: 'nylon' } },
  Blazer: { label: 'jacket', cuts: ['blazer'], weight: 7 },
  Blouse: { label: 'blouse', cuts: ['ruffle-blouse', 'balloon-blouse'], weight: 25 },
  Bomber: { label: 'jacket', cuts: ['bomber'], weight: 1 },
  'Button-Down': { label: 'blouse', cuts: ['shirt'], weight: 1 },
  Cardigan: { label: 'cardigan', cuts: ['v-cardigan', 'long-cardigan'], weight: 13 },
  Flannel: { label: 'blouse', cuts: ['shirt'], weight: 1, changes: { pattern: 'check', fabric: 'cotton' } },
  Hoodie: { label: 'sweater', cuts: ['hoodie'], weight: 4 },
  Jacket: { label: 'jacket', cuts: ['denim-jacket'], weight: 10 },
  Parka: { label: 'jacket', cuts: ['parka'], weight: 1 },
  Sweater: { label: 'sweater', cuts: ['crew-sweater'], weight: 13 },
  Tank: { label: 'tank', cuts: ['tank', 'camisole'], weight: 15 },
  Tee: { label: 'tee', cuts: ['crew-tee', 'v-tee', 'long-tee'], weight: 37 },
  Top: { label: 'tank', cuts: ['camisole'], weight: 10 },
  Turtleneck: { label: 'sweater', cuts: ['turtleneck'], weight: 1 },
  Cutoffs: { label: 'shorts', cuts: ['denim-shorts'], weight: 2 },
  Gauchos: { label: 'trousers', cuts: ['wide-leg'], weight: 1 },
  Jeans: { label: 'trousers', cuts: ['jeans'], weight: 7 },
  Joggers: { label: 'trousers', cuts: ['joggers'], weight: 4 },
  Leggings: { label: 'trousers', cuts: ['skinny'], weight: 5 },
  Shorts: { label: 'shorts', cuts: ['long-shorts'], weight: 8 },
  Skirt: { label: 'skirt', cuts: ['pencil', 'a-line', 'maxi'], weight: 6 },
  Coat: { label: 'jacket', cuts: ['open-coat'], weight: 2 },
  Dress: { label: 'dress', cuts: ['a-line-dress', 'slip-dress', 'sheath-dress'], weight: 20 },
  Shirtdress: { label: 'dress', cuts: ['shirt-dress'], weight: 1 },
};

/** One photo and its rows in the lists. */
export interface MiniaturePhoto {
  /** `img/FOLDER/img_00000001.jpg` */
  readonly name: string;
  /** Label of the category, from 1. */
  readonly category: number;
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly clothesType: ClothesType;
  readonly landmarks: readonly (readonly [visibility: number, x: number, y: number])[];
  /** 1, -1 or 0 for each of `miniatureAttributes`. */
  readonly attributes: readonly number[];
  readonly partition: Partition;
  readonly scene: DrawnScene;
}

/** What is said about drawn garments; the kinds are DeepFashion's. */
export const miniatureAttributes: readonly Attribute[] = [
  ...['stripe', 'check', 'dot', 'floral', 'print'].map((name) => ({ name, kind: 'texture' as const })),
  ...['cotton', 'denim', 'knit', 'leather', 'nylon', 'silk', 'wool', 'linen'].map((name) => ({
    name,
    kind: 'fabric' as const,
  })),
  ...['slim', 'loose', 'wide', 'mini', 'midi', 'maxi', 'cropped'].map((name) => ({ name, kind: 'shape' as const })),
  ...['long sleeve', 'short sleeve', 'no sleeve', 'crew neckline', 'v neckline', 'shirt neckline', 'hood neckline'].map(
    (name) => ({ name, kind: 'part' as const }),
  ),
  ...['monochrome', 'colour block'].map((name) => ({ name, kind: 'style' as const })),
];

/** Photo after photo, folder by folder: a folder holds one to four photos of one garment. Draws as it is read. */
export function* drawMiniature(count: number, seed: number, longSide = 300): Generator<MiniaturePhoto> {
  const taken = new Set<string>();
  const names = Object.keys(drawnCategories) as CategoryName[];
  for (let done = 0, product = 0; done < count; product++) {
    const random = new Random(seedFrom(seed, 'miniature', product));
    // Each category once, then by weight.
    const name = names[product] ?? pickWeighted(random, names);
    const spec = garmentOf(random, drawnCategories[name]!);
    const folder = folderOf(spec, name, taken, random);
    const photos = Math.min(count - done, 1 + random.below(4));
    for (let photo = 1; photo <= photos; photo++, done++) {
      yield photograph(random, spec, name, `img/${folder}/img_${String(photo).padStart(8, '0')}.jpg`, longSide);
    }
  }
}

function pickWeighted(random: Random, names: readonly CategoryName[]): CategoryName {
  let left = random.uniform() * names.reduce((sum, name) => sum + drawnCategories[name]!.weight, 0);
  for (const name of names) {
    left -= drawnCategories[name]!.weight;
    if (left < 0) return name;
  }
  return names[0]!;
}

function garmentOf(random: Random, { label, cuts, changes }: DrawnCategory): GarmentSpec {
  const cut = random.pick(cuts);
  // Denim has its colours: a garment of the same cut that came by chance, or another one of the class.
  for (;;) {
    const spec = randomGarment(random, { theme: 'training', label });
    if (spec.cut === cut) return { ...spec, ...changes };
  }
}

/** `Striped_Red_Blouse`, now and then with spaces; a number where the name is taken. */
function folderOf(spec: GarmentSpec, category: CategoryName, taken: Set<string>, random: Random): string {
  const words = [spec.pattern, spec.colour, spec.fabric, category].map(
    (word) => word.charAt(0).toUpperCase() + word.slice(1),
  );
  const name = words.join(random.chance(0.15) ? ' ' : '_');
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name}-${number}`;
  taken.add(free.toLowerCase());
  return free;
}

function photograph(
  random: Random,
  spec: GarmentSpec,
  category: CategoryName,
  name: string,
  longSide: number,
): MiniaturePhoto {
  const worn = random.chance(0.6) ? drawWorn(random, spec, longSide) : null;
  const { scene, garment } = worn ?? drawLaid(random, spec, longSide);
  const index = deepFashionCategories.findIndex((each) => each.name === category);
  const clothesType = deepFashionCategories[index]!.type;
  const box = wholeBox(garment.box, scene);
  const said = new Set(wordsFor(garment));
  return {
    name,
    category: index + 1,
    box,
    clothesType,
    landmarks: landmarksIn(box, clothesType, random),
    // Now and then nobody has looked.
    attributes: miniatureAttributes.map((attribute) => (random.chance(0.03) ? 0 : said.has(attribute.name) ? 1 : -1)),
    partition: random.pick(['train', 'train', 'train', 'train', 'train', 'val', 'test'] as const),
    scene,
  };
}

/** A person who wears the garment with others; null where it cannot be seen well. */
function drawWorn(random: Random, spec: GarmentSpec, longSide: number) {
  const outfit = randomOutfit(random, { theme: 'training', longSide });
  const add = (...labels: GarmentLabel[]) => randomGarment(random, { theme: 'training', label: random.pick(labels) });
  const rest: { readonly [L in GarmentLabel]?: () => GarmentSpec[] } = {
    dress: () => [],
    jacket: () => [add('tee', 'blouse'), add('trousers', 'skirt')],
    cardigan: () => [add('tee', 'tank'), add('trousers', 'skirt')],
    trousers: () => [add('tee', 'blouse', 'tank', 'sweater')],
    shorts: () => [add('tee', 'tank')],
    skirt: () => [add('tee', 'blouse', 'tank', 'sweater')],
  };
  const others = (rest[spec.label] ?? (() => [add('trousers', 'shorts', 'skirt')]))();
  const scene = drawOutfit({ ...outfit, garments: [spec, ...others, add('footwear')] });
  const garment = scene.garments.find((each) => each.spec === spec);
  const isPlain = garment !== undefined && garment.area > 0.02 * scene.width * scene.height;
  return isPlain ? { scene, garment } : null;
}

function drawLaid(random: Random, spec: GarmentSpec, longSide: number): { scene: DrawnScene; garment: DrawnGarment } {
  const margin = random.between(0.05, 0.15);
  const scene = drawFlatLay({
    width: Math.round(longSide * random.pick([0.667, 0.75, 0.8])),
    height: longSide,
    surface: random.pick(surfaces.training),
    seed: random.below(0x7fffffff),
    spots: [{ spec, rotate: random.between(-8, 8), region: [margin, margin, 1 - margin, 1 - margin] }],
  });
  return { scene, garment: scene.garments[0]! };
}

function wholeBox([x1, y1, x2, y2]: DrawnGarment['box'], { width, height }: DrawnScene): MiniaturePhoto['box'] {
  const left = Math.min(width - 1, Math.max(0, Math.floor(x1)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(y1)));
  return [
    left,
    top,
    Math.min(width, Math.max(left + 1, Math.ceil(x2))),
    Math.min(height, Math.max(top + 1, Math.ceil(y2))),
  ];
}

function wordsFor({ attributes }: DrawnGarment): string[] {
  const { pattern, fabric, sleeve, neckline, length, fit } = attributes;
  const words = [pattern, fabric, length ?? '', fit ?? '', `${neckline} neckline`];
  words.push(sleeve === 'none' ? 'no sleeve' : `${sleeve} sleeve`, pattern === 'plain' ? 'monochrome' : 'colour block');
  return words;
}

/** Collar, sleeves, waist and hem, left and right, in fractions of the box. */
const places = {
  collar: [0.36, 0.64, 0.03],
  sleeve: [0.04, 0.96, 0.55],
  waist: [0.25, 0.75, 0.04],
  middle: [0.28, 0.72, 0.42],
  hem: [0.18, 0.82, 0.97],
} as const;

const landmarkPlaces: { readonly [T in ClothesType]: readonly (keyof typeof places)[] } = {
  1: ['collar', 'sleeve', 'hem'],
  2: ['waist', 'hem'],
  3: ['collar', 'sleeve', 'middle', 'hem'],
};

function landmarksIn([x1, y1, x2, y2]: MiniaturePhoto['box'], type: ClothesType, random: Random) {
  return landmarkPlaces[type].flatMap((place) => {
    const [left, right, y] = places[place];
    return [left, right].map((x) => {
      const visibility = random.chance(0.85) ? 0 : random.chance(0.6) ? 1 : 2;
      const point = [Math.round(x1 + x * (x2 - x1)), Math.round(y1 + y * (y2 - y1))] as const;
      return visibility === 2 ? ([2, 0, 0] as const) : ([visibility, ...point] as const);
    });
  });
}
