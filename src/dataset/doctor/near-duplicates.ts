/** @file Groups of photos that are copies of each other. n photos. */
import { hashDistance, type PhotoPrint, thumbnailCorrelation } from '../../image/perceptual-hash.ts';

/**
 * The more bits of two hashes differ, the more alike the thumbnails of copies must be. Chosen on 4,964 photos of garments, flat
 * and worn: of 199, all copies saved at quality 15 are found, 198 made 96 pixels wide, 194 made 20 % brighter, 170 cropped by
 * 1 % at each edge; no two garments of one cut on the same ground are taken for copies (the nearest: 8 bits, 0.992).
 */
const limits = [
  { bits: 4, correlation: 0.97 },
  { bits: 10, correlation: 0.993 },
] as const;

/**
 * A hash is looked up in four parts of 16 bits. Of hashes that differ in 10 bits, at least one part differs in 2 or fewer: only
 * photos that share such a part are compared.
 */
const numParts = 4;
const flips = [0, ...Array.from({ length: 16 }, (_, bit) => 1 << bit)].flatMap((one, index, all) =>
  index === 0 ? [one] : [one, ...all.slice(index + 1).map((other) => one | other)],
);

/** Places in the list of prints, in groups of two or more, each group in ascending order. */
export function nearDuplicates(prints: readonly PhotoPrint[]): number[][] {
  const groups = disjointGroups(prints.length);
  // Hundreds of the same picture (a shop's "no photo") would each be compared with each.
  const distinct = joinEqual(prints, groups);
  for (let part = 0; part < numParts; part++) {
    const buckets = new Map<number, number[]>();
    for (const index of distinct) addTo(buckets, partOf(prints[index], part), index);
    for (const [value, bucket] of buckets) {
      for (const flip of flips) {
        // Each pair of buckets once.
        if ((value ^ flip) < value) continue;
        const other = flip === 0 ? bucket : buckets.get(value ^ flip);
        if (other !== undefined) joinCopies(prints, groups, bucket, other);
      }
    }
  }
  const members = new Map<number, number[]>();
  prints.forEach((_, index) => {
    addTo(members, groups.rootOf(index), index);
  });
  return [...members.values()].filter(({ length }) => length > 1);
}

function joinCopies(
  prints: readonly PhotoPrint[],
  groups: Groups,
  left: readonly number[],
  right: readonly number[],
): void {
  left.forEach((first, place) => {
    for (let other = left === right ? place + 1 : 0; other < right.length; other++) {
      const second = right[other];
      const bits = hashDistance(prints[first], prints[second]);
      const limit = limits.find((each) => bits <= each.bits);
      if (limit === undefined || groups.rootOf(first) === groups.rootOf(second)) continue;
      if (thumbnailCorrelation(prints[first], prints[second]) >= limit.correlation) groups.join(first, second);
    }
  });
}

/** Joins prints that are equal to the last byte, and returns the first of each. */
function joinEqual(prints: readonly PhotoPrint[], groups: Groups): number[] {
  const byHash = new Map<string, number[]>();
  const distinct: number[] = [];
  prints.forEach((print, index) => {
    const key = `${print.high} ${print.low}`;
    const same = byHash
      .get(key)
      ?.find((first) => prints[first].thumbnail.every((byte, at) => byte === print.thumbnail[at]));
    if (same !== undefined) {
      groups.join(same, index);
      return;
    }
    addTo(byHash, key, index);
    distinct.push(index);
  });
  return distinct;
}

interface Groups {
  /** The first member of a group. */
  rootOf(index: number): number;
  join(a: number, b: number): void;
}

function disjointGroups(count: number): Groups {
  const parents = Int32Array.from({ length: count }, (_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  };
  return {
    rootOf,
    join(a, b) {
      const [first, second] = [rootOf(a), rootOf(b)];
      parents[Math.max(first, second)] = Math.min(first, second);
    },
  };
}

function addTo<K>(map: Map<K, number[]>, key: K, index: number): void {
  const list = map.get(key);
  if (list) list.push(index);
  else map.set(key, [index]);
}

function partOf({ high, low }: PhotoPrint, part: number): number {
  return ((part < 2 ? high : low) >>> (16 * (part % 2))) & 0xffff;
}
