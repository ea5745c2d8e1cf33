/**
 * @file Which detection finds which annotation, at every IoU threshold and area range. Done once; the figures, and every
 * bootstrap resample of them, are then sums over the outcome (`accumulate.ts`).
 *
 * Shape letters: K classes, I images, D detections, G annotations, T IoU thresholds, A area ranges, M detection caps.
 *
 * Reference: `COCOeval.evaluateImg` of pycocotools 2.0.11, followed to its quirks: of two annotations with the same IoU the
 * later one is taken; an ignored annotation never displaces a counted one; a crowd can be found many times.
 */
import type { Detections, GroundTruth } from './columns.ts';
import { bucketRows, rowsInOrder, sortByScore } from './score-order.ts';

/** Annotations with `min <= area <= max` count, the others are ignored; so are unmatched detections outside. */
export interface AreaRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** COCO's four, in square pixels. */
export const cocoAreaRanges: readonly AreaRange[] = [
  { name: 'all', min: 0, max: 1e5 ** 2 },
  { name: 'small', min: 0, max: 32 ** 2 },
  { name: 'medium', min: 32 ** 2, max: 96 ** 2 },
  { name: 'large', min: 96 ** 2, max: 1e5 ** 2 },
];

/** 0.50 to 0.95 in steps of 0.05, with the last bits of `numpy.linspace`. */
export const cocoIouThresholds: readonly number[] = Array.from({ length: 10 }, (_, step) =>
  step === 9 ? 0.95 : step * ((0.95 - 0.5) / 9) + 0.5,
);

/** Detections counted per image and class. */
export const cocoMaxDetections: readonly number[] = [1, 10, 100];

export interface MatchOptions {
  readonly iouThresholds?: readonly number[];
  readonly areaRanges?: readonly AreaRange[];
  /** Ascending. Precision is measured at the last, recall at each. */
  readonly maxDetections?: readonly number[];
}

/** What became of a detection. */
export const outcome = { falseAlarm: 0, found: 1, ignored: 2 } as const;

/** Detections and annotations sorted by class, with the outcome of each detection. */
export interface Matches {
  readonly classes: readonly string[];
  readonly numImages: number;
  readonly iouThresholds: readonly number[];
  readonly areaRanges: readonly AreaRange[];
  readonly maxDetections: readonly number[];
  /** `[K + 1]` int32: detections of class `k` are places `starts[k]` up to `starts[k + 1]`, best score first. */
  readonly detectionStarts: Int32Array;
  /** `[D]` int32 image of each place */
  readonly detectionImages: Int32Array;
  /** `[D]` float64 */
  readonly detectionScores: Float64Array;
  /** `[D]` index of the first cap that lets the detection in; M if none does */
  readonly detectionCaps: Uint8Array;
  /** `[A, T, D]` values of {@link outcome} */
  readonly outcomes: Uint8Array;
  /** `[K + 1]` int32, as `detectionStarts` */
  readonly annotationStarts: Int32Array;
  /** `[G]` int32 */
  readonly annotationImages: Int32Array;
  /** `[G]` */
  readonly annotationCrowds: Uint8Array;
  /** `[A, G]` 1 where the annotation is a crowd or outside the area range */
  readonly annotationIgnored: Uint8Array;
}

