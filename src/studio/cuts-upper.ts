/** @file Cuts of what hangs from the shoulders. A row: theme, noun, neckline, sleeve, `[hem, ease, shape]`, and what is sewn on. */
import type { Neckline, Sleeve, Theme, TopCut, TopLabel } from './cut.ts';

type Sleeves = Pick<TopCut, 'sleeve' | 'sleeveWidths'>;

/** `widths`: half widths at shoulder, elbow and cuff. */
const sleeves =
  (sleeve: Sleeve) =>
  (...sleeveWidths: TopCut['sleeveWidths']): Sleeves => ({ sleeve, sleeveWidths });
const [short, elbow, long] = [sleeves('short'), sleeves('elbow'), sleeves('long')];
const sleeveless = sleeves('none')(0, 0, 0);
const slim = long(8, 6.4, 4.8);
const easy = long(9.4, 7.8, 5.6);
const loose = long(11, 9.6, 6.6);

const topCut = (
  theme: Theme,
  noun: string,
  neckline: Neckline,
  sleeve: Sleeves,
  [hem, ease, shape]: readonly [hem: number, ease: number, shape: number],
  sewnOn: Pick<TopCut, 'closure' | 'details' | 'skirt'> = {},
): TopCut => ({ kind: 'top', theme, noun, neckline, ...sleeve, hem, ease, shape, ...sewnOn });

