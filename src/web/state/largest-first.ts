/** @file The order in which garments are shown: what fills most of the photo is most likely what was photographed. */
import type { Box } from '../../client/client.ts';

/** The largest box first. Equals keep their order, and what has no box (a whole picture) comes last. */
export function largestFirst<G extends { readonly box: Box | null }>(garments: readonly G[]): G[] {
  return garments.toSorted((a, b) => areaOf(b.box) - areaOf(a.box));
}

function areaOf(box: Box | null): number {
  if (box === null) return 0;
  const [x1, y1, x2, y2] = box;
  return (x2 - x1) * (y2 - y1);
}