/** Matches every detection; `groundTruth` and `detections` agree on images and labels. */
export function matchDetections(groundTruth: GroundTruth, detections: Detections, options: MatchOptions = {}): Matches {
  const { iouThresholds = cocoIouThresholds, areaRanges = cocoAreaRanges } = options;
  const maxDetections = [...(options.maxDetections ?? cocoMaxDetections)].sort((a, b) => a - b);
  const { classes, numImages } = groundTruth;
  const numClasses = classes.length;

  // Equal scores stay in order of image, then of file: one sort serves every class and image.
  const byImage = bucketRows(rowsInOrder(detections.scores.length), detections.images, numImages).rows;
  const found = bucketRows(sortByScore(byImage, detections.scores), detections.labels, numClasses + 1);
  const wantedByImage = bucketRows(rowsInOrder(groundTruth.labels.length), groundTruth.images, numImages).rows;
  const wanted = bucketRows(wantedByImage, groundTruth.labels, numClasses + 1);

  const numDetections = found.rows.length;
  const numAnnotations = wanted.rows.length;
  const annotationIgnored = new Uint8Array(areaRanges.length * numAnnotations);
  for (const [range, { min, max }] of areaRanges.entries()) {
    for (let place = 0; place < numAnnotations; place++) {
      const row = wanted.rows[place];
      const area = groundTruth.areas[row];
      const isIgnored = groundTruth.crowds[row] === 1 || area < min || area > max;
      annotationIgnored[range * numAnnotations + place] = isIgnored ? 1 : 0;
    }
  }
  const matches: Matches = {
    classes,
    numImages,
    iouThresholds,
    areaRanges,
    maxDetections,
    // Label 0 is nobody's: its bucket is empty.
    detectionStarts: found.starts.subarray(1),
    detectionImages: found.rows.map((row) => detections.images[row]),
    detectionScores: Float64Array.from(found.rows, (row) => detections.scores[row]),
    detectionCaps: new Uint8Array(numDetections).fill(maxDetections.length),
    outcomes: new Uint8Array(areaRanges.length * iouThresholds.length * numDetections).fill(outcome.ignored),
    annotationStarts: wanted.starts.subarray(1),
    annotationImages: wanted.rows.map((row) => groundTruth.images[row]),
    annotationCrowds: Uint8Array.from(wanted.rows, (row) => groundTruth.crowds[row]),
    annotationIgnored,
  };

  const matchPhoto = createPhotoMatcher(groundTruth, detections, wanted.rows, found.rows, matches);
  const imageStarts = new Int32Array(numImages + 1);
  for (let classIndex = 0; classIndex < numClasses; classIndex++) {
    const first = matches.detectionStarts[classIndex];
    const last = matches.detectionStarts[classIndex + 1];
    const places = rowsInOrder(last - first).map((place) => place + first);
    const photos = bucketRows(places, matches.detectionImages, numImages);
    annotationRuns(matches, classIndex, imageStarts);
    for (let image = 0; image < numImages; image++) {
      const start = photos.starts[image];
      const end = photos.starts[image + 1];
      if (end > start) matchPhoto(photos.rows.subarray(start, end), imageStarts[image], imageStarts[image + 1]);
    }
  }
  return matches;
}

/** Fills `starts` with where each image's annotations of a class begin. */
function annotationRuns(matches: Matches, classIndex: number, starts: Int32Array): void {
  let place = matches.annotationStarts[classIndex];
  const end = matches.annotationStarts[classIndex + 1];
  for (let image = 0; image < matches.numImages; image++) {
    while (place < end && matches.annotationImages[place] < image) place += 1;
    starts[image] = place;
  }
  starts[matches.numImages] = end;
}

