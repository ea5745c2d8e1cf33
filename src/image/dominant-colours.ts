/**
 * @file The few colours that a garment has, and how far two garments' colours lie apart.
 *
 * Shapes: N points, k colours.
 */
import { Random } from '../random/random.ts';
import { colourDistance, type Lab, labFromRgb, rgbFromLab } from './lab.ts';
import type { GarmentSample } from './sample-garment.ts';

export interface DominantColour {
  /** `#rrggbb` */
  readonly hex: string;
  /** Of the garment, in `(0, 1]`; those of all its colours sum to 1. */
  readonly share: number;
}

/** k: more than people name in a garment, as near clusters become one. A print of more is told apart by its texture. */
const numClusters = 6;
/** A bound on the time, should the centres not come to rest. */
const maxRounds = 20;
/** Delta E by which a centre moves when it counts as still: far below the 2.3 that an eye can just tell. */
const stillDistance = 0.1;
/**
 * Delta E up to which two clusters are one colour: folds and shadow of one cloth. Between what 120 drawn garments show:
 * nine in ten pairs of one dye are nearer than 13.4, nineteen in twenty of two dyes farther than 14.9
 * (`benchmarks/retrieval/reasons.ts`).
 */
const sameColour = 14;
/** Colours of less than this are seams, buttons and noise. Set by eye on drawn garments. */
const leastShare = 0.04;
/** Of the first centres: any, as long as the same photo always gives the same colours. */
const seed = 1;
/** Colours that a text may hold: more than {@link numClusters}, for rows of versions that keep more. */
const mostColours = 16;
const encodedColour = '#[0-9a-f]{6}:[01]\\.\\d\\d';
const encodedColours = new RegExp(`^${encodedColour}(?: ${encodedColour}){0,${mostColours - 1}}$`);

/**
 * The colours of a garment, by descending share: k-means in Lab over points that are not a plain ground, with
 * a fixed seed, then near clusters made one. The same sample always gives the same colours.
 */
export function dominantColours({ colours, isGarment }: GarmentSample): DominantColour[] {
  const points = pointsOn(isGarment, colours);
  const clusters = mergeNear(cluster(points));
  const large = clusters.filter(({ count }) => count >= (leastShare * points.length) / 3);
  const total = large.reduce((sum, { count }) => sum + count, 0);
  return large
    .sort((a, b) => b.count - a.count)
    .map(({ centre, count }) => ({ hex: hexOf(centre), share: Math.round((100 * count) / total) / 100 }));
}

/** `[N, 3]`: the points on the garment. By hand: `filter` takes as long as three rounds of k-means. */
function pointsOn(isGarment: Uint8Array, colours: Float64Array): Float64Array {
  const points = new Float64Array(colours.length);
  let length = 0;
  for (let at = 0; at < isGarment.length; at++) {
    if (isGarment[at] === 0) continue;
    points[length] = colours[3 * at];
    points[length + 1] = colours[3 * at + 1];
    points[length + 2] = colours[3 * at + 2];
    length += 3;
  }
  return points.subarray(0, length);
}

/** `#aabbcc:0.61 #ddeeff:0.39`: how a row's attribute keeps them. */
export function encodeColours(colours: readonly DominantColour[]): string {
  return colours.map(({ hex, share }) => `${hex}:${share.toFixed(2)}`).join(' ');
}

/** Null for a text that is none of {@link encodeColours}: an attribute may hold anything. */
export function decodeColours(text: string): DominantColour[] | null {
  if (!encodedColours.test(text)) return null;
  const colours = text.split(' ').map((part) => ({ hex: part.slice(0, 7), share: Number(part.slice(8)) }));
  return colours.every(({ share }) => share > 0 && share <= 1) ? colours : null;
}

/**
 * Mean delta E by which the colours of one garment must move to become those of the other; 0 for the same.
 *
 * The nearest pairs move first, as much as both have: at most what the cheapest plan (the earth mover's distance) costs
 * and a little more, and the same in both directions.
 *
 * @returns about 0 to 100; NaN when one has no colours
 */
export function paletteDistance(one: readonly DominantColour[], other: readonly DominantColour[]): number {
  const left = sharesOf(one);
  const right = sharesOf(other);
  const pairs = left.flatMap((_, i) =>
    right.map((__, j) => [i, j, colourDistance(left[i].lab, right[j].lab)] as const),
  );
  pairs.sort((a, b) => a[2] - b[2]);
  let cost = 0;
  let moved = 0;
  for (const [i, j, distance] of pairs) {
    const amount = Math.min(left[i].share, right[j].share);
    left[i].share -= amount;
    right[j].share -= amount;
    cost += amount * distance;
    moved += amount;
  }
  return cost / moved;
}

