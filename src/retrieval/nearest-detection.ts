/** @file Which detection a drawn box means: on the server, and on a device that finds garments by itself. */
import type { BoxTuple } from '../boxes/boxes.ts';
import { pairwiseIou } from '../boxes/iou.ts';

/** Overlap from which a drawn box is a garment that the detector knows, so that it has a class: PASCAL VOC's of a hit. */
const drawnIou = 0.5;

/** The detection that a box covers best; undefined where it covers none by half. */
export function nearestDetection<D extends { readonly box: BoxTuple }>(
  box: BoxTuple,
  detections: readonly D[],
): D | undefined {
  const overlaps = pairwiseIou(Float32Array.from(box), Float32Array.from(detections.flatMap((each) => [...each.box])));
  const best = overlaps.reduce((most, overlap, at) => (overlap > (overlaps[most] ?? 0) ? at : most), 0);
  return (overlaps[best] ?? 0) >= drawnIou ? detections[best] : undefined;
}
