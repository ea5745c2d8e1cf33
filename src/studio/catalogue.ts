/** @file The demo shop: garments of all classes with titles, brands and prices, and a photo that asks for some of them. */
import { Random, seedFrom } from '../random/random.ts';
import type { GarmentLabel } from './cut.ts';
import { garmentLabels } from './cut.ts';
import type { FlatLayScene } from './flat-lay.ts';
import type { FabricName, GarmentSpec, PatternName } from './garment.ts';
import { cutOf, randomGarment } from './garment.ts';
import type { OutfitScene } from './outfit.ts';
import { randomOutfit } from './outfit.ts';
import type { ColourName } from './palette.ts';
import type { SurfaceName } from './surface.ts';

export interface CatalogueItem {
  /** `ds-0001`... */
  readonly id: string;
  readonly title: string;
  readonly label: GarmentLabel;
  readonly brand: string;
  readonly price: number;
  readonly currency: 'EUR';
  readonly colour: ColourName;
  readonly pattern: PatternName;
  /** File name within the catalogue's `images/`. */
  readonly image: string;
  readonly spec: GarmentSpec;
  readonly scene: FlatLayScene;
}

const IMAGE_WIDTH = 360;
const IMAGE_HEIGHT = 480;

/** Invented; any likeness to a shop is chance. */
const brands = [
  'Quillmere',
  'Halden Row',
  'Brackwater',
  'Lumen & Loom',
  'Tamsin Vale',
  'Oddfell',
  'Pell Harbour',
  'Vessary',
  'Nine Alders',
  'Corvane',
] as const;

/** A plain cotton tee of the cheapest brand. */
const basePrices: { readonly [L in GarmentLabel]: number } = {
  jacket: 119,
  cardigan: 69,
  sweater: 65,
  tank: 22,
  blouse: 49,
  tee: 25,
  dress: 79,
  trousers: 69,
  shorts: 39,
  skirt: 55,
  footwear: 95,
  hat: 29,
  bag: 89,
};

const dearer: { readonly [F in FabricName]?: number } = {
  leather: 1.5,
  silk: 1.45,
  wool: 1.25,
  linen: 1.15,
  straw: 0.9,
};

const patternWords: { readonly [P in PatternName]: string } = {
  plain: '',
  stripe: 'Striped',
  check: 'Checked',
  dot: 'Polka-dot',
  floral: 'Floral',
  print: 'Printed',
};

/** Most pictures on card, as shops do; it is also the surface that renders fastest. */
const shopSurfaces: readonly SurfaceName[] = [
  'card',
  'card',
  'card',
  'card',
  'card',
  'linen',
  'parquet',
  'marble',
  'plaster',
];

/** `Striped linen tee, navy`. */
export function titleOf(spec: GarmentSpec): string {
  const { noun } = cutOf(spec);
  const fabric = noun.includes(spec.fabric) || spec.fabric === 'knit' ? '' : spec.fabric;
  const words = [patternWords[spec.pattern].toLowerCase(), fabric, noun].filter((word) => word !== '').join(' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${spec.colour}`;
}

/** The same seed gives the same shop; classes take turns, so every class has its share. */
export function demoCatalogue(seed: number, count = 300): CatalogueItem[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seedFrom(seed, 'demo', 'item', index));
    const label = garmentLabels[index % garmentLabels.length];
    let spec = randomGarment(random, { theme: 'demo', label });
    // No two items of one description, as long as there are others.
    for (let attempt = 0; attempt < 12 && taken.has(titleOf(spec)); attempt++)
      spec = randomGarment(random, { theme: 'demo', label });
    taken.add(titleOf(spec));
    const brandIndex = random.below(brands.length);
    const price =
      basePrices[label] * (dearer[spec.fabric] ?? 1) * (0.8 + brandIndex * 0.09) * random.between(0.85, 1.2);
    const id = `ds-${String(index + 1).padStart(4, '0')}`;
    return {
      id,
      title: titleOf(spec),
      label,
      brand: brands[brandIndex],
      price: Math.round(price) - 0.05,
      currency: 'EUR' as const,
      colour: spec.colour,
      pattern: spec.pattern,
      image: `${id}.jpg`,
      spec,
      scene: itemScene(spec, random),
    };
  });
}

function itemScene(spec: GarmentSpec, random: Random): FlatLayScene {
  const margin = random.between(0.07, 0.11);
  return {
    width: IMAGE_WIDTH,
    height: IMAGE_HEIGHT,
    surface: random.pick(shopSurfaces),
    seed: random.below(0x7fffffff),
    spots: [{ spec, rotate: random.between(-4, 4), region: [margin, margin, 1 - margin, 1 - margin] }],
  };
}

export interface DemoQuery {
  readonly scene: OutfitScene;
  /** For each garment worn, the items drawn from the same specification, or none. */
  readonly matches: readonly (readonly string[])[];
}

/**
 * A person who wears garments of the demo catalogue: the same specification with other folds, in another pose and place.
 *
 * @param wear the classes worn, each taken from an item of `items`
 */
export function demoQuery(
  seed: number,
  items: readonly CatalogueItem[] = demoCatalogue(1),
  wear: readonly GarmentLabel[] = ['tee', 'jacket', 'trousers', 'footwear', 'bag'],
): DemoQuery {
  const random = new Random(seedFrom(seed, 'demo', 'query'));
  const scene = randomOutfit(random, { theme: 'demo', longSide: 640 });
  const chosen = wear.flatMap((label) => {
    const candidates = items.filter((item) => item.label === label);
    const openFirst = candidates.filter(({ spec }) => label !== 'jacket' || hangsOpen(spec));
    return candidates.length === 0 ? [] : [random.pick(openFirst.length > 0 ? openFirst : candidates)];
  });
  const height = 640;
  const tall = 0.84;
  return {
    scene: {
      ...scene,
      width: 440,
      height,
      scale: (height * tall) / 192,
      stand: [0.5, 0.955],
      garments: chosen.map(({ spec }) => spec),
    },
    matches: chosen.map(({ spec }) =>
      items.filter((item) => item.spec.seed === spec.seed && item.label === spec.label).map(({ id }) => id),
    ),
  };
}

/** True where a garment hangs open over what is worn below it. */
function hangsOpen(spec: GarmentSpec): boolean {
  const cut = cutOf(spec);
  return cut.kind === 'top' && cut.closure === 'open';
}
