/**
 * @file The silhouettes: every cut of the thirteen classes, in centimetres, and the theme that may use it.
 *
 * A cut belongs to one theme, so what the demo catalogue and the fixtures show was never trained on.
 */

export const garmentLabels = [
  'jacket',
  'cardigan',
  'sweater',
  'tank',
  'blouse',
  'tee',
  'dress',
  'trousers',
  'shorts',
  'skirt',
  'footwear',
  'hat',
  'bag',
] as const;

export type GarmentLabel = (typeof garmentLabels)[number];

/** Pictures to train on, or pictures to show and test with: they share no cut, no background and no seed. */
export type Theme = 'training' | 'demo';

export type Neckline =
  | 'crew'
  | 'v'
  | 'scoop'
  | 'boat'
  | 'shirt'
  | 'turtle'
  | 'lapel'
  | 'hood'
  | 'straps'
  | 'stand'
  | 'bow';
export type Sleeve = 'none' | 'cap' | 'short' | 'elbow' | 'long';

interface CutBase {
  readonly theme: Theme;
  /** What a shop calls it. */
  readonly noun: string;
}

export interface TopCut extends CutBase {
  readonly kind: 'top';
  readonly neckline: Neckline;
  readonly sleeve: Sleeve;
  /** Height of the hem below the shoulders. */
  readonly hem: number;
  /** Room beside the body. */
  readonly ease: number;
  /** 1 follows the waist, 0 hangs straight. */
  readonly shape: number;
  /** Half width of the sleeve at shoulder, elbow and cuff. */
  readonly sleeveWidths: readonly [number, number, number];
  readonly closure?: 'buttons' | 'zip' | 'open';
  readonly details?: readonly (
    | 'ribs'
    | 'cuffs'
    | 'pockets'
    | 'chest-pocket'
    | 'belt'
    | 'quilt'
    | 'ruffle'
    | 'flap-pockets'
    | 'kangaroo'
  )[];
  /** A dress goes on from its waist. */
  readonly skirt?: { readonly waist: number; readonly hem: number; readonly flare: number; readonly pleats?: number };
}

export interface LegCut extends CutBase {
  readonly kind: 'legs';
  /** Fraction of the leg that is covered. */
  readonly length: number;
  /** Half widths at thigh, knee, hem. */
  readonly widths: readonly [number, number, number];
  readonly rise: number;
  readonly details?: readonly ('belt' | 'cargo' | 'cuffs' | 'crease' | 'drawstring' | 'jeans')[];
}

export interface SkirtCut extends CutBase {
  readonly kind: 'skirt';
  readonly hem: number;
  readonly flare: number;
  readonly pleats: number;
  readonly details?: readonly ('belt' | 'buttons' | 'tiers' | 'slit')[];
}

export interface ShapeCut extends CutBase {
  readonly kind: 'footwear' | 'hat' | 'bag';
  readonly form: string;
}

export type Cut = TopCut | LegCut | SkirtCut | ShapeCut;
export type TopLabel = 'jacket' | 'cardigan' | 'sweater' | 'tank' | 'blouse' | 'tee' | 'dress';

const top = (theme: Theme, noun: string, rest: Omit<TopCut, 'theme' | 'noun' | 'kind'>): TopCut => ({
  kind: 'top',
  theme,
  noun,
  ...rest,
});
const legs = (theme: Theme, noun: string, rest: Omit<LegCut, 'theme' | 'noun' | 'kind'>): LegCut => ({
  kind: 'legs',
  theme,
  noun,
  ...rest,
});
const skirt = (theme: Theme, noun: string, rest: Omit<SkirtCut, 'theme' | 'noun' | 'kind'>): SkirtCut => ({
  kind: 'skirt',
  theme,
  noun,
  ...rest,
});
const shape = (kind: ShapeCut['kind'], theme: Theme, noun: string, form: string): ShapeCut => ({
  kind,
  theme,
  noun,
  form,
});

const slim: readonly [number, number, number] = [8, 6.4, 4.8];
const easy: readonly [number, number, number] = [9.4, 7.8, 5.6];
const loose: readonly [number, number, number] = [11, 9.6, 6.6];

