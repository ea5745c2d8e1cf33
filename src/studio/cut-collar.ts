/** @file What is sewn to a neckline: bands, collars, bows, roll necks, lapels, hoods. */
import type { Body } from './body.ts';
import { sides } from './body.ts';
import type { Neckline, TopCut } from './cut.ts';
import type { NecklineShape } from './cut-neck.ts';
import type { Point } from './geometry.ts';
import { mirror, smooth } from './geometry.ts';
import type { Part } from './part.ts';
import { dot } from './part.ts';

type CollarRule = (cut: TopCut, neck: NecklineShape, body: Body) => Part[];

/** Total: the compiler refuses a neckline without a row. */
const collars: { readonly [N in Neckline]: CollarRule } = {
  crew: neckBand,
  scoop: neckBand,
  v: neckBand,
  shirt: shirtCollar,
  bow: bowCollar,
  turtle: rollNeck,
  stand: standCollar,
  lapel: lapels,
  hood,
  // Bound at the edge: nothing is sewn on.
  boat: () => [],
  straps: () => [],
};

export function collarParts(cut: TopCut, body: Body, neck: NecklineShape): Part[] {
  return collars[cut.neckline](cut, neck, body);
}

const cloth = { role: 'torso', material: 'cloth', volume: 0.7 } as const;

/** The outline on the left and its mirror image on the right, as `sides` has them. */
const both = (outline: Point[], rest: Omit<Part, 'outline'>): Part[] =>
  sides.map((side) => ({ ...rest, outline: side === 1 ? outline : mirror(outline) }));

/** The inside of the collar behind the neck: a lens between two points at `y`, from `top` to `bottom` in the middle. */
const nape = (half: number, y: number, top: number, bottom: number, material: Part['material'] = 'lining'): Part => ({
  outline: smooth(
    [
      [-half, y],
      [0, top],
      [half, y],
      [0, bottom],
    ],
    { closed: true },
  ),
  role: 'back',
  material,
});

function neckBand(cut: TopCut, { front }: NecklineShape): Part[] {
  if (cut.closure === 'open') return [];
  const ribbed = cut.details?.includes('ribs');
  const depth = ribbed ? 2.4 : 1.3;
  const lower = front.map(
    ([x, y]): Point => [
      x * (1 + depth / 26) + Math.sign(x) * depth * 0.3,
      y + depth * (cut.neckline === 'v' ? 0.9 : 1),
    ],
  );
  return [{ outline: [...front, ...lower.reverse()], role: 'torso', material: ribbed ? 'rib' : 'cloth', volume: 0.5 }];
}

function shirtCollar(cut: TopCut, { edge: [half, top] }: NecklineShape): Part[] {
  const leaf = smooth(
    [
      [half * 0.45, top - 2.6],
      [half + 0.2, top - 1.4],
      [half + 2.4, top + 3],
      [half + 1.6, top + 9.4],
    ],
    { steps: 5 },
  );
  return [
    nape(half, top, top - 3.2, top + 2),
    ...both([...leaf, [0.3, top + (cut.closure === 'open' ? 11 : 5.4)], [half * 0.6, top + 1.6]], {
      ...cloth,
      seams: [],
    }),
  ];
}

function bowCollar(cut: TopCut, neck: NecklineShape): Part[] {
  const [, top] = neck.edge;
  const loop = smooth(
    [
      [0, top + 6],
      [4, top + 2.4],
      [9, top + 4],
      [8.4, top + 9],
      [3, top + 8],
    ],
    { closed: true },
  );
  const tail = smooth(
    [
      [0.6, top + 7],
      [3.4, top + 14],
      [5.4, top + 25],
      [1.4, top + 24.4],
      [0.2, top + 14],
    ],
    { closed: true, steps: 5 },
  );
  const knot = smooth(
    [
      [-1.6, top + 4.6],
      [1.6, top + 4.6],
      [1.5, top + 8.4],
      [-1.5, top + 8.4],
    ],
    { closed: true },
  );
  return [
    ...shirtCollar(cut, neck),
    ...both(tail, cloth),
    ...both(loop, { ...cloth, volume: 1 }),
    { ...cloth, outline: knot },
  ];
}

