/** @file A garment as a specification: class, cut, colours, pattern, fabric, seed. Everything drawn of it follows from these. */
import { Random, seedFrom } from '../random/random.ts';
import type { Body, Pose } from './body.ts';
import type { Cut, GarmentLabel, Theme } from './cut.ts';
import { garmentLabels } from './cut.ts';
import { bagParts } from './cut-bag.ts';
import { footwearParts } from './cut-footwear.ts';
import { hatParts } from './cut-hat.ts';
import { legParts } from './cut-legs.ts';
import { skirtParts } from './cut-skirt.ts';
import { topParts } from './cut-top.ts';
import { cuts, cutsOf } from './cuts.ts';
import type { ColourName } from './palette.ts';
import { brightness, colourNames, colours, neutrals } from './palette.ts';
import type { Part } from './part.ts';

const patternNames = ['plain', 'stripe', 'check', 'dot', 'floral', 'print'] as const;
export type PatternName = (typeof patternNames)[number];

const fabricNames = [
  'cotton',
  'linen',
  'denim',
  'knit',
  'wool',
  'silk',
  'leather',
  'corduroy',
  'canvas',
  'nylon',
  'straw',
] as const;
export type FabricName = (typeof fabricNames)[number];

export interface GarmentSpec {
  readonly label: GarmentLabel;
  /** A name of `cuts[label]`. */
  readonly cut: string;
  readonly colour: ColourName;
  /** Second colour: of the pattern, of trims. */
  readonly accent: ColourName;
  readonly pattern: PatternName;
  readonly fabric: FabricName;
  /** Folds, the pattern's scale and the small irregularities. */
  readonly seed: number;
}

/** What a shop would write about the garment. */
export interface GarmentAttributes {
  readonly cut: string;
  readonly noun: string;
  readonly colour: ColourName;
  readonly hex: string;
  readonly accent: ColourName;
  readonly pattern: PatternName;
  readonly fabric: FabricName;
  readonly sleeve?: string;
  readonly neckline?: string;
  readonly length?: string;
  readonly fit?: string;
}

export function cutOf(spec: Pick<GarmentSpec, 'label' | 'cut'>): Cut {
  const cut = cuts[spec.label][spec.cut];
  if (cut === undefined) throw new RangeError(`no cut '${spec.cut}' for ${spec.label}`);
  return cut;
}

export function attributesOf(spec: GarmentSpec): GarmentAttributes {
  const cut = cutOf(spec);
  const shared = {
    cut: spec.cut,
    noun: cut.noun,
    colour: spec.colour,
    hex: colours[spec.colour],
    accent: spec.accent,
    pattern: spec.pattern,
    fabric: spec.fabric,
  };
  if (cut.kind === 'top') {
    const hem = cut.skirt?.hem ?? cut.hem;
    return {
      ...shared,
      sleeve: cut.sleeve,
      neckline: cut.neckline,
      length: hem < 61 ? 'short' : hem < 76 ? 'regular' : hem < 106 ? 'knee' : 'long',
      fit: cut.ease < 2.4 ? 'slim' : cut.ease < 4 ? 'regular' : 'loose',
    };
  }
  if (cut.kind === 'legs')
    return {
      ...shared,
      length: cut.length < 0.5 ? 'short' : cut.length < 0.9 ? 'cropped' : 'full',
      fit: cut.widths[1] < 7 ? 'slim' : cut.widths[1] < 9 ? 'regular' : 'wide',
    };
  if (cut.kind === 'skirt')
    return {
      ...shared,
      length: cut.hem < 84 ? 'mini' : cut.hem < 116 ? 'midi' : 'maxi',
      fit: cut.flare < 2 ? 'slim' : cut.flare < 9 ? 'regular' : 'wide',
    };
  return shared;
}

/** The parts of a garment on a body in a pose, in drawing order within each role. */
export function partsOf(spec: GarmentSpec, body: Body, pose: Pose): Part[] {
  const random = new Random(seedFrom(spec.seed, 'parts'));
  const cut = cutOf(spec);
  switch (cut.kind) {
    case 'top':
      return topParts(cut, body, pose, random);
    case 'legs':
      return legParts(cut, body, pose, random);
    case 'skirt':
      return skirtParts(cut, body, pose, random);
    case 'footwear':
      return footwearParts(cut, pose, random);
    case 'hat':
      return hatParts(cut);
    case 'bag':
      return bagParts(cut, body, pose, random);
  }
}

