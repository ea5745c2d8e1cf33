/** @file Which garment of a shop photo is the one for sale. */
import type { BoxTuple, GarmentDetection } from '../embedding/descriptor.ts';
import { classesForCategory } from './category.ts';

/**
 * The largest of those whose class fits the category; when none fits, or the category says nothing, the largest of
 * all; undefined when nothing was found.
 */
export function chooseGarment<D extends GarmentDetection>(
  detections: readonly D[],
  category: string | null,
  classes: readonly string[],
): D | undefined {
  const wanted = category === null ? [] : classesForCategory(category, classes);
  const fitting = detections.filter((detection) => wanted.includes(detection.label));
  const candidates = fitting.length > 0 ? fitting : detections;
  return candidates.reduce<D | undefined>(
    (best, detection) => (best === undefined || areaOf(detection.box) > areaOf(best.box) ? detection : best),
    undefined,
  );
}

function areaOf([x1, y1, x2, y2]: BoxTuple): number {
  return (x2 - x1) * (y2 - y1);
}
