/** @file The order in which garments are shown: what fills most of the photo is most likely what was photographed. */
import type { Box } from '../../client/client.ts';
import { areaOf } from '../boxes/box-geometry.ts';

/** The largest box first. Equals keep their order, and what has no box (a whole picture) comes last. */
export function largestFirst<G extends { readonly box: Box | null }>(garments: readonly G[]): G[] {
  const area = ({ box }: G) => (box === null ? 0 : areaOf(box));
  return garments.toSorted((a, b) => area(b) - area(a));
}