/** A function that writes the outcomes of one class in one photo; scratch memory is kept between calls. */
function createPhotoMatcher(
  groundTruth: GroundTruth,
  detections: Detections,
  annotationRows: Int32Array,
  detectionRows: Int32Array,
  { iouThresholds, areaRanges, maxDetections, detectionCaps, outcomes, annotationIgnored }: Matches,
): (places: Int32Array, firstAnnotation: number, endAnnotation: number) => void {
  const numDetections = detectionRows.length;
  const numAnnotations = annotationRows.length;
  const maxDetection = maxDetections.at(-1) ?? 0;
  const thresholds = Float64Array.from(iouThresholds, (threshold) => Math.min(threshold, 1 - 1e-10));
  let ious = new Float64Array(1024);
  let bestIous = new Float64Array(128);
  let order = new Int32Array(32);
  let taken = new Uint8Array(32);

  return (places, firstAnnotation, endAnnotation) => {
    const numFound = Math.min(places.length, maxDetection);
    const numWanted = endAnnotation - firstAnnotation;
    if (ious.length < numFound * numWanted) ious = new Float64Array(numFound * numWanted * 2);
    if (bestIous.length < numFound) bestIous = new Float64Array(numFound * 2);
    if (order.length < numWanted) {
      order = new Int32Array(numWanted * 2);
      taken = new Uint8Array(numWanted * 2);
    }

    let cap = 0;
    for (let index = 0; index < numFound; index++) {
      while (maxDetections[cap] <= index) cap += 1;
      detectionCaps[places[index]] = cap;
      const detection = detectionRows[places[index]] * 4;
      let best = 0;
      for (let wanted = 0; wanted < numWanted; wanted++) {
        const row = annotationRows[firstAnnotation + wanted];
        const isCrowd = groundTruth.crowds[row] === 1;
        const iou = overlap(detections.boxes, detection, groundTruth.boxes, row * 4, isCrowd);
        ious[index * numWanted + wanted] = iou;
        if (iou > best) best = iou;
      }
      bestIous[index] = best;
    }

    for (let range = 0; range < areaRanges.length; range++) {
      const { min, max } = areaRanges[range];
      // Counted annotations first, ignored ones last, each in file order.
      const ignored = annotationIgnored.subarray(
        range * numAnnotations + firstAnnotation,
        range * numAnnotations + endAnnotation,
      );
      let numCounted = 0;
      for (let wanted = 0; wanted < numWanted; wanted++) if (ignored[wanted] === 0) order[numCounted++] = wanted;
      let filled = numCounted;
      for (let wanted = 0; wanted < numWanted; wanted++) if (ignored[wanted] === 1) order[filled++] = wanted;

      for (let step = 0; step < thresholds.length; step++) {
        const threshold = thresholds[step];
        const outcomeRow = (range * thresholds.length + step) * numDetections;
        taken.fill(0, 0, numWanted);
        for (let index = 0; index < numFound; index++) {
          const place = places[index];
          let match = -1;
          if (numWanted > 0 && bestIous[index] >= threshold) {
            let best = threshold;
            for (let turn = 0; turn < numWanted; turn++) {
              if (turn === numCounted && match !== -1) break;
              const wanted = order[turn];
              if (taken[wanted] === 1) continue;
              const iou = ious[index * numWanted + wanted];
              if (iou < best) continue;
              best = iou;
              match = turn;
            }
          }
          if (match !== -1) {
            const row = annotationRows[firstAnnotation + order[match]];
            if (groundTruth.crowds[row] === 0) taken[order[match]] = 1;
            if (match >= numCounted) continue; // ignored already
            if (row !== groundTruth.idZero) {
              outcomes[outcomeRow + place] = outcome.found;
              continue;
            }
          }
          const box = detectionRows[place] * 4;
          const area = detections.boxes[box + 2] * detections.boxes[box + 3];
          if (area >= min && area <= max) outcomes[outcomeRow + place] = outcome.falseAlarm;
        }
      }
    }
  };
}

/**
 * Intersection over union; over the detection's own area where the annotation is a crowd. Touching boxes give 0.
 *
 * @param detection where the box starts in `a`: four times its row
 * @param annotation the same in `b`
 */
export function overlap(
  a: Float64Array,
  detection: number,
  b: Float64Array,
  annotation: number,
  isCrowd: boolean,
): number {
  const ax = a[detection];
  const bx = b[annotation];
  const aWidth = a[detection + 2];
  const bWidth = b[annotation + 2];
  const width = Math.min(aWidth + ax, bWidth + bx) - Math.max(ax, bx);
  if (width <= 0) return 0;
  const ay = a[detection + 1];
  const by = b[annotation + 1];
  const aHeight = a[detection + 3];
  const bHeight = b[annotation + 3];
  const height = Math.min(aHeight + ay, bHeight + by) - Math.max(ay, by);
  if (height <= 0) return 0;
  const intersection = width * height;
  const area = aWidth * aHeight;
  return intersection / (isCrowd ? area : area + bWidth * bHeight - intersection);
}
