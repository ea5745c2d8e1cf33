/** @file Cuts of dresses. */
import type { TopCut } from './cut.ts';
import { topCut } from './cut.ts';

const slim: readonly [number, number, number] = [8, 6.4, 4.8];
const easy: readonly [number, number, number] = [9.4, 7.8, 5.6];

export const dressCuts: { readonly [name: string]: TopCut } = {
  'a-line-dress': topCut('training', 'a-line dress', {
    neckline: 'scoop',
    sleeve: 'none',
    hem: 42,
    ease: 1.6,
    shape: 0.9,
    sleeveWidths: slim,
    skirt: { waist: 41, hem: 100, flare: 12 },
  }),
  'shirt-dress': topCut('training', 'shirt dress', {
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
  'slip-dress': topCut('training', 'slip dress', {
    neckline: 'straps',
    sleeve: 'none',
    hem: 42,
    ease: 1.8,
    shape: 0.6,
    sleeveWidths: slim,
    skirt: { waist: 42, hem: 116, flare: 5 },
  }),
  'sheath-dress': topCut('training', 'sheath dress', {
    neckline: 'crew',
    sleeve: 'none',
    hem: 42,
    ease: 1.4,
    shape: 0.85,
    sleeveWidths: [8.6, 7.6, 7],
    skirt: { waist: 42, hem: 98, flare: 0 },
  }),
  'wrap-dress': topCut('demo', 'wrap dress', {
    neckline: 'v',
    sleeve: 'elbow',
    hem: 42,
    ease: 2,
    shape: 0.85,
    sleeveWidths: [9, 8.6, 7.8],
    details: ['belt'],
    skirt: { waist: 41, hem: 108, flare: 10 },
  }),
  'skater-dress': topCut('demo', 'skater dress', {
    neckline: 'scoop',
    sleeve: 'short',
    hem: 42,
    ease: 1.6,
    shape: 0.95,
    sleeveWidths: [8.6, 7.8, 7.4],
    skirt: { waist: 40, hem: 90, flare: 17, pleats: 9 },
  }),
  'maxi-dress': topCut('demo', 'maxi dress', {
    neckline: 'straps',
    sleeve: 'none',
    hem: 42,
    ease: 2,
    shape: 0.8,
    sleeveWidths: slim,
    skirt: { waist: 38, hem: 138, flare: 14 },
  }),
};