/** By class and name of the cut. */
export const cuts: { readonly [L in GarmentLabel]: { readonly [name: string]: Cut } } = {
  jacket: {
    blazer: top('training', 'blazer', {
      neckline: 'lapel',
      sleeve: 'long',
      hem: 70,
      ease: 3,
      shape: 0.6,
      sleeveWidths: easy,
      closure: 'buttons',
      details: ['flap-pockets'],
    }),
    'open-coat': top('training', 'coat', {
      neckline: 'lapel',
      sleeve: 'long',
      hem: 104,
      ease: 5,
      shape: 0.2,
      sleeveWidths: loose,
      closure: 'open',
      details: ['pockets'],
    }),
    bomber: top('training', 'bomber jacket', {
      neckline: 'stand',
      sleeve: 'long',
      hem: 60,
      ease: 5,
      shape: 0.1,
      sleeveWidths: loose,
      closure: 'zip',
      details: ['ribs', 'pockets'],
    }),
    'denim-jacket': top('training', 'trucker jacket', {
      neckline: 'shirt',
      sleeve: 'long',
      hem: 58,
      ease: 3,
      shape: 0.3,
      sleeveWidths: easy,
      closure: 'open',
      details: ['cuffs', 'chest-pocket'],
    }),
    parka: top('training', 'parka', {
      neckline: 'hood',
      sleeve: 'long',
      hem: 82,
      ease: 6,
      shape: 0.1,
      sleeveWidths: loose,
      closure: 'zip',
      details: ['flap-pockets'],
    }),
    'open-blazer': top('demo', 'blazer', {
      neckline: 'lapel',
      sleeve: 'long',
      hem: 66,
      ease: 3.5,
      shape: 0.4,
      sleeveWidths: easy,
      closure: 'open',
      details: ['flap-pockets'],
    }),
    trench: top('demo', 'trench coat', {
      neckline: 'lapel',
      sleeve: 'long',
      hem: 98,
      ease: 4.5,
      shape: 0.7,
      sleeveWidths: loose,
      closure: 'buttons',
      details: ['belt', 'flap-pockets', 'cuffs'],
    }),
    puffer: top('demo', 'quilted jacket', {
      neckline: 'stand',
      sleeve: 'long',
      hem: 63,
      ease: 6.5,
      shape: 0.05,
      sleeveWidths: [12, 10.4, 7.4],
      closure: 'zip',
      details: ['quilt', 'pockets'],
    }),
    overshirt: top('demo', 'overshirt', {
      neckline: 'shirt',
      sleeve: 'long',
      hem: 69,
      ease: 4.5,
      shape: 0.1,
      sleeveWidths: easy,
      closure: 'open',
      details: ['cuffs', 'chest-pocket'],
    }),
  },
  cardigan: {
    'v-cardigan': top('training', 'cardigan', {
      neckline: 'v',
      sleeve: 'long',
      hem: 64,
      ease: 3.4,
      shape: 0.25,
      sleeveWidths: easy,
      closure: 'buttons',
      details: ['ribs'],
    }),
    'long-cardigan': top('training', 'longline cardigan', {
      neckline: 'v',
      sleeve: 'long',
      hem: 92,
      ease: 4,
      shape: 0.1,
      sleeveWidths: easy,
      closure: 'open',
      details: ['pockets', 'ribs'],
    }),
    'crew-cardigan': top('demo', 'cardigan', {
      neckline: 'crew',
      sleeve: 'long',
      hem: 58,
      ease: 3,
      shape: 0.25,
      sleeveWidths: easy,
      closure: 'buttons',
      details: ['ribs'],
    }),
    'open-cardigan': top('demo', 'open cardigan', {
      neckline: 'v',
      sleeve: 'long',
      hem: 74,
      ease: 4.4,
      shape: 0.1,
      sleeveWidths: loose,
      closure: 'open',
      details: ['pockets', 'ribs'],
    }),
  },
  sweater: {
    'crew-sweater': top('training', 'jumper', {
      neckline: 'crew',
      sleeve: 'long',
      hem: 63,
      ease: 3.6,
      shape: 0.15,
      sleeveWidths: easy,
      details: ['ribs'],
    }),
    turtleneck: top('training', 'roll-neck jumper', {
      neckline: 'turtle',
      sleeve: 'long',
      hem: 65,
      ease: 2.4,
      shape: 0.4,
      sleeveWidths: slim,
      details: ['ribs'],
    }),
    hoodie: top('training', 'hoodie', {
      neckline: 'hood',
      sleeve: 'long',
      hem: 66,
      ease: 4.6,
      shape: 0.05,
      sleeveWidths: loose,
      details: ['ribs', 'kangaroo'],
    }),
    'v-sweater': top('demo', 'v-neck jumper', {
      neckline: 'v',
      sleeve: 'long',
      hem: 64,
      ease: 3,
      shape: 0.25,
      sleeveWidths: easy,
      details: ['ribs'],
    }),
    chunky: top('demo', 'chunky jumper', {
      neckline: 'turtle',
      sleeve: 'long',
      hem: 60,
      ease: 5.4,
      shape: 0,
      sleeveWidths: loose,
      details: ['ribs'],
    }),
    sweatshirt: top('demo', 'sweatshirt', {
      neckline: 'crew',
      sleeve: 'long',
      hem: 61,
      ease: 4.4,
      shape: 0.05,
      sleeveWidths: easy,
      details: ['ribs'],
    }),
  },
  tank: {
    tank: top('training', 'tank top', {
      neckline: 'scoop',
      sleeve: 'none',
      hem: 63,
      ease: 1.2,
      shape: 0.6,
      sleeveWidths: slim,
    }),
    camisole: top('training', 'camisole', {
      neckline: 'straps',
      sleeve: 'none',
      hem: 60,
      ease: 1.8,
      shape: 0.5,
      sleeveWidths: slim,
    }),
    vest: top('demo', 'vest top', {
      neckline: 'crew',
      sleeve: 'none',
      hem: 60,
      ease: 1.6,
      shape: 0.35,
      sleeveWidths: slim,
      details: ['ribs'],
    }),
    'strap-top': top('demo', 'strappy top', {
      neckline: 'straps',
      sleeve: 'none',
      hem: 56,
      ease: 2.4,
      shape: 0.2,
      sleeveWidths: slim,
    }),
  },
  blouse: {
    shirt: top('training', 'shirt', {
      neckline: 'shirt',
      sleeve: 'long',
      hem: 70,
      ease: 2.8,
      shape: 0.3,
      sleeveWidths: easy,
      closure: 'buttons',
      details: ['cuffs', 'chest-pocket'],
    }),
    'ruffle-blouse': top('training', 'ruffled blouse', {
      neckline: 'v',
      sleeve: 'elbow',
      hem: 62,
      ease: 2.6,
      shape: 0.5,
      sleeveWidths: [9.4, 9.6, 8],
      details: ['ruffle'],
    }),
    'balloon-blouse': top('training', 'balloon-sleeve blouse', {
      neckline: 'stand',
      sleeve: 'long',
      hem: 64,
      ease: 3,
      shape: 0.3,
      sleeveWidths: [9.4, 10.4, 5.6],
      closure: 'buttons',
      details: ['cuffs'],
    }),
    'boxy-shirt': top('demo', 'short-sleeved shirt', {
      neckline: 'shirt',
      sleeve: 'short',
      hem: 65,
      ease: 4.2,
      shape: 0.05,
      sleeveWidths: [10.4, 9.6, 9],
      closure: 'buttons',
      details: ['chest-pocket'],
    }),
    'slim-shirt': top('demo', 'shirt', {
      neckline: 'shirt',
      sleeve: 'long',
      hem: 72,
      ease: 2,
      shape: 0.55,
      sleeveWidths: slim,
      closure: 'buttons',
      details: ['cuffs'],
    }),
    'bow-blouse': top('demo', 'bow blouse', {
      neckline: 'bow',
      sleeve: 'long',
      hem: 63,
      ease: 2.8,
      shape: 0.35,
      sleeveWidths: [9.2, 9.2, 6],
      details: ['cuffs'],
    }),
  },
  tee: {
    'crew-tee': top('training', 'tee', {
      neckline: 'crew',
      sleeve: 'short',
      hem: 66,
      ease: 2.8,
      shape: 0.2,
      sleeveWidths: [9.4, 8.6, 8],
    }),
    'v-tee': top('training', 'v-neck tee', {
      neckline: 'v',
      sleeve: 'short',
      hem: 64,
      ease: 2,
      shape: 0.5,
      sleeveWidths: [8.6, 7.6, 7],
    }),
    'long-tee': top('training', 'long-sleeved tee', {
      neckline: 'crew',
      sleeve: 'long',
      hem: 66,
      ease: 2.2,
      shape: 0.3,
      sleeveWidths: slim,
    }),
    'boxy-tee': top('demo', 'boxy tee', {
      neckline: 'crew',
      sleeve: 'short',
      hem: 60,
      ease: 4.6,
      shape: 0,
      sleeveWidths: [11, 10.4, 9.8],
    }),
    'scoop-tee': top('demo', 'scoop-neck tee', {
      neckline: 'scoop',
      sleeve: 'short',
      hem: 65,
      ease: 2,
      shape: 0.45,
      sleeveWidths: [8.6, 7.8, 7.2],
    }),
    'pocket-tee': top('demo', 'pocket tee', {
      neckline: 'crew',
      sleeve: 'elbow',
      hem: 68,
      ease: 3.4,
      shape: 0.1,
      sleeveWidths: [9.8, 9, 8.4],
      details: ['chest-pocket'],
    }),
  },
  dress: {
    'a-line-dress': top('training', 'a-line dress', {
      neckline: 'scoop',
      sleeve: 'none',
      hem: 42,
      ease: 1.6,
      shape: 0.9,
      sleeveWidths: slim,
      skirt: { waist: 41, hem: 100, flare: 12 },
    }),
    'shirt-dress': top('training', 'shirt dress', {
      neckline: 'shirt',
      sleeve: 'long',
      hem: 42,
      ease: 3,
      shape: 0.6,
      sleeveWidths: easy,
      closure: 'buttons',
      details: ['belt', 'cuffs'],
      skirt: { waist: 42, hem: 104, flare: 6 },
    }),
    'slip-dress': top('training', 'slip dress', {
      neckline: 'straps',
      sleeve: 'none',
      hem: 42,
      ease: 1.8,
      shape: 0.6,
      sleeveWidths: slim,
      skirt: { waist: 42, hem: 116, flare: 5 },
    }),
    'sheath-dress': top('training', 'sheath dress', {
      neckline: 'crew',
      sleeve: 'cap',
      hem: 42,
      ease: 1.4,
      shape: 0.85,
      sleeveWidths: [8.6, 7.6, 7],
      skirt: { waist: 42, hem: 98, flare: 0 },
    }),
    'wrap-dress': top('demo', 'wrap dress', {
      neckline: 'v',
      sleeve: 'elbow',
      hem: 42,
      ease: 2,
      shape: 0.85,
      sleeveWidths: [9, 8.6, 7.8],
      details: ['belt'],
      skirt: { waist: 41, hem: 108, flare: 10 },
    }),
    'skater-dress': top('demo', 'skater dress', {
      neckline: 'scoop',
      sleeve: 'short',
      hem: 42,
      ease: 1.6,
      shape: 0.95,
      sleeveWidths: [8.6, 7.8, 7.4],
      skirt: { waist: 40, hem: 90, flare: 17, pleats: 9 },
    }),
    'maxi-dress': top('demo', 'maxi dress', {
      neckline: 'straps',
      sleeve: 'none',
      hem: 42,
      ease: 2,
      shape: 0.8,
      sleeveWidths: slim,
      skirt: { waist: 38, hem: 138, flare: 14 },
    }),
  },
  trousers: {
    jeans: legs('training', 'jeans', { length: 0.98, widths: [10, 7.2, 6.2], rise: 0, details: ['jeans'] }),
    skinny: legs('training', 'slim trousers', { length: 0.96, widths: [9, 6.4, 5], rise: 0 }),
    'wide-leg': legs('training', 'wide-leg trousers', {
      length: 1,
      widths: [11, 10.6, 11.4],
      rise: 4,
      details: ['crease'],
    }),
    joggers: legs('training', 'joggers', {
      length: 0.98,
      widths: [10.4, 8.4, 5.6],
      rise: 2,
      details: ['drawstring', 'cuffs'],
    }),
    chinos: legs('demo', 'chinos', { length: 0.95, widths: [10.2, 7.8, 6.4], rise: 0, details: ['crease'] }),
    flared: legs('demo', 'flared jeans', { length: 1, widths: [9.4, 7, 10.4], rise: 4, details: ['jeans'] }),
    cropped: legs('demo', 'cropped trousers', { length: 0.82, widths: [10.6, 9.2, 8.4], rise: 4, details: ['crease'] }),
    cargo: legs('demo', 'cargo trousers', { length: 0.98, widths: [11, 9.2, 7.2], rise: 0, details: ['cargo'] }),
  },
  shorts: {
    'denim-shorts': legs('training', 'denim shorts', {
      length: 0.27,
      widths: [10.4, 10.8, 10.8],
      rise: 2,
      details: ['jeans', 'cuffs'],
    }),
    'long-shorts': legs('training', 'bermuda shorts', { length: 0.46, widths: [10.8, 9.8, 9.6], rise: 0 }),
    'chino-shorts': legs('demo', 'chino shorts', {
      length: 0.38,
      widths: [10.8, 10.4, 10],
      rise: 0,
      details: ['crease'],
    }),
    'easy-shorts': legs('demo', 'drawstring shorts', {
      length: 0.32,
      widths: [11.4, 11.8, 12],
      rise: 2,
      details: ['drawstring'],
    }),
  },
  skirt: {
    pencil: skirt('training', 'pencil skirt', { hem: 100, flare: -2, pleats: 0, details: ['slit'] }),
    'a-line': skirt('training', 'a-line skirt', { hem: 88, flare: 10, pleats: 0, details: ['buttons'] }),
    maxi: skirt('training', 'maxi skirt', { hem: 136, flare: 12, pleats: 5 }),
    mini: skirt('demo', 'mini skirt', { hem: 78, flare: 4, pleats: 0 }),
    pleated: skirt('demo', 'pleated midi skirt', { hem: 112, flare: 11, pleats: 12 }),
    tiered: skirt('demo', 'tiered skirt', { hem: 106, flare: 14, pleats: 6, details: ['tiers'] }),
  },
  footwear: {
    sneaker: shape('footwear', 'training', 'trainers', 'sneaker'),
    boot: shape('footwear', 'training', 'ankle boots', 'boot'),
    pump: shape('footwear', 'training', 'court shoes', 'pump'),
    loafer: shape('footwear', 'training', 'loafers', 'loafer'),
    'high-top': shape('footwear', 'demo', 'high-top trainers', 'high-top'),
    'chelsea-boot': shape('footwear', 'demo', 'chelsea boots', 'chelsea'),
    sandal: shape('footwear', 'demo', 'sandals', 'sandal'),
    ballerina: shape('footwear', 'demo', 'ballet flats', 'ballerina'),
  },
  hat: {
    beanie: shape('hat', 'training', 'beanie', 'beanie'),
    fedora: shape('hat', 'training', 'fedora', 'fedora'),
    cap: shape('hat', 'training', 'cap', 'cap'),
    bucket: shape('hat', 'demo', 'bucket hat', 'bucket'),
    'sun-hat': shape('hat', 'demo', 'sun hat', 'sun-hat'),
    beret: shape('hat', 'demo', 'beret', 'beret'),
  },
  bag: {
    tote: shape('bag', 'training', 'tote bag', 'tote'),
    handbag: shape('bag', 'training', 'handbag', 'handbag'),
    crossbody: shape('bag', 'training', 'cross-body bag', 'crossbody'),
    shopper: shape('bag', 'demo', 'shopper', 'shopper'),
    'bucket-bag': shape('bag', 'demo', 'bucket bag', 'bucket-bag'),
    satchel: shape('bag', 'demo', 'satchel', 'satchel'),
  },
};

/** Names of the cuts of a class that a theme may use, in table order. */
export function cutsOf(label: GarmentLabel, theme: Theme): string[] {
  return Object.entries(cuts[label])
    .filter(([, cut]) => cut.theme === theme)
    .map(([name]) => name);
}
