import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCocoDetections, parseCocoGroundTruth } from './coco-files.ts';
import type { Detections, GroundTruth } from './columns.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { errorBreakdown, errorKinds } from './error-breakdown.ts';
import { evaluateDetections } from './evaluate-detections.ts';
import { annotationFates, detectionVerdicts, judgeDetections } from './judge-detections.ts';
import { outcome } from './match-detections.ts';

type Row = readonly [image: number, label: number, x: number, y: number, width: number, height: number, extra?: number];
const classes = ['tee', 'shorts'];

function truthOf(rows: readonly Row[], numImages = 2): GroundTruth {
  return {
    ...columnsOf(rows),
    classes,
    numImages,
    areas: Float64Array.from(rows, ([, , , , width, height]) => width * height),
    crowds: Uint8Array.from(rows, ([, , , , , , crowd = 0]) => crowd),
  };
}

function foundOf(rows: readonly Row[]): Detections {
  return { ...columnsOf(rows), scores: Float64Array.from(rows, ([, , , , , , score = 0.9]) => score) };
}

function columnsOf(rows: readonly Row[]) {
  return {
    images: Int32Array.from(rows, ([image]) => image),
    labels: Int32Array.from(rows, ([, label]) => label),
    boxes: Float64Array.from(rows.flatMap(([, , ...box]) => box.slice(0, 4))),
  };
}

// One tee of 10 x 10 and one pair of shorts below it, in the first photo; a crowd of tees in the second.
const truth = truthOf([
  [0, 1, 0, 0, 10, 10],
  [0, 2, 0, 20, 10, 10],
  [1, 1, 50, 50, 40, 40, 1],
]);

function verdictsOf(detections: Detections, groundTruth = truth) {
  const { verdicts, fates } = judgeDetections(groundTruth, detections);
  return {
    verdicts: [...verdicts].map((code) => detectionVerdicts[code]),
    fates: [...fates].map((code) => annotationFates[code]),
  };
}

describe('each kind of error, by hand', () => {
  test.each<[string, readonly Row[], readonly string[], readonly string[]]>([
    ['the box itself', [[0, 1, 0, 0, 10, 10]], ['found'], ['found', 'missed', 'ignored']],
    // A third of the box: IoU 0.3.
    ['a box too low', [[0, 1, 0, 7, 10, 10, 0.9]], ['localisation'], ['mistaken', 'missed', 'ignored']],
    ['the right box, the wrong word', [[0, 2, 0, 0, 10, 10]], ['class'], ['mistaken', 'missed', 'ignored']],
    [
      'found twice',
      [
        [0, 1, 0, 1, 10, 10, 0.6],
        [0, 1, 0, 0, 10, 10, 0.9],
      ],
      ['duplicate', 'found'],
      ['found', 'missed', 'ignored'],
    ],
    ['nothing there', [[0, 1, 70, 70, 10, 10]], ['background'], ['missed', 'missed', 'ignored']],
    // 7 x 10 of the tee, said to be shorts: IoU 0.3 / 1.
    ['neither box nor word', [[0, 2, -5, -2, 10, 10]], ['both'], ['missed', 'missed', 'ignored']],
    ['inside a crowd of its class', [[1, 1, 60, 60, 10, 10]], ['ignored'], ['missed', 'missed', 'ignored']],
    ['inside a crowd of another', [[1, 2, 60, 60, 10, 10]], ['background'], ['missed', 'missed', 'ignored']],
  ])('%s', (_, rows, verdicts, fates) => {
    expect(verdictsOf(foundOf(rows))).toEqual({ verdicts, fates });
  });

  test('a detection under the lowest score, and the 101st of a class in a photo, are left out', () => {
    const rows = Array.from({ length: 102 }, (_, index): Row => [0, 1, 0, 0, 10, 10, 1 - index / 1000]);
    const { verdicts } = judgeDetections(truth, foundOf(rows), { minScore: 0.99 });
    expect([...verdicts].filter((code) => detectionVerdicts[code] !== 'left out')).toHaveLength(11);
    expect(verdictsOf(foundOf(rows)).verdicts.slice(99)).toEqual(['duplicate', 'left out', 'left out']);
  });
});

test('a confusion matrix by hand: one right, one taken for the other, one missed, one where nothing is', () => {
  const photos = truthOf(
    [
      [0, 1, 0, 0, 10, 10],
      [0, 2, 0, 20, 10, 10],
      [1, 1, 0, 0, 10, 10],
    ],
    2,
  );
  const found = foundOf([
    [0, 1, 0, 0, 10, 10, 0.9],
    [0, 1, 0, 21, 10, 10, 0.8],
    [0, 2, 80, 80, 10, 10, 0.7],
    [1, 1, 0, 0, 10, 10, 0.1],
  ]);
  const matrix = confusionMatrix(photos, found, { minScore: 0.5 });
  // Rows: tee, shorts, nothing; columns: tee, shorts, missed.
  expect([...matrix.counts]).toEqual([1, 0, 1, 1, 0, 0, 0, 1, 0]);
  expect(matrix).toMatchObject({ groundTruths: 3, falsePositives: 1 });
});

