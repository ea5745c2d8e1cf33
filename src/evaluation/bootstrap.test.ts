import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createAccumulator } from './accumulate.ts';
import { bootstrapDifference, bootstrapIntervals } from './bootstrap.ts';
import { parseCocoDetections, parseCocoGroundTruth } from './coco-files.ts';
import type { Detections, GroundTruth } from './columns.ts';
import { cocoNumberNames, evaluateDetections, summarize } from './evaluate-detections.ts';

const golden = JSON.parse(readFileSync(new URL('../../tests/golden/coco-random.json', import.meta.url), 'utf8'));
const { annotations, detections: results } = golden.cases[2];
const groundTruth = parseCocoGroundTruth(annotations, 'annotations');
const detections = parseCocoDetections(results, 'detections', groundTruth);
const evaluation = evaluateDetections({ groundTruth, detections });

describe('a photo that counts n times', () => {
  test('gives the figures of a data set that holds it n times', () => {
    const times = [0, 1, 2, 3, 0, 1, 1, 2, 0, 5, 1, 0, 1, 2, 0, 1];
    const weighted = summarize(evaluation.matches, createAccumulator(evaluation.matches)(Float64Array.from(times)));
    const repeated = evaluateDetections(repeatPhotos(groundTruth, detections, times));
    for (const name of cocoNumberNames) expect(weighted[name], name).toBeCloseTo(repeated[name], 12);
    expect(weighted.perClass.map(({ AP }) => AP)).toEqual(repeated.perClass.map(({ AP }) => expect.closeTo(AP, 12)));
  });

  test('changes nothing when all count alike', () => {
    const accumulate = createAccumulator(evaluation.matches);
    const twice = summarize(evaluation.matches, accumulate(new Float64Array(groundTruth.numImages).fill(2)));
    for (const name of cocoNumberNames) expect(twice[name], name).toBeCloseTo(evaluation[name], 12);
  });
});

describe('bootstrapIntervals', () => {
  test('a seed gives the same intervals, another seed others', () => {
    const once = bootstrapIntervals(evaluation.matches, { resamples: 50, seed: 7 });
    expect(bootstrapIntervals(evaluation.matches, { resamples: 50, seed: 7 })).toEqual(once);
    expect(bootstrapIntervals(evaluation.matches, { resamples: 50, seed: 8 }).numbers.AP50).not.toEqual(
      once.numbers.AP50,
    );
  });

  test('hold the figure itself, and are null where there is no ground truth', () => {
    const { numbers, perClass } = bootstrapIntervals(evaluation.matches, { resamples: 200, seed: 1 });
    const [low, high] = numbers.AP50 as [number, number];
    expect(low).toBeLessThan(evaluation.AP50);
    expect(high).toBeGreaterThan(evaluation.AP50);
    expect(perClass.at(-1)).toEqual({ label: 'class 4', AP: null, AP50: null });
  });

  test('are those of a share of finds, as the normal approximation has them', () => {
    // One shoe a photo, 60 of 100 found, no false alarm: AR1 of a resample is its share of finds.
    const photos = Int32Array.from({ length: 100 }, (_, image) => image);
    const boxes = Float64Array.from({ length: 400 }, (_, side) => [0, 0, 10, 10][side % 4]);
    const shoes = { images: photos, labels: new Int32Array(100).fill(1), boxes };
    const truth = {
      ...shoes,
      classes: ['shoe'],
      numImages: 100,
      areas: new Float64Array(100).fill(100),
      crowds: new Uint8Array(100),
    };
    const found = {
      images: photos.subarray(0, 60),
      labels: shoes.labels.subarray(0, 60),
      boxes: boxes.subarray(0, 240),
      scores: new Float64Array(60).fill(0.5),
    };
    const { matches } = evaluateDetections({ groundTruth: truth, detections: found, iouThresholds: [0.5] });
    const [low, high] = bootstrapIntervals(matches, { resamples: 4000, seed: 3 }).numbers.AR1 as [number, number];
    const spread = 1.96 * Math.sqrt((0.6 * 0.4) / 100);
    expect(low).toBeCloseTo(0.6 - spread, 1.5);
    expect(high).toBeCloseTo(0.6 + spread, 1.5);
  });
});

describe('bootstrapDifference', () => {
  test('of a detector and itself is nothing, of one and a poorer one lies above 0', () => {
    const { matches } = evaluation;
    expect(bootstrapDifference([matches, matches], { resamples: 20 })).toEqual({ AP: [0, 0], AP50: [0, 0] });
    // The same detections, all a little lower: worse in every photo.
    const boxes = detections.boxes.map((value, side) => (side % 4 === 1 ? value + 8 : value));
    const lower = evaluateDetections({ groundTruth, detections: { ...detections, boxes } });
    const { AP50 } = bootstrapDifference([matches, lower.matches], { resamples: 100, seed: 1 });
    const [low, high] = AP50 as [number, number];
    expect(low).toBeGreaterThan(0);
    expect(evaluation.AP50 - lower.AP50).toBeLessThan(high);
  });
});

/** The data set with each photo as many times as told, as photos of their own. */
function repeatPhotos(truth: GroundTruth, found: Detections, times: readonly number[]) {
  const rowsOf = (images: Int32Array) =>
    times
      .flatMap((count, image) => Array.from({ length: count }, () => image))
      .flatMap((image, photo) =>
        [...images.keys()].filter((row) => images[row] === image).map((row) => ({ row, photo })),
      );
  const take = (source: Detections | GroundTruth) => {
    const rows = rowsOf(source.images);
    return {
      rows: rows.map(({ row }) => row),
      images: Int32Array.from(rows, ({ photo }) => photo),
      labels: Int32Array.from(rows, ({ row }) => source.labels[row]),
      boxes: Float64Array.from(rows.flatMap(({ row }) => [...source.boxes.subarray(row * 4, row * 4 + 4)])),
    };
  };
  const wanted = take(truth);
  const seen = take(found);
  return {
    groundTruth: {
      ...wanted,
      classes: truth.classes,
      numImages: times.reduce((sum, count) => sum + count, 0),
      areas: Float64Array.from(wanted.rows, (row) => truth.areas[row]),
      crowds: Uint8Array.from(wanted.rows, (row) => truth.crowds[row]),
    },
    detections: { ...seen, scores: Float64Array.from(seen.rows, (row) => found.scores[row]) },
  };
}