const fabricsFor: { readonly [L in GarmentLabel]: readonly FabricName[] } = {
  jacket: ['wool', 'cotton', 'nylon', 'leather', 'linen'],
  cardigan: ['knit'],
  sweater: ['knit'],
  tank: ['cotton', 'linen', 'silk'],
  blouse: ['cotton', 'silk', 'linen'],
  tee: ['cotton', 'linen'],
  dress: ['cotton', 'silk', 'linen'],
  trousers: ['cotton', 'wool', 'linen', 'corduroy'],
  shorts: ['cotton', 'linen'],
  skirt: ['cotton', 'wool', 'silk', 'denim'],
  footwear: ['leather', 'canvas'],
  hat: ['wool', 'cotton'],
  bag: ['leather', 'canvas'],
};

/** How often a class is plain, the rest is shared among the patterns in the list. */
const patternsFor: { readonly [L in GarmentLabel]: readonly [plain: number, rest: readonly PatternName[]] } = {
  jacket: [0.7, ['check', 'check', 'stripe', 'print']],
  cardigan: [0.6, ['stripe', 'check', 'print', 'dot']],
  sweater: [0.5, ['stripe', 'stripe', 'print', 'check', 'dot']],
  tank: [0.5, ['stripe', 'floral', 'print', 'dot']],
  blouse: [0.4, ['stripe', 'check', 'floral', 'dot', 'print']],
  tee: [0.45, ['stripe', 'stripe', 'print', 'dot', 'floral']],
  dress: [0.35, ['floral', 'floral', 'dot', 'print', 'stripe', 'check']],
  trousers: [0.8, ['check', 'stripe', 'print']],
  shorts: [0.65, ['check', 'stripe', 'floral', 'print']],
  skirt: [0.45, ['check', 'floral', 'dot', 'stripe', 'print']],
  footwear: [0.94, ['print', 'check']],
  hat: [0.8, ['stripe', 'check', 'print']],
  bag: [0.75, ['stripe', 'check', 'print', 'floral']],
};

export interface RandomGarmentOptions {
  readonly theme: Theme;
  readonly label?: GarmentLabel;
}

/** A garment that could be in a shop; all thirteen classes are equally likely where `label` is not given. */
export function randomGarment(
  random: Random,
  { theme, label = random.pick(garmentLabels) }: RandomGarmentOptions,
): GarmentSpec {
  const cut = random.pick(cutsOf(label, theme));
  const denim = /jeans|denim|flared/.test(cut);
  const quiet =
    label === 'footwear' || label === 'bag' || label === 'jacket' || label === 'trousers' || label === 'hat';
  const colour: ColourName = denim
    ? random.pick(['denim', 'navy', 'sky', 'black', 'denim'] as const)
    : random.pick(quiet && random.chance(0.6) ? neutrals : colourNames);
  const fabric: FabricName = denim
    ? 'denim'
    : cut === 'sun-hat'
      ? 'straw'
      : cut === 'puffer' || cut === 'parka'
        ? 'nylon'
        : /sneaker|high-top/.test(cut)
          ? 'canvas'
          : cut === 'sweatshirt' || cut === 'hoodie'
            ? 'cotton'
            : random.pick(fabricsFor[label]);
  const [plain, rest] = patternsFor[label];
  const pattern: PatternName =
    denim || fabric === 'leather' || fabric === 'corduroy' || random.chance(plain) ? 'plain' : random.pick(rest);
  return { label, cut, colour, accent: contrasting(random, colour), pattern, fabric, seed: random.below(0x7fffffff) };
}

/** A second colour that can be told from the first. */
function contrasting(random: Random, colour: ColourName): ColourName {
  const own = brightness(colours[colour]);
  const far = colourNames.filter((name) => Math.abs(brightness(colours[name]) - own) > 0.28);
  const calm = far.filter((name) => neutrals.includes(name));
  return random.pick(calm.length > 0 && random.chance(0.65) ? calm : far);
}
