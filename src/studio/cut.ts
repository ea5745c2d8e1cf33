/** @file What describes a silhouette: the classes, the themes, and the measures of a cut in centimetres. */

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
export type Sleeve = 'none' | 'short' | 'elbow' | 'long';

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

export const legsCut = (theme: Theme, noun: string, rest: Omit<LegCut, 'theme' | 'noun' | 'kind'>): LegCut => ({
  kind: 'legs',
  theme,
  noun,
  ...rest,
});
export const skirtCut = (theme: Theme, noun: string, rest: Omit<SkirtCut, 'theme' | 'noun' | 'kind'>): SkirtCut => ({
  kind: 'skirt',
  theme,
  noun,
  ...rest,
});
export const shapeCut = (kind: ShapeCut['kind'], theme: Theme, noun: string, form: string): ShapeCut => ({
  kind,
  theme,
  noun,
  form,
});
