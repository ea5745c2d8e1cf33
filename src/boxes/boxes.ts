/**
 * @file Boxes: the convention of the whole project, and what one set of boxes needs.
 *
 * A box is `[x1, y1, x2, y2]` in float32 pixels of the image that it belongs to, with continuous edges: its width is
 * `x2 - x1` (no "+ 1"), and the pixel in the top left corner is the box `[0, 0, 1, 1]`. A set of boxes is a flat
 * `Float32Array` of shape `[N, 4]`. Every step is rounded to float32, as in torchvision and in a graph: equal inputs
 * give equal overlaps, so that ties are ties everywhere.
 */

const { fround, max, min } = Math;

/** One box out of a set. */
export type BoxTuple = readonly [x1: number, y1: number, x2: number, y2: number];

/** Box `index` of boxes `[N, 4]`. */
export function boxAt(boxes: ArrayLike<number>, index: number): BoxTuple {
  const at = 4 * index;
  return [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
}

/** The box with each of its edges changed alike: scaled, rounded. */
export function mapEdges([x1, y1, x2, y2]: BoxTuple, change: (edge: number) => number): BoxTuple {
  return [change(x1), change(y1), change(x2), change(y2)];
}

/** Areas `[N]` of boxes `[N, 4]`; negative for a box with one side inverted. */
export function boxAreas(boxes: Float32Array): Float32Array {
  const areas = new Float32Array(boxes.length / 4);
  for (let box = 0, at = 0; box < areas.length; box++, at += 4) {
    areas[box] = fround(boxes[at + 2] - boxes[at]) * fround(boxes[at + 3] - boxes[at + 1]);
  }
  return areas;
}

/** A copy of boxes `[N, 4]` with every edge moved into `[0, width]` and `[0, height]`. */
export function clipBoxes(boxes: Float32Array, height: number, width: number): Float32Array {
  const clipped = new Float32Array(boxes.length);
  for (let at = 0; at < boxes.length; at += 2) {
    clipped[at] = min(max(boxes[at], 0), width);
    clipped[at + 1] = min(max(boxes[at + 1], 0), height);
  }
  return clipped;
}

/** Rows of boxes, deltas or anything else `[N, 4]`, in the order of `indices`: `[indices.length, 4]`. */
export function gatherBoxes(boxes: Float32Array, indices: Int32Array): Float32Array {
  const gathered = new Float32Array(indices.length * 4);
  for (let row = 0, to = 0; row < indices.length; row++, to += 4) {
    const from = indices[row] * 4;
    gathered[to] = boxes[from];
    gathered[to + 1] = boxes[from + 1];
    gathered[to + 2] = boxes[from + 2];
    gathered[to + 3] = boxes[from + 3];
  }
  return gathered;
}