export const upperCuts: { readonly [L in TopLabel]: { readonly [name: string]: TopCut } } = {
  jacket: {
    blazer: topCut('training', 'blazer', 'lapel', easy, [70, 3, 0.6], {
      closure: 'buttons',
      details: ['flap-pockets'],
    }),
    'open-coat': topCut('training', 'coat', 'lapel', loose, [104, 5, 0.2], { closure: 'open', details: ['pockets'] }),
    bomber: topCut('training', 'bomber jacket', 'stand', loose, [60, 5, 0.1], {
      closure: 'zip',
      details: ['ribs', 'pockets'],
    }),
    'denim-jacket': topCut('training', 'trucker jacket', 'shirt', easy, [58, 3, 0.3], {
      closure: 'open',
      details: ['cuffs', 'chest-pocket'],
    }),
    parka: topCut('training', 'parka', 'hood', loose, [82, 6, 0.1], { closure: 'zip', details: ['flap-pockets'] }),
    'open-blazer': topCut('demo', 'blazer', 'lapel', easy, [66, 3.5, 0.4], {
      closure: 'open',
      details: ['flap-pockets'],
    }),
    trench: topCut('demo', 'trench coat', 'lapel', loose, [98, 4.5, 0.7], {
      closure: 'buttons',
      details: ['belt', 'flap-pockets', 'cuffs'],
    }),
    puffer: topCut('demo', 'quilted jacket', 'stand', long(12, 10.4, 7.4), [63, 6.5, 0.05], {
      closure: 'zip',
      details: ['quilt', 'pockets'],
    }),
    overshirt: topCut('demo', 'overshirt', 'shirt', easy, [69, 4.5, 0.1], {
      closure: 'open',
      details: ['cuffs', 'chest-pocket'],
    }),
  },
  cardigan: {
    'v-cardigan': topCut('training', 'cardigan', 'v', easy, [64, 3.4, 0.25], { closure: 'buttons', details: ['ribs'] }),
    'long-cardigan': topCut('training', 'longline cardigan', 'v', easy, [92, 4, 0.1], {
      closure: 'open',
      details: ['pockets', 'ribs'],
    }),
    'crew-cardigan': topCut('demo', 'cardigan', 'crew', easy, [58, 3, 0.25], { closure: 'buttons', details: ['ribs'] }),
    'open-cardigan': topCut('demo', 'open cardigan', 'v', loose, [74, 4.4, 0.1], {
      closure: 'open',
      details: ['pockets', 'ribs'],
    }),
  },
  sweater: {
    'crew-sweater': topCut('training', 'jumper', 'crew', easy, [63, 3.6, 0.15], { details: ['ribs'] }),
    turtleneck: topCut('training', 'roll-neck jumper', 'turtle', slim, [65, 2.4, 0.4], { details: ['ribs'] }),
    hoodie: topCut('training', 'hoodie', 'hood', loose, [66, 4.6, 0.05], { details: ['ribs', 'kangaroo'] }),
    'v-sweater': topCut('demo', 'v-neck jumper', 'v', easy, [64, 3, 0.25], { details: ['ribs'] }),
    chunky: topCut('demo', 'chunky jumper', 'turtle', loose, [60, 5.4, 0], { details: ['ribs'] }),
    sweatshirt: topCut('demo', 'sweatshirt', 'crew', easy, [61, 4.4, 0.05], { details: ['ribs'] }),
  },
  tank: {
    tank: topCut('training', 'tank top', 'scoop', sleeveless, [63, 1.2, 0.6]),
    camisole: topCut('training', 'camisole', 'straps', sleeveless, [60, 1.8, 0.5]),
    vest: topCut('demo', 'vest top', 'crew', sleeveless, [60, 1.6, 0.35], { details: ['ribs'] }),
    'strap-top': topCut('demo', 'strappy top', 'straps', sleeveless, [56, 2.4, 0.2]),
  },
  blouse: {
    shirt: topCut('training', 'shirt', 'shirt', easy, [70, 2.8, 0.3], {
      closure: 'buttons',
      details: ['cuffs', 'chest-pocket'],
    }),
    'ruffle-blouse': topCut('training', 'ruffled blouse', 'v', elbow(9.4, 9.6, 8), [62, 2.6, 0.5], {
      details: ['ruffle'],
    }),
    'balloon-blouse': topCut('training', 'balloon-sleeve blouse', 'stand', long(9.4, 10.4, 5.6), [64, 3, 0.3], {
      closure: 'buttons',
      details: ['cuffs'],
    }),
    'boxy-shirt': topCut('demo', 'short-sleeved shirt', 'shirt', short(10.4, 9.6, 9), [65, 4.2, 0.05], {
      closure: 'buttons',
      details: ['chest-pocket'],
    }),
    'slim-shirt': topCut('demo', 'shirt', 'shirt', slim, [72, 2, 0.55], { closure: 'buttons', details: ['cuffs'] }),
    'bow-blouse': topCut('demo', 'bow blouse', 'bow', long(9.2, 9.2, 6), [63, 2.8, 0.35], { details: ['cuffs'] }),
  },
  tee: {
    'crew-tee': topCut('training', 'tee', 'crew', short(9.4, 8.6, 8), [66, 2.8, 0.2]),
    'v-tee': topCut('training', 'v-neck tee', 'v', short(8.6, 7.6, 7), [64, 2, 0.5]),
    'long-tee': topCut('training', 'long-sleeved tee', 'crew', slim, [66, 2.2, 0.3]),
    'boxy-tee': topCut('demo', 'boxy tee', 'crew', short(11, 10.4, 9.8), [60, 4.6, 0]),
    'scoop-tee': topCut('demo', 'scoop-neck tee', 'scoop', short(8.6, 7.8, 7.2), [65, 2, 0.45]),
    'pocket-tee': topCut('demo', 'pocket tee', 'crew', elbow(9.8, 9, 8.4), [68, 3.4, 0.1], {
      details: ['chest-pocket'],
    }),
  },
  dress: {
    'a-line-dress': topCut('training', 'a-line dress', 'scoop', sleeveless, [42, 1.6, 0.9], {
      skirt: { waist: 41, hem: 100, flare: 12 },
    }),
    'shirt-dress': topCut('training', 'shirt dress', 'shirt', easy, [42, 3, 0.6], {
      closure: 'buttons',
      details: ['belt', 'cuffs'],
      skirt: { waist: 42, hem: 104, flare: 6 },
    }),
    'slip-dress': topCut('training', 'slip dress', 'straps', sleeveless, [42, 1.8, 0.6], {
      skirt: { waist: 42, hem: 116, flare: 5 },
    }),
    'sheath-dress': topCut('training', 'sheath dress', 'crew', sleeveless, [42, 1.4, 0.85], {
      skirt: { waist: 42, hem: 98, flare: 0 },
    }),
    'wrap-dress': topCut('demo', 'wrap dress', 'v', elbow(9, 8.6, 7.8), [42, 2, 0.85], {
      details: ['belt'],
      skirt: { waist: 41, hem: 108, flare: 10 },
    }),
    'skater-dress': topCut('demo', 'skater dress', 'scoop', short(8.6, 7.8, 7.4), [42, 1.6, 0.95], {
      skirt: { waist: 40, hem: 90, flare: 17, pleats: 9 },
    }),
    'maxi-dress': topCut('demo', 'maxi dress', 'straps', sleeveless, [42, 2, 0.8], {
      skirt: { waist: 38, hem: 138, flare: 14 },
    }),
  },
};