function sharesOf(colours: readonly DominantColour[]): { lab: Lab; share: number }[] {
  const total = colours.reduce((sum, { share }) => sum + share, 0);
  return colours.map(({ hex, share }) => ({ lab: labFromHex(hex), share: share / total }));
}

interface Cluster {
  readonly centre: Lab;
  readonly count: number;
}

/** k-means, begun with points far from each other (k-means++). @param points `[N, 3]` */
function cluster(points: Float64Array): Cluster[] {
  let centres = firstCentres(points, new Random(seed));
  let clusters: Cluster[] = [];
  for (let round = 0; round < maxRounds; round++) {
    clusters = gatherPoints(points, centres);
    const moved = clusters.map(({ centre }) => centre);
    const isStill =
      moved.length === centres.length &&
      moved.every((centre, at) => colourDistance(centre, centres[at]) < stillDistance);
    centres = moved;
    if (isStill) break;
  }
  return clusters;
}

/** The points nearest to each centre; centres that are nearest to none are gone. */
function gatherPoints(points: Float64Array, centres: readonly Lab[]): Cluster[] {
  const flat = Float64Array.from(centres.flat());
  const sums = new Float64Array(4 * centres.length);
  for (let at = 0; at < points.length; at += 3) {
    const [lightness, a, b] = [points[at], points[at + 1], points[at + 2]];
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    // By the squares, whose order is that of the distances.
    for (let centre = 0; centre < flat.length; centre += 3) {
      const x = lightness - flat[centre];
      const y = a - flat[centre + 1];
      const z = b - flat[centre + 2];
      const square = x * x + y * y + z * z;
      // Without a branch, which would be guessed wrongly every few points.
      best = square < least ? centre : best;
      least = Math.min(least, square);
    }
    const sum = (best / 3) * 4;
    sums[sum] += lightness;
    sums[sum + 1] += a;
    sums[sum + 2] += b;
    sums[sum + 3] += 1;
  }
  return centres.flatMap((_, index) => {
    const [lightness, a, b, count] = sums.subarray(4 * index, 4 * index + 4);
    return count === 0 ? [] : [{ centre: [lightness / count, a / count, b / count], count }];
  });
}

/** Each next one is drawn by its squared distance to the nearest so far; fewer than k where points are few. */
function firstCentres(points: Float64Array, random: Random): Lab[] {
  const pointAt = (index: number): Lab => [points[3 * index], points[3 * index + 1], points[3 * index + 2]];
  const numPoints = points.length / 3;
  const centres = [pointAt(random.below(numPoints))];
  const squares = new Float64Array(numPoints).fill(Number.POSITIVE_INFINITY);
  for (;;) {
    const [lightness, a, b] = centres.at(-1)!;
    let total = 0;
    for (let index = 0; index < numPoints; index++) {
      const x = points[3 * index] - lightness;
      const y = points[3 * index + 1] - a;
      const z = points[3 * index + 2] - b;
      squares[index] = Math.min(squares[index], x * x + y * y + z * z);
      total += squares[index];
    }
    if (centres.length === numClusters || total === 0) return centres;
    let left = random.uniform() * total;
    const drawn = squares.findIndex((square) => {
      left -= square;
      return left < 0;
    });
    centres.push(pointAt(Math.max(0, drawn)));
  }
}

/** The two nearest clusters become one, as long as they are one colour. */
function mergeNear(clusters: readonly Cluster[]): Cluster[] {
  let merged = [...clusters];
  for (;;) {
    let nearest: { pair: readonly [Cluster, Cluster]; distance: number } | undefined;
    for (const [at, one] of merged.entries()) {
      for (const other of merged.slice(at + 1)) {
        const distance = colourDistance(one.centre, other.centre);
        if (distance < (nearest?.distance ?? sameColour)) nearest = { pair: [one, other], distance };
      }
    }
    if (nearest === undefined) return merged;
    const [one, other] = nearest.pair;
    const count = one.count + other.count;
    const mean = (axis: 0 | 1 | 2) => (one.centre[axis] * one.count + other.centre[axis] * other.count) / count;
    merged = [
      ...merged.filter((each) => each !== one && each !== other),
      { centre: [mean(0), mean(1), mean(2)], count },
    ];
  }
}

function hexOf(colour: Lab): string {
  return `#${rgbFromLab(colour)
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;
}

function labFromHex(hex: string): Lab {
  const value = Number.parseInt(hex.slice(1), 16);
  return labFromRgb(value >> 16, (value >> 8) & 255, value & 255);
}
