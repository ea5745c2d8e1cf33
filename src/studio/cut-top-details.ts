/** @file What is sewn onto a top: plackets, zips, buttons, pockets, belts, ribs, ruffles, quilting. */
import type { Random } from '../random/random.ts';
import type { Body, Pose } from './body.ts';
import { sides, torsoHalf, torsoPoint } from './body.ts';
import type { TopCut } from './cut.ts';
import type { Point, Rails } from './geometry.ts';
import { smooth } from './geometry.ts';
import type { Part, Seam } from './part.ts';
import { dot } from './part.ts';

export function topDetails(cut: TopCut, body: Body, pose: Pose, rails: Rails, random: Random): Part[] {
  const details = cut.details ?? [];
  const bottom = cut.skirt ? cut.skirt.hem : cut.hem;
  const open = cut.closure === 'open';
  const centre = (y: number): Point => torsoPoint(pose, 0, 0, y);
  const half = (y: number) => torsoHalf(body, y, cut.ease, cut.shape);
  const parts: Part[] = [];
  const onCloth = (seams: Seam[]): void => {
    parts.push({ outline: [], role: 'torso', material: 'cloth', seams });
  };

  if (cut.closure === 'buttons') {
    const start = cut.neckline === 'lapel' ? 30 : cut.neckline === 'v' ? 22 : 5;
    const rows = cut.neckline === 'lapel' ? (cut.details?.includes('belt') ? 4 : 2) : Math.round((bottom - start) / 9);
    const pitch = cut.neckline === 'lapel' ? 12 : (bottom - start - 5) / rows;
    const seams: Seam[] = [{ line: line(start, bottom, 1.5), width: 0.25, tone: 'dark' }];
    if (cut.neckline !== 'lapel') seams.push({ line: line(start, bottom, -1.5), width: 0.2, tone: 'dark' });
    for (let row = 0; row < rows; row++) {
      const [x, y] = centre(start + 3 + row * pitch);
      if (details.includes('belt') && cut.neckline === 'lapel')
        seams.push(dot([x - 6, y], 0.95, 'dark'), dot([x + 6, y], 0.95, 'dark'));
      else seams.push(dot([x, y], cut.neckline === 'shirt' ? 0.55 : 0.9, cut.neckline === 'shirt' ? 'light' : 'dark'));
    }
    onCloth(seams);
  }
  if (cut.closure === 'zip')
    onCloth([
      { line: line(1, bottom, 0), width: 0.9, tone: 'dark' },
      { line: line(1, bottom, 0), width: 0.35, tone: 'metal', dashed: true },
    ]);

  for (const side of sides) {
    const at = (x: number, y: number): Point => torsoPoint(pose, 0, side * x, y);
    const reach = open ? 0.72 : 0.6;
    if (details.includes('pockets'))
      onCloth([
        {
          line: smooth([at(half(50) * (reach - 0.1), cut.hem * 0.74), at(half(50) * (reach + 0.16), cut.hem * 0.9)]),
          width: 0.45,
          tone: 'dark',
        },
      ]);
    if (details.includes('flap-pockets')) {
      const [x, y] = [half(52) * reach, cut.hem * 0.7];
      parts.push({
        outline: [at(x - 5.5, y), at(x + 6, y - 0.6), at(x + 6, y + 4.2), at(x - 5.5, y + 4.8)],
        role: 'torso',
        material: 'cloth',
        volume: 0.6,
      });
    }
    if (details.includes('chest-pocket') && (side === 1 || open)) {
      const x = open ? 11 : 8.4;
      parts.push({
        outline: [at(x - 4.4, 17), at(x + 4.4, 17), at(x + 4.4, 25.4), at(x, 27), at(x - 4.4, 25.4)],
        role: 'torso',
        material: 'cloth',
        volume: 0.4,
        seams: [{ line: [at(x - 4.4, 18.8), at(x + 4.4, 18.8)], width: 0.2, tone: 'dark' }],
      });
    }
  }
  if (details.includes('kangaroo')) {
    const at = (x: number, y: number): Point => torsoPoint(pose, 0, x, y);
    parts.push({
      outline: [at(-8, 43), at(8, 43), at(12.4, 52), at(12.4, 58), at(-12.4, 58), at(-12.4, 52)],
      role: 'torso',
      material: 'cloth',
      volume: 0.6,
    });
  }
  if (details.includes('ribs') && !cut.skirt) parts.push(...hemRib(cut, rails));
  if (details.includes('quilt')) {
    for (let y = 13; y < cut.hem; y += 8.5)
      onCloth([
        {
          line: smooth([
            torsoPoint(pose, -1, half(y) + 1, y),
            [centre(y)[0], y + 1],
            torsoPoint(pose, 1, half(y) + 1, y),
          ]),
          width: 0.8,
          tone: 'dark',
        },
        {
          line: smooth([
            torsoPoint(pose, -1, half(y) + 1, y + 1.4),
            [centre(y)[0], y + 2.4],
            torsoPoint(pose, 1, half(y) + 1, y + 1.4),
          ]),
          width: 0.9,
          tone: 'light',
        },
      ]);
  }
  if (details.includes('ruffle')) {
    for (const side of sides) {
      const edge = Array.from({ length: 9 }, (_, index) =>
        torsoPoint(pose, 0, side * (2.2 + (index % 2) * 1.3 + random.between(0, 0.5)), 13 + index * 4),
      ).map((p) => p);
      parts.push({
        outline: [centre(12), ...smooth(edge, { steps: 4 }), centre(46)],
        role: 'torso',
        material: 'cloth',
        volume: 0.9,
      });
    }
  }
  if (details.includes('belt')) {
    const y = cut.skirt?.waist ?? 44;
    const w = half(y) + 0.3;
    parts.push({
      outline: [
        torsoPoint(pose, -1, w, y - 2),
        torsoPoint(pose, 0, 0, y - 1.4),
        torsoPoint(pose, 1, w, y - 2),
        torsoPoint(pose, 1, w, y + 2),
        torsoPoint(pose, 0, 0, y + 2.6),
        torsoPoint(pose, -1, w, y + 2),
      ],
      role: 'torso',
      material: cut.skirt ? 'cloth' : 'cloth',
      volume: 0.7,
    });
    const [x] = centre(y);
    parts.push({
      outline: smooth(
        [
          [x - 1, y + 0.6],
          [x + 3.2, y + 8],
          [x + 4, y + 17],
          [x + 0.8, y + 16.6],
          [x - 1.6, y + 8],
        ],
        { closed: true, steps: 5 },
      ),
      role: 'torso',
      material: 'cloth',
      volume: 0.8,
    });
    parts.push({
      outline: smooth(
        [
          [x - 2.4, y - 2],
          [x + 2, y - 1.8],
          [x + 2.2, y + 2.6],
          [x - 2.2, y + 2.6],
        ],
        { closed: true, steps: 4 },
      ),
      role: 'torso',
      material: 'cloth',
      volume: 0.8,
    });
  }
  return parts;

  function line(from: number, to: number, offset: number): Point[] {
    return smooth([0, 0.25, 0.5, 0.75, 1].map((t) => torsoPoint(pose, 0, offset, from + (to - 0.4 - from) * t)));
  }
}

/** A knitted band along the hem; two when the front is open. */
function hemRib(cut: TopCut, { left, right }: Rails): Part[] {
  if (cut.closure === 'open') return [];
  const back = (rail: readonly Point[], inset: number): Point[] => {
    const last = rail[rail.length - 1];
    const start = rail.findIndex(([, y]) => y > last[1] - 5.4);
    return rail.slice(start).map(([x, y]) => [x - Math.sign(x) * inset, y] as const);
  };
  const [a, b] = [back(left, -0.2), back(right, -0.2)];
  return [
    {
      outline: [
        ...a.slice().reverse(),
        ...b,
        [b[b.length - 1][0] - 1.2, cut.hem + 1.2],
        [a[a.length - 1][0] + 1.2, cut.hem + 1.2],
      ],
      role: 'torso',
      material: 'rib',
      volume: 0.8,
    },
  ];
}
