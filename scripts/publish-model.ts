/**
 * @file Measures a trained model and writes the directory that is bundled, with its card.
 *
 *     npx tsx scripts/publish-model.ts --model RUN/best --data DIR --data DIR --empty DIR --notes FILE --recipe FILE --out models/NAME
 *     npx deepshop calibrate --model models/NAME --data DIR --grounds DIR --out models/NAME
 *
 * The scores from which garments are shown are chosen on the dev folds, those of `--empty` (pictures without a garment, which
 * calibration and figures leave out) among them; every figure of the card is of the val sides, which
 * nothing was chosen on. `--notes` is Markdown for the card: data, licences, limits.
 */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gatherBoxes } from '../src/boxes/boxes.ts';
import type { DatasetPart } from '../src/dataset/dataset.ts';
import { openDataset } from '../src/dataset/dataset-node.ts';
import type { DetectedGarments } from '../src/detector/detector.ts';
import { createDetector, detectFiles } from '../src/detector/detector-node.ts';
import { readModel, writeModel } from '../src/detector/model-directory-node.ts';
import { withoutNested } from '../src/detector/nested.ts';
import { describeError, UsageError } from '../src/errors/errors.ts';
import { type BootstrapIntervals, bootstrapIntervals } from '../src/evaluation/bootstrap.ts';
import { calibratedMatches, fitScoreCalibration } from '../src/evaluation/calibrate-scores.ts';
import { parseCocoGroundTruth } from '../src/evaluation/coco-files.ts';
import { type Detections, type GroundTruth, gatherDetections } from '../src/evaluation/columns.ts';
import {
  type CocoSummary,
  cocoNumberNames,
  evaluateDetections,
  frequentClassMinimum,
  meanOverFrequentClasses,
} from '../src/evaluation/evaluate-detections.ts';
import type { Interval } from '../src/evaluation/interval.ts';
import { cocoAreaRanges, type Matches, matchDetections } from '../src/evaluation/match-detections.ts';
import { expectedCalibrationError } from '../src/evaluation/reliability.ts';
import { countsAt, type ShownCounts, scoresOfBestF1 } from '../src/evaluation/shown-counts.ts';
import { topClassAccuracy } from '../src/evaluation/top-class-accuracy.ts';

const usage =
  'npx tsx scripts/publish-model.ts --model DIR --data DIR [--data DIR...] [--empty DIR...] --notes FILE [--recipe FILE] --out DIR';

/** @throws UsageError */
function readFlags() {
  const single = { type: 'string' } as const;
  const options = {
    model: single,
    data: { type: 'string', multiple: true },
    empty: { type: 'string', multiple: true },
    notes: single,
    recipe: single,
    out: single,
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ options }));
  } catch (cause) {
    throw new UsageError(describeError(cause).message, {
      expected: usage,
      cure: 'The head of the script says what they are.',
    });
  }
  const { model, data, empty = [], notes, recipe, out } = values;
  if (model !== undefined && data !== undefined && notes !== undefined && out !== undefined)
    return { model, data, empty, notes, recipe, out };
  const missing = Object.entries({ model, data, notes, out }).filter(([, value]) => value === undefined);
  throw new UsageError('flags are missing', {
    expected: usage,
    got: `no ${missing.map(([name]) => `--${name}`).join(', ')}`,
    cure: 'The head of the script says what they are.',
  });
}

function flagsOrExit(): ReturnType<typeof readFlags> {
  try {
    return readFlags();
  } catch (error) {
    console.error(`publish-model: ${describeError(error).message}`);
    process.exit(2);
  }
}

const flags = flagsOrExit();
const model = await readModel(flags.model);
// Raw scores: what they are to be is fitted here.
const detector = await createDetector({ ...model, calibration: undefined });

/** Some of the detections of a photo, by index. */
function pickDetections({ boxes, labels, scores }: DetectedGarments, indices: readonly number[]): DetectedGarments {
  return {
    boxes: gatherBoxes(boxes, Int32Array.from(indices)),
    labels: Int32Array.from(indices, (index) => labels[index]),
    scores: Float32Array.from(indices, (index) => scores[index]),
  };
}

interface Answers {
  readonly groundTruth: GroundTruth;
  readonly detections: Detections;
  /** Of them, what a shopper may see: none within another. */
  readonly shown: Detections;
}

async function answersOn(directory: string, part: DatasetPart): Promise<Answers> {
  const { coco, records } = await openDataset(directory, part);
  const groundTruth = parseCocoGroundTruth(coco, directory);
  const photos = await detectFiles(
    detector,
    records.map(({ photoPath }) => photoPath),
  );
  const shown = photos.map((found) => pickDetections(found, withoutNested(found)));
  return { groundTruth, detections: gatherDetections(photos), shown: gatherDetections(shown) };
}

/** At IoU 0.5, over boxes of any size. */
function halfOverlap({ groundTruth, detections }: Pick<Answers, 'groundTruth' | 'detections'>): Matches {
  return matchDetections(groundTruth, detections, { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) });
}

/** At IoU 0.5, each class from its own score on. */
function shownOn(matches: Matches, minScore: Readonly<Record<string, number>>): ShownCounts {
  const counts = matches.classes.map((label, classIndex) => countsAt(matches, classIndex, minScore[label]));
  const sum = (of: keyof ShownCounts) => counts.reduce((total, each) => total + each[of], 0);
  return { found: sum('found'), falseAlarms: sum('falseAlarms'), missed: sum('missed') };
}

const figure = (value: number) => (value < 0 ? 'no ground truth' : value.toFixed(3));
const within = (interval: Interval) =>
  interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;

