/**
 * @file The silhouettes: every cut of the thirteen classes, in centimetres, and the theme that may use it.
 *
 * A cut belongs to one theme, so what the demo catalogue and the fixtures show was never trained on.
 */
import type { Cut, GarmentLabel, Theme } from './cut.ts';
import { legsCut, shapeCut, skirtCut } from './cut.ts';
import { upperCuts } from './cuts-upper.ts';

/** By class and name of the cut. */
export const cuts: { readonly [L in GarmentLabel]: { readonly [name: string]: Cut } } = {
  ...upperCuts,
  trousers: {
    jeans: legsCut('training', 'jeans', { length: 0.98, widths: [10, 7.2, 6.2], rise: 0, details: ['jeans'] }),
    skinny: legsCut('training', 'slim trousers', { length: 0.96, widths: [9, 6.4, 5], rise: 0 }),
    'wide-leg': legsCut('training', 'wide-leg trousers', {
      length: 1,
      widths: [11, 10.6, 11.4],
      rise: 4,
      details: ['crease'],
    }),
    joggers: legsCut('training', 'joggers', {
      length: 0.98,
      widths: [10.4, 8.4, 5.6],
      rise: 2,
      details: ['drawstring', 'cuffs'],
    }),
    chinos: legsCut('demo', 'chinos', { length: 0.95, widths: [10.2, 7.8, 6.4], rise: 0, details: ['crease'] }),
    flared: legsCut('demo', 'flared jeans', { length: 1, widths: [9.4, 7, 10.4], rise: 4, details: ['jeans'] }),
    cropped: legsCut('demo', 'cropped trousers', {
      length: 0.82,
      widths: [10.6, 9.2, 8.4],
      rise: 4,
      details: ['crease'],
    }),
    cargo: legsCut('demo', 'cargo trousers', { length: 0.98, widths: [11, 9.2, 7.2], rise: 0, details: ['cargo'] }),
  },
  shorts: {
    'denim-shorts': legsCut('training', 'denim shorts', {
      length: 0.27,
      widths: [9.8, 9.8, 9.8],
      rise: 2,
      details: ['jeans', 'cuffs'],
    }),
    'long-shorts': legsCut('training', 'bermuda shorts', { length: 0.46, widths: [10.8, 9.8, 9.6], rise: 0 }),
    'chino-shorts': legsCut('demo', 'chino shorts', {
      length: 0.38,
      widths: [10.8, 10.4, 10],
      rise: 0,
      details: ['crease'],
    }),
    'easy-shorts': legsCut('demo', 'drawstring shorts', {
      length: 0.32,
      widths: [10.6, 10.4, 10.6],
      rise: 2,
      details: ['drawstring'],
    }),
  },
  skirt: {
    pencil: skirtCut('training', 'pencil skirt', { hem: 100, flare: -2, pleats: 0, details: ['slit'] }),
    'a-line': skirtCut('training', 'a-line skirt', { hem: 88, flare: 10, pleats: 0, details: ['buttons'] }),
    maxi: skirtCut('training', 'maxi skirt', { hem: 136, flare: 12, pleats: 5 }),
    mini: skirtCut('demo', 'mini skirt', { hem: 78, flare: 4, pleats: 0 }),
    pleated: skirtCut('demo', 'pleated midi skirt', { hem: 112, flare: 11, pleats: 12 }),
    tiered: skirtCut('demo', 'tiered skirt', { hem: 106, flare: 14, pleats: 6, details: ['tiers'] }),
  },
  footwear: {
    sneaker: shapeCut('footwear', 'training', 'trainers', 'sneaker'),
    boot: shapeCut('footwear', 'training', 'ankle boots', 'boot'),
    pump: shapeCut('footwear', 'training', 'court shoes', 'pump'),
    loafer: shapeCut('footwear', 'training', 'loafers', 'loafer'),
    'high-top': shapeCut('footwear', 'demo', 'high-top trainers', 'high-top'),
    'chelsea-boot': shapeCut('footwear', 'demo', 'chelsea boots', 'chelsea'),
    slide: shapeCut('footwear', 'demo', 'slides', 'slide'),
    ballerina: shapeCut('footwear', 'demo', 'ballet flats', 'ballerina'),
  },
  hat: {
    beanie: shapeCut('hat', 'training', 'beanie', 'beanie'),
    fedora: shapeCut('hat', 'training', 'fedora', 'fedora'),
    cap: shapeCut('hat', 'training', 'cap', 'cap'),
    bucket: shapeCut('hat', 'demo', 'bucket hat', 'bucket'),
    'sun-hat': shapeCut('hat', 'demo', 'sun hat', 'sun-hat'),
    beret: shapeCut('hat', 'demo', 'beret', 'beret'),
  },
  bag: {
    tote: shapeCut('bag', 'training', 'tote bag', 'tote'),
    handbag: shapeCut('bag', 'training', 'handbag', 'handbag'),
    crossbody: shapeCut('bag', 'training', 'cross-body bag', 'crossbody'),
    shopper: shapeCut('bag', 'demo', 'shopper', 'shopper'),
    'bucket-bag': shapeCut('bag', 'demo', 'bucket bag', 'bucket-bag'),
    satchel: shapeCut('bag', 'demo', 'satchel', 'satchel'),
  },
};

/** Names of the cuts of a class that a theme may use, in table order. */
export function cutsOf(label: GarmentLabel, theme: Theme): string[] {
  return Object.entries(cuts[label])
    .filter(([, cut]) => cut.theme === theme)
    .map(([name]) => name);
}
