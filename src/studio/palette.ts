/** @file The named colours of drawn garments, and the arithmetic of shading them. */

export const colours = {
  black: '#26262a',
  charcoal: '#45474d',
  grey: '#8d9096',
  silver: '#c3c5c8',
  white: '#f2f1ee',
  cream: '#ece2cd',
  beige: '#cdb794',
  camel: '#b98850',
  brown: '#6b4a35',
  tan: '#a5744a',
  navy: '#26324f',
  blue: '#3f68a8',
  sky: '#94b9db',
  denim: '#51708f',
  teal: '#2f7377',
  mint: '#a9d3be',
  green: '#3f7a4d',
  olive: '#6b6b3c',
  khaki: '#a39a70',
  yellow: '#e0b83f',
  mustard: '#c18f2c',
  orange: '#d3743a',
  rust: '#a24e2f',
  coral: '#e07f6c',
  red: '#b5302f',
  burgundy: '#6d2433',
  pink: '#dfa3ae',
  blush: '#e6c6bc',
  fuchsia: '#b93b78',
  lilac: '#b7a3cf',
  purple: '#694a85',
} as const;

export type ColourName = keyof typeof colours;
export const colourNames = Object.keys(colours) as ColourName[];

/** Colours that go with most others: shoes, bags and coats draw from them more often. */
export const neutrals: readonly ColourName[] = [
  'black',
  'charcoal',
  'grey',
  'white',
  'cream',
  'beige',
  'camel',
  'brown',
  'tan',
  'navy',
];

/** Mixes two hex colours, `amount` 0 gives `a`. */
export function blend(a: string, b: string, amount: number): string {
  const [from, to] = [channels(a), channels(b)];
  const hex = from.map((value, index) =>
    Math.round(value + (to[index] - value) * amount)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${hex.join('')}`;
}

export const darken = (hex: string, amount: number): string => blend(hex, '#14121c', amount);
export const lighten = (hex: string, amount: number): string => blend(hex, '#fffaf2', amount);

/** Perceived brightness, 0..1. */
export function brightness(hex: string): number {
  const [r, g, b] = channels(hex);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}