interface Report {
  readonly name: string;
  readonly photos: number;
  readonly boxes: number;
  readonly summary: CocoSummary;
  readonly intervals: BootstrapIntervals;
  readonly topClass: number;
  readonly shown: ShownCounts;
  readonly calibrationError: number;
}

async function report(directory: string, minScore: Readonly<Record<string, number>>): Promise<Report> {
  const { groundTruth, detections, shown } = await answersOn(directory, 'val');
  const { matches, ...summary } = evaluateDetections({ groundTruth, detections });
  const at50 = calibratedMatches(halfOverlap({ groundTruth, detections }), calibration);
  return {
    name: basename(resolve(directory)),
    photos: groundTruth.numImages,
    boxes: groundTruth.crowds.filter((crowd) => crowd === 0).length,
    summary,
    intervals: bootstrapIntervals(matches, { resamples: 500, seed: 1 }),
    topClass: topClassAccuracy(groundTruth, detections).accuracy,
    shown: shownOn(calibratedMatches(halfOverlap({ groundTruth, detections: shown }), calibration), minScore),
    calibrationError: expectedCalibrationError(at50),
  };
}

function describeReport({
  name,
  photos,
  boxes,
  summary,
  intervals,
  topClass,
  shown,
  calibrationError,
}: Report): string {
  const frequent = meanOverFrequentClasses(summary.perClass, frequentClassMinimum);
  const rows = [
    ['AP', summary.AP, intervals.numbers.AP],
    ['mAP@0.5', summary.AP50, intervals.numbers.AP50],
    ['AP@0.75', summary.AP75, intervals.numbers.AP75],
    [`AP, classes with ${frequentClassMinimum} boxes or more`, frequent.AP, intervals.frequentClasses.AP],
    [`mAP@0.5, the same classes`, frequent.AP50, intervals.frequentClasses.AP50],
  ] as const;
  const classes = summary.perClass.map(({ label, AP, AP50, groundTruths }, i) => {
    const interval = groundTruths < frequentClassMinimum ? 'too few boxes' : within(intervals.perClass[i].AP50);
    return `| ${label} | ${groundTruths} | ${figure(AP)} | ${figure(AP50)} | ${interval} |`;
  });
  const precision = shown.found / (shown.found + shown.falseAlarms);
  const recall = shown.found / (shown.found + shown.missed);
  return [
    `### ${name}, val: ${photos} photos, ${boxes} boxes`,
    '',
    '| what | figure | 95 % interval |',
    '|---|---|---|',
    ...rows.map(([what, value, interval]) => `| ${what} | ${figure(value)} | ${within(interval)} |`),
    `| class of the best detection is right | ${figure(topClass)} | |`,
    `| precision of what is shown, IoU 0.5 | ${figure(precision)} | |`,
    `| recall of what is shown, IoU 0.5 | ${figure(recall)} | |`,
    `| expected calibration error of scores from 0.05 on | ${figure(calibrationError)} | |`,
    '',
    '| class | boxes | AP | AP@0.5 | 95 % interval of AP@0.5 |',
    '|---|---|---|---|---|',
    ...classes,
  ].join('\n');
}

const folds: Answers[] = [];
for (const directory of [...flags.data, ...flags.empty]) folds.push(await answersOn(directory, 'dev'));
const fitted = fitScoreCalibration(folds.slice(0, flags.data.length).map(halfOverlap));
const calibration = { scale: Number(fitted.scale.toFixed(3)), shift: Number(fitted.shift.toFixed(3)) };
const shown = folds.map((fold) => halfOverlap({ ...fold, detections: fold.shown }));
const scores = scoresOfBestF1(shown.map((fold) => calibratedMatches(fold, calibration)));
const minScore = Object.fromEntries(model.config.classes.map((label, index) => [label, scores[index]]));
const reports: Report[] = [];
for (const directory of flags.data) reports.push(await report(directory, minScore));
const shownFrom = Object.entries(minScore)
  .map(([label, score]) => `${label} ${score}`)
  .join(', ');
const numEmpty = folds.slice(flags.data.length).reduce((sum, { groundTruth }) => sum + groundTruth.numImages, 0);
const pictures = numEmpty === 0 ? '' : `, beside ${numEmpty} pictures without a garment`;
const card = [
  `# ${model.name}`,
  '',
  readFileSync(flags.notes, 'utf8').trim(),
  '',
  '## Measured',
  '',
  `By \`scripts/publish-model.ts\`, on photos that were never trained on; settings were chosen on others, but these were looked at after each leg, which favours the figures. Intervals: bootstrap over photos, 500 resamples. Scores are calibrated on the dev folds (log odds x ${calibration.scale} + ${calibration.shift}); those from which garments are shown have the best F1 there${pictures}: ${shownFrom}.`,
  '',
  reports.map(describeReport).join('\n\n'),
  '',
].join('\n');
const metrics = Object.fromEntries(
  reports.map(({ name, photos, boxes, summary, topClass }) => {
    const numbers = Object.fromEntries(cocoNumberNames.map((key) => [key, summary[key]]));
    return [name, { photos, boxes, ...numbers, topClassAccuracy: topClass, perClass: summary.perClass }];
  }),
);
const recipe = flags.recipe === undefined ? undefined : JSON.parse(readFileSync(flags.recipe, 'utf8'));
const { name, config, preprocessing, parameters, descriptors } = model;
await writeModel(flags.out, {
  name,
  config,
  preprocessing,
  parameters,
  calibration,
  descriptors,
  minScore,
  card,
  recipe,
  metrics,
});
await detector.release();
console.log(card);
