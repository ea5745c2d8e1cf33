import { describe, expect, test } from 'vitest';
import { rawMatches } from '../evaluation/calibrate-scores.ts';
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import type { Detections } from '../evaluation/columns.ts';
import { confusionMatrix } from '../evaluation/confusion-matrix.ts';
import { errorBreakdown } from '../evaluation/error-breakdown.ts';
import { evaluateDetections } from '../evaluation/evaluate-detections.ts';
import { reliabilityBins } from '../evaluation/reliability.ts';
import { topClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { composeReport, type Section } from './compose-report.ts';
import { drawingSvg, type Figure, figureSvg, lightTheme, pageTheme } from './figure.ts';
import { type PhotoCard, photoSheet } from './photo-cards.ts';
import { dataOf, describeData, type ReportRun, type SetEvaluation } from './report-data.ts';
import { reportPage } from './report-page.ts';
import { runCurves } from './run-curves.ts';
import { tableMarkdown } from './table-two.ts';

const hostile = '<script>alert(1)</script>"&';
// Two photos: a tee in each, shorts in the first; the third class does not occur.
const groundTruth: CocoGroundTruth = {
  classes: ['tee', 'shorts', hostile],
  numImages: 2,
  images: Int32Array.of(0, 0, 1),
  labels: Int32Array.of(1, 2, 1),
  boxes: Float64Array.of(0, 0, 50, 50, 0, 60, 50, 50, 10, 10, 40, 40),
  areas: Float64Array.of(2500, 2500, 1600),
  crowds: new Uint8Array(3),
  imageIds: [1, 2],
  fileNames: ['a.jpg', `${hostile}.jpg`],
  categoryIds: [1, 2, 3],
};

/** Finds the tee of the first photo; says the rest is something else, as sure as `score`. */
function found(score: number): SetEvaluation {
  const detections: Detections = {
    images: Int32Array.of(0, 0, 1),
    labels: Int32Array.of(1, 1, 3),
    boxes: Float64Array.of(0, 0, 50, 50, 0, 60, 50, 50, 90, 90, 5, 5),
    scores: Float64Array.of(0.9, score, score),
  };
  const evaluation = evaluateDetections({ groundTruth, detections });
  return {
    ...{ data: dataOf('street', 'val', groundTruth), groundTruth, detections, evaluation, intervals: null },
    ...{ topClass: topClassAccuracy(groundTruth, detections), roiAccuracy: 0.9 },
    confusion: confusionMatrix(groundTruth, detections, { minScore: 0.5 }),
    errors: errorBreakdown(groundTruth, detections, { minScore: 0.5 }),
    reliability: {
      bins: reliabilityBins(evaluation.matches),
      rawBins: reliabilityBins(rawMatches(evaluation.matches, { scale: 0.8, shift: -1.3 })),
    },
  };
}

const losses = { total: 0.5, box: 0.2, roiAccuracy: 0.95 };
const numbers = Object.fromEntries(
  ['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl', 'AR1', 'AR10', 'AR100', 'ARs', 'ARm', 'ARl'].map((name) => [name, -1]),
);
const curves = runCurves([
  {
    kind: 'start',
    steps: 20,
    data: [{ name: hostile, photos: 7 }],
    phases: [
      { name: hostile, end: 10 },
      { name: 'b', end: 20 },
    ],
  },
  { kind: 'step', step: 10, ...losses },
  { kind: 'validation', step: 20, losses, perDataset: { [hostile]: numbers }, isBest: true },
]);
const sure: ReportRun = {
  ...{ name: hostile, model: { name: 'm', trunk: 'lite0' }, curves, kept: curves.kept },
  evaluations: [found(0.8)],
};
const shy: ReportRun = { ...sure, name: 'shy', curves: null, kept: null, evaluations: [found(0.3)] };
const logOnly: ReportRun = { ...sure, name: 'log', evaluations: [] };

const reports = {
  'one after the other': composeReport([sure, shy, logOnly], { isComparison: false, worst: 4 }),
  'side by side': composeReport([sure, shy], { isComparison: true, worst: 4 }),
  'logs alone': composeReport([logOnly], { isComparison: false, worst: 4 }),
  'a model without a log': composeReport([shy], { isComparison: false, worst: 4 }),
};

function sheetOf({ data, models }: Section, cards: readonly PhotoCard[]): Figure {
  return photoSheet(
    data,
    models.map(({ run }) => run.name),
    cards,
  );
}

function cardsOf({ sections }: (typeof reports)['side by side']) {
  const inlay = { href: 'data:image/jpeg;base64,AA==', width: 100, height: 100 };
  return sections.map(({ worst }) => worst.map((photo) => ({ ...photo, inlay, scale: 1 })));
}

describe.each(Object.entries(reports))('a report of %s', (_, report) => {
  const sheets = cardsOf(report).map((cards, index) => sheetOf(report.sections[index], cards));
  const figures: Figure[] = [...report.figures, ...report.sections.flatMap((section) => section.figures), ...sheets];

  test('says of every figure which photos it is about', () => {
    for (const figure of figures) expect(figure.data, figure.name).toMatch(/photos/);
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
    for (const { name } of figures) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  test.each([
    ['wide', 900],
    ['on a phone', 340],
  ])('draws finite numbers and escaped names, %s', (_width, width) => {
    for (const figure of figures) {
      for (const font of ['system', 'dots'] as const) {
        const svg = figureSvg(figure, { width, theme: lightTheme, font });
        expect(svg, figure.name).not.toMatch(/NaN|undefined|Infinity|<script/);
      }
    }
  });

  test('keeps text inside of its drawing, by the widest of the fonts', () => {
    for (const figure of figures) {
      const svg = drawingSvg(figure, { width: 340, theme: pageTheme, font: 'system' });
      for (const [, x] of svg.matchAll(/<text x="(-?[\d.]+)"/g)) {
        expect(Number(x), figure.name).toBeGreaterThanOrEqual(-0.5);
        expect(Number(x), figure.name).toBeLessThanOrEqual(340);
      }
    }
  });

  test('is a page that asks nobody for anything', () => {
    const page = reportPage({ report, cards: cardsOf(report) });
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\(/i);
    expect(page).not.toContain(hostile);
    const addresses = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address!);
    // Its own figures, the images in it, and uses of them.
    for (const address of addresses)
      expect(address).toMatch(/^(?:[a-z0-9-]+\.(?:svg|png|md)|data:image\/jpeg.*|#[a-z0-9-]+)$/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  });
});

test('Table 2 has a row a run and data set, then the paper’s, and says what sets them apart', () => {
  const table = tableMarkdown(reports['one after the other'].rows);
  // The tees: one of two found before anything false; the shorts: none.
  const precision = (((51 / 101) * 1 + 0) / 2) * 100;
  expect(table).toContain(
    `| shy | street, val: 2 photos, 3 boxes in 3 classes | – | 0.9000 | 0.5000 | ${precision.toFixed(1)} |`,
  );
  expect(table).toContain('| 0.5000 | 0.9500 | – | -1 | -1 |');
  expect(table).toContain(
    '| X101-32 (paper) | DeepFashion, 7,500 validation photos, 6 classes | 0.0702 | 0.9902 | – | 72.5 | 50.7 |',
  );
  expect(table).toContain('not of merit');
});

test('the worst photos come by their errors; compared ones by how far the runs lie apart', () => {
  const [own] = reports['one after the other'].sections;
  expect(own!.worst.map(({ fileName, answers }) => [fileName, answers[0].summary])).toEqual([
    [`${hostile}.jpg`, '1 background, 1 missed'],
    ['a.jpg', '1 class'],
  ]);
  const [both] = reports['side by side'].sections;
  expect(both!.worst.map(({ answers }) => answers.map(({ errors }) => errors))).toEqual([[2, 1]]);
});

test('data sets are described with what is known', () => {
  expect(describeData(dataOf('street', 'val', groundTruth))).toBe('street, val: 2 photos, 3 boxes in 3 classes');
  const unknown = { name: 'a', part: 'dev fold', photos: null, boxes: null, crowdRegions: null, classes: null };
  expect(describeData(unknown)).toBe('a, dev fold: photos and boxes not counted in the log');
});