function rollNeck(cut: TopCut, { edge: [, top] }: NecklineShape, body: Body): Part[] {
  const [w, h] = [body.neck + 1.4, cut.ease > 4 ? 8.6 : 7.4];
  const roll = smooth(
    [
      [-w, -h - 0.6],
      [0, -h + 0.8],
      [w, -h - 0.6],
      [w + 0.7, -h * 0.45],
      [w + 0.9, top + 1.4],
      [0, top + 4.6],
      [-w - 0.9, top + 1.4],
      [-w - 0.7, -h * 0.45],
    ],
    { closed: true, steps: 5 },
  );
  const turn = smooth([
    [-w - 0.6, -h * 0.3],
    [0, -h * 0.3 + 2.2],
    [w + 0.6, -h * 0.3],
  ]);
  return [
    nape(w, -h, -h - 1.8, -h + 1.4),
    { outline: roll, role: 'torso', material: 'rib', seams: [{ line: turn, width: 0.3, tone: 'dark' }] },
  ];
}

function standCollar(cut: TopCut, { edge: [half, top] }: NecklineShape): Part[] {
  const band = smooth(
    [
      [half * 0.7, top - 3.6],
      [half + 0.4, top - 2.4],
      [half + 0.9, top + 0.8],
    ],
    { steps: 5 },
  );
  return [
    nape(half, top - 2, top - 4, top + 2),
    ...both([...band, [0.2, top + 4.4], [0.4, top + 0.8], [half * 0.6, top - 1.4]], {
      ...cloth,
      material: cut.details?.includes('ribs') ? 'rib' : 'cloth',
    }),
  ];
}

function lapels(cut: TopCut, { edge: [half, top] }: NecklineShape): Part[] {
  const open = cut.closure === 'open';
  const depth = open ? 36 : 29;
  const lapel: Point[] = [
    ...smooth(
      [
        [half - 0.8, top - 2],
        [half + 2.6, top + 4],
        [half + 4, top + 9.4],
      ],
      { steps: 5 },
    ),
    [half + 1.4, top + 9],
    [half + 5.4, top + 12.6],
    ...smooth(
      [
        [half + 5, top + 14],
        [half + 2.4, depth * 0.72],
        [open ? 5.4 : 0.8, depth],
      ],
      { steps: 5 },
    ),
    ...smooth(
      [
        [open ? 4.6 : 0, depth - 1],
        [half * 0.55, top + 10],
        [half * 0.5, top - 1.6],
      ],
      { steps: 5 },
    ),
  ];
  return [nape(half, top - 1, top - 4.4, top + 2, 'cloth'), ...both(lapel, { ...cloth, volume: 0.9 })];
}

function hood(_cut: TopCut, { edge: [half, top] }: NecklineShape): Part[] {
  const behind = smooth(
    [
      [-half - 5, top + 2],
      [-half - 2, top - 6.4],
      [0, top - 9],
      [half + 2, top - 6.4],
      [half + 5, top + 2],
      [0, top + 6],
    ],
    { closed: true },
  );
  const lobe = smooth(
    [
      [half * 0.5, top - 4.4],
      [half + 3.4, top - 4],
      [half + 5, top + 3],
      [half + 1, top + 9.4],
      [0.2, top + 10.6],
      [half * 0.62, top + 4.4],
    ],
    { closed: true, steps: 6 },
  );
  const cord = smooth([
    [2.4, top + 9],
    [2.8, top + 17],
    [2.3, top + 23],
  ]);
  const [left, right] = both(lobe, { ...cloth, volume: 1.2 });
  return [
    { outline: behind, role: 'back', material: 'cloth', volume: 1.4 },
    { ...left!, seams: [{ line: mirror(cord), width: 0.6, tone: 'light' }, dot([-2.4, top + 9], 0.5, 'dark')] },
    { ...right!, seams: [{ line: cord, width: 0.6, tone: 'light' }, dot([2.4, top + 9], 0.5, 'dark')] },
  ];
}
