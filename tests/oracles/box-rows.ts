/** @file What the oracles do with rows of boxes, besides `boxes.ts`. */

const { fround } = Math;

/** Ascending indices of the boxes whose width and height are both at least `minSize` pixels. */
export function findLargeBoxes(boxes: Float32Array, minSize: number): Int32Array {
  const limit = fround(minSize);
  const kept = new Int32Array(boxes.length / 4);
  let count = 0;
  for (let box = 0, at = 0; at < boxes.length; box++, at += 4) {
    if (fround(boxes[at + 2] - boxes[at]) >= limit && fround(boxes[at + 3] - boxes[at + 1]) >= limit) {
      kept[count++] = box;
    }
  }
  return kept.slice(0, count);
}

/** All boxes of several sets, one set after the other. */
export function concatBoxes(sets: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(sets.reduce((length, set) => length + set.length, 0));
  let at = 0;
  for (const set of sets) {
    all.set(set, at);
    at += set.length;
  }
  return all;
}