test('classes may be shown from scores of their own', () => {
  const photos = truthOf([[0, 1, 0, 0, 10, 10]]);
  const found = foundOf([
    [0, 1, 0, 0, 10, 10, 0.4],
    [0, 2, 80, 80, 10, 10, 0.4],
  ]);
  // Rows: tee, shorts, nothing; columns: tee, shorts, missed. Shorts are shown from 0.5 on.
  const minScore = { tee: 0.3, shorts: 0.5 };
  expect([...confusionMatrix(photos, found, { minScore }).counts]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const { counts, found: right } = errorBreakdown(photos, found, { minScore });
  expect([right, counts.background]).toEqual([1, 0]);
});

test('the cost of a kind is what AP50 gains when it is put right', () => {
  // One tee found as shorts, one found: AP50 is the mean of 0.5 (tee; recall points 0 to 0.5) and nothing for shorts.
  const photos = truthOf([
    [0, 1, 0, 0, 10, 10],
    [1, 1, 0, 0, 10, 10],
  ]);
  const found = foundOf([
    [0, 1, 0, 0, 10, 10],
    [1, 2, 0, 0, 10, 10],
  ]);
  const { AP50, cost, counts, mistaken } = errorBreakdown(photos, found, { minScore: 0.5 });
  expect(AP50).toBeCloseTo(51 / 101, 12);
  expect(cost.class).toBeCloseTo(50 / 101, 12);
  expect({ ...cost, class: 0 }).toEqual({ class: 0, localisation: 0, both: 0, duplicate: 0, background: 0, missed: 0 });
  expect(counts).toEqual({ class: 1, localisation: 0, both: 0, duplicate: 0, background: 0, missed: 0 });
  expect(mistaken).toBe(1);
});

describe.each([0, 1, 2, 3])('on random data with crowds and ties (case %i)', (index) => {
  const golden = JSON.parse(readFileSync(new URL('../../tests/golden/coco-random.json', import.meta.url), 'utf8'));
  const { annotations, detections: results } = golden.cases[index % golden.cases.length];
  const { idZero: _, ...groundTruth } = parseCocoGroundTruth(annotations, 'annotations');
  const detections = parseCocoDetections(results, 'detections', { ...groundTruth });
  const solid = groundTruth.crowds.reduce((sum, crowd) => sum + 1 - crowd, 0);

  test('finds what COCO finds at IoU 0.5, ignores what it ignores', () => {
    const { matches } = evaluateDetections({ groundTruth, detections, iouThresholds: [0.5] });
    const ours = verdictsOf(detections, groundTruth).verdicts;
    const theirs = [...matches.outcomes.subarray(0, detections.scores.length)];
    const within = (code: number) => theirs.filter((each, place) => each === code && matches.detectionCaps[place] < 3);
    expect(ours.filter((verdict) => verdict === 'found')).toHaveLength(within(outcome.found).length);
    expect(ours.filter((verdict) => verdict === 'ignored')).toHaveLength(within(outcome.ignored).length);
  });

  test.each([0, 0.3, 0.7])('the kinds part the false positives and the misses (scores from %f)', (minScore) => {
    const { verdicts } = judgeDetections(groundTruth, detections, { minScore });
    const { counts, found, mistaken, cost } = errorBreakdown(groundTruth, detections, { minScore });
    const named = [...verdicts].map((code) => detectionVerdicts[code]);
    const falsePositives = named.filter((verdict) => !['found', 'ignored', 'left out'].includes(verdict));
    const ofKinds = errorKinds.filter((kind) => kind !== 'missed').reduce((sum, kind) => sum + counts[kind], 0);
    expect(ofKinds).toBe(falsePositives.length);
    expect(found + mistaken + counts.missed).toBe(solid);
    expect(Object.values(cost).every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test.each([0, 0.3, 0.7])('a confusion matrix counts every annotation once (scores from %f)', (minScore) => {
    const matrix = confusionMatrix(groundTruth, detections, { minScore });
    const { verdicts } = judgeDetections(groundTruth, detections, { minScore });
    const named = [...verdicts].map((code) => detectionVerdicts[code]);
    const size = matrix.classes.length + 1;
    const diagonal = matrix.classes.map((_name, row) => matrix.counts[row * size + row]);
    const judged = named.filter((verdict) => verdict !== 'ignored' && verdict !== 'left out').length;
    const missed = matrix.classes.reduce((sum, _name, row) => sum + matrix.counts[row * size + size - 1], 0);
    expect(matrix.groundTruths).toBe(solid);
    expect(matrix.counts.reduce((sum, value) => sum + value, 0)).toBe(solid + matrix.falsePositives);
    expect(judged).toBe(solid - missed + matrix.falsePositives);
    expect(diagonal.reduce((sum, value) => sum + value, 0)).toBe(named.filter((verdict) => verdict === 'found').length);
  });
});
