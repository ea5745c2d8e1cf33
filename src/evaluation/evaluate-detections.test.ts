import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCocoDetections, parseCocoGroundTruth } from './coco-files.ts';
import { gatherDetections } from './columns.ts';
import {
  type CocoEvaluation,
  cocoNumberNames,
  evaluateDetections,
  meanOverFrequentClasses,
} from './evaluate-detections.ts';
import { cocoIouThresholds, type MatchOptions } from './match-detections.ts';

interface GoldenCase {
  readonly title: string;
  readonly options: MatchOptions;
  readonly annotations: unknown;
  readonly detections: unknown;
  readonly expected: CocoEvaluation & { readonly curve: readonly number[] };
}

function readGolden(name: string): readonly GoldenCase[] {
  return JSON.parse(readFileSync(new URL(`../../tests/golden/${name}`, import.meta.url), 'utf8')).cases;
}

function evaluateCase({ annotations, detections, options }: GoldenCase): CocoEvaluation {
  const groundTruth = parseCocoGroundTruth(annotations, 'annotations');
  return evaluateDetections({
    groundTruth,
    detections: parseCocoDetections(detections, 'detections', groundTruth),
    ...options,
  });
}

/** Every number of the evaluation by a name that says where it stands. */
function namedNumbers(
  evaluation: Omit<CocoEvaluation, 'curves' | 'matches'>,
  curve: ArrayLike<number>,
): [string, number][] {
  return [
    ...cocoNumberNames.map((name): [string, number] => [name, evaluation[name]]),
    ...evaluation.perClass.flatMap(({ label, AP, AP50, groundTruths }): [string, number][] => [
      [`${label} AP`, AP],
      [`${label} AP50`, AP50],
      [`${label} count`, groundTruths],
    ]),
    ...evaluation.perAreaRange.flatMap(({ name, AP, AR }): [string, number][] => [
      [`AP ${name}`, AP],
      [`AR ${name}`, AR],
    ]),
    ...evaluation.perIouThreshold.flatMap(({ iou, AP, AR }): [string, number][] => [
      [`AP at ${iou}`, AP],
      [`AR at ${iou}`, AR],
    ]),
    ...Array.from(curve, (precision, point): [string, number] => [`curve[${point}]`, precision]),
  ];
}

describe.each(['coco-hand.json', 'coco-caps.json', 'coco-random.json'])('equals pycocotools to 1e-9 (%s)', (file) => {
  test.each(readGolden(file))('$title', (golden) => {
    const evaluation = evaluateCase(golden);
    const expected = new Map(namedNumbers(golden.expected, golden.expected.curve));
    const wrong = namedNumbers(evaluation, evaluation.curves.precision.subarray(0, 101))
      // With options of one's own pycocotools prints no summary.
      .filter(([name]) => expected.get(name) !== undefined)
      .filter(([name, value]) => !(Math.abs(value - (expected.get(name) as number)) <= 1e-9))
      .map(([name, value]) => `${name}: ${value}, pycocotools ${expected.get(name)}`);
    expect(wrong, 'made by: python tests/golden/generate/coco_metrics.py').toEqual([]);
    expect(evaluation.perClass.map(({ label }) => label)).toEqual(golden.expected.perClass.map(({ label }) => label));
    expect(evaluation.perIouThreshold.length).toBe(golden.expected.perIouThreshold.length);
  });
});

describe('evaluateDetections', () => {
  const groundTruth = parseCocoGroundTruth(
    {
      images: [{ id: 1 }, { id: 2 }],
      categories: [
        { id: 1, name: 'shoe' },
        { id: 2, name: 'hat' },
      ],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, bbox: [0, 0, 10, 20] },
        { id: 2, image_id: 2, category_id: 1, bbox: [0, 0, 10, 20] },
      ],
    },
    'annotations',
  );

  test('one of two shoes, found with an IoU of 0.6, gives AP50 of a half and AP of three tenths of it', () => {
    const detections = gatherDetections([
      { boxes: Float32Array.of(0, 0, 10, 12), labels: Int32Array.of(1), scores: Float32Array.of(0.5) },
      { boxes: new Float32Array(), labels: new Int32Array(), scores: new Float32Array() },
    ]);
    const evaluation = evaluateDetections({ groundTruth, detections });
    // Precision 1 at recall 0 to 0.50: 51 of 101 points; an IoU of 0.6 passes three of ten thresholds.
    expect(evaluation.AP50).toBeCloseTo(51 / 101, 12);
    expect(evaluation.AP).toBeCloseTo((51 / 101) * 0.3, 12);
    expect(evaluation.AR1).toBeCloseTo(0.5 * 0.3, 12);
    expect(evaluation.APl).toBe(-1);
    expect(evaluation.perClass).toEqual([
      { label: 'shoe', AP: evaluation.AP, AP50: evaluation.AP50, groundTruths: 2 },
      { label: 'hat', AP: -1, AP50: -1, groundTruths: 0 },
    ]);
  });

  test('no detections at all give 0, not -1', () => {
    const detections = gatherDetections([]);
    expect(evaluateDetections({ groundTruth, detections })).toMatchObject({
      AP: 0,
      AP50: 0,
      APs: 0,
      APl: -1,
      AR100: 0,
    });
  });

  test('the thresholds have the last bits of numpy.linspace', () => {
    expect(cocoIouThresholds).toEqual([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95]);
  });

  test('the mean over frequent classes leaves out rare ones and those without ground truth', () => {
    const perClass = [
      { label: 'a', AP: 0.5, AP50: 0.8, groundTruths: 10 },
      { label: 'b', AP: 0.1, AP50: 0.2, groundTruths: 9 },
      { label: 'c', AP: 0.7, AP50: 1, groundTruths: 200 },
    ];
    const mean = meanOverFrequentClasses(perClass);
    expect(mean.classes).toBe(2);
    expect(mean.AP).toBeCloseTo(0.6, 12);
    expect(mean.AP50).toBeCloseTo(0.9, 12);
    expect(meanOverFrequentClasses(perClass, 1000)).toEqual({ classes: 0, AP: -1, AP50: -1 });
  });
});
