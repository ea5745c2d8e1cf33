/**
 * @file Measures a trained model and writes the directory that is bundled, with its card and the diagram beside it.
 *
 *     npx tsx scripts/publish-model.ts --model RUN/best --data DIR --data DIR --empty DIR --grounds DIR --pictures FOLDER
 *       --notes FILE --recipe FILE --full DIR --out models/NAME
 *
 * The scores from which garments are shown are chosen on the dev folds, those of `--empty` (pictures without a garment, which
 * calibration and figures leave out) among them; every figure of the card is of the val sides, which
 * nothing was chosen on, but for matches, which are calibrated on the dev fold of the first set as `deepshop calibrate` does it.
 * `--grounds`: sets whose surroundings garments are laid on for that, and whose bare parts are pictures without garments.
 * `--pictures`: folders of other such pictures, whose names say what they are. `--full`: the weights before they were rounded, a directory in float32.
 * `--notes` is Markdown for the card: data, licences, limits. `--quick` leaves out robustness, false alarms and weights.
 *
 * Writing the directory anew, as `deepshop calibrate --out` does, drops the diagram, which no model needs: publish again.
 */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawnPictures, findFalseAlarms, partsOf, picturesOf } from '../benchmarks/empty-pictures.ts';
import { compareRounded, measureRoundedWeights } from '../benchmarks/rounded-weights.ts';
import { calibrateModel } from '../src/cli/calibrate.ts';
import { measureRobustness } from '../src/cli/measure-robustness.ts';
import { createDetector } from '../src/detector/detector-node.ts';
import { readModel, writeModel } from '../src/detector/model-directory-node.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { describeError, UsageError } from '../src/errors/errors.ts';
import { calibratedMatches, fitScoreCalibration } from '../src/evaluation/calibrate-scores.ts';
import { cocoNumberNames } from '../src/evaluation/evaluate-detections.ts';
import { expectedCalibrationError } from '../src/evaluation/reliability.ts';
import { scoresOfBestF1 } from '../src/evaluation/shown-counts.ts';
import { writeFileAtomically } from '../src/files/atomic-file-node.ts';
import { distortionNames } from '../src/image/distortions.ts';
import { figureSvg, lightTheme } from '../src/report/figure.ts';
import { reliabilityBySet } from '../src/report/reliability-figure.ts';
import {
  type AlarmCount,
  describeAlarms,
  describeCalibration,
  describeReliability,
  describeRobustness,
  describeSet,
  describeWeights,
} from './card-sections.ts';
import { type Answers, answersOn, halfOverlap, measureSet, type SetFigures } from './measure-model.ts';

const usage =
  'npx tsx scripts/publish-model.ts --model DIR --data DIR [--data DIR...] [--empty DIR...] [--grounds DIR...] [--pictures FOLDER...] --notes FILE [--recipe FILE] [--full DIR] [--quick] --out DIR';
/** Of the diagram, in pixels: two columns, and letters that can still be read where a page makes it smaller. */
const diagramWidth = 760;
const numDrawn = 100;

/** @throws UsageError */
function readFlags() {
  const single = { type: 'string' } as const;
  const several = { type: 'string', multiple: true } as const;
  const options = {
    ...{ model: single, data: several, empty: several, grounds: several, pictures: several },
    ...{ notes: single, recipe: single, full: single, out: single },
    quick: { type: 'boolean' },
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
  const { model, data, empty = [], grounds = [], pictures = [], notes, recipe, full, out, quick = false } = values;
  if (model !== undefined && data !== undefined && notes !== undefined && out !== undefined)
    return { model, data, empty, grounds, pictures, notes, recipe, full, out, quick };
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
const full = flags.full === undefined ? null : await readModel(flags.full);
if (full !== null && compareRounded(full, model).others > 0) {
  console.error(`publish-model: ${flags.full} is not ${flags.model} before rounding (--full)`);
  process.exit(2);
}
const notes = readFileSync(flags.notes, 'utf8').trim();
const recipe = flags.recipe === undefined ? undefined : JSON.parse(readFileSync(flags.recipe, 'utf8'));
// Raw scores: what they are to be is fitted here.
const detector = await createDetector({ ...model, calibration: undefined });

const folds: Answers[] = [];
for (const directory of [...flags.data, ...flags.empty]) folds.push(await answersOn(detector, directory, 'dev'));
const fitted = fitScoreCalibration(folds.slice(0, flags.data.length).map(halfOverlap));
const calibration = { scale: Number(fitted.scale.toFixed(3)), shift: Number(fitted.shift.toFixed(3)) };
const shown = folds.map((fold) => halfOverlap({ ...fold, detections: fold.shown }));
const scores = scoresOfBestF1(shown.map((fold) => calibratedMatches(fold, calibration)));
const minScore = Object.fromEntries(model.config.classes.map((label, index) => [label, scores[index]]));
const sets: SetFigures[] = [];
for (const directory of flags.data) sets.push(await measureSet(detector, directory, { calibration, minScore }));
await detector.release();

const diagram = reliabilityBySet(model.name, sets);
const diagramFile = `${diagram.name}.svg`;
const numEmpty = folds.slice(flags.data.length).reduce((sum, { groundTruth }) => sum + groundTruth.numImages, 0);
const sections = [`# ${model.name}`, notes, measuredSection()];
const metrics = Object.fromEntries(
  sets.map(({ data, photos, boxes, summary, topClass, reliability }) => {
    const numbers = Object.fromEntries(cocoNumberNames.map((key) => [key, summary[key]]));
    const calibrationError = expectedCalibrationError(reliability.bins);
    const rest = { perClass: summary.perClass, reliability: { calibrationError, ...reliability } };
    return [data.name, { photos, boxes, ...numbers, topClassAccuracy: topClass, ...rest }];
  }),
);
await write();
if (!flags.quick) {
  // Of the model as it was just written, with its own scores.
  sections.push(describeRobustness(await robustness()), describeAlarms(await falseAlarms()));
  const names = sets.map(({ data }) => data.name);
  sections.push(describeWeights(await measureRoundedWeights(await readModel(flags.out), full, flags.data), names));
  await write();
}
if (flags.grounds.length > 0) {
  const [data] = flags.data;
  await calibrateModel({ directory: flags.out, out: flags.out, data, grounds: flags.grounds, seed: 1 });
}
await writeFileAtomically(
  join(flags.out, diagramFile),
  figureSvg(diagram, { width: diagramWidth, theme: lightTheme, font: 'system' }),
);
console.log(readFileSync(join(flags.out, 'README.md'), 'utf8'));

async function write(): Promise<void> {
  const { name, config, preprocessing, parameters, descriptors } = model;
  const card = `${sections.join('\n\n')}\n`;
  const rest = { calibration, descriptors, minScore, card, recipe, metrics };
  await writeModel(flags.out, { name, config, preprocessing, parameters, ...rest });
}

function measuredSection(): string {
  const shownFrom = Object.entries(minScore)
    .map(([label, score]) => `${label} ${score}`)
    .join(', ');
  const pictures = numEmpty === 0 ? '' : `, beside ${numEmpty} pictures without a garment`;
  return [
    '## Measured',
    `By \`scripts/publish-model.ts\`, on photos that were never trained on; settings were chosen on others, but these were looked at after each leg, which favours the figures. Intervals: bootstrap over photos, 500 resamples. Scores are calibrated on the dev folds (${describeCalibration(calibration)}); those from which garments are shown have the best F1 there${pictures}: ${shownFrom}.`,
    ...sets.map(describeSet),
    describeReliability(sets, diagramFile),
  ].join('\n\n');
}

function robustness() {
  return measureRobustness({ model: flags.out, data: flags.data, distort: distortionNames, seed: 1 });
}

async function falseAlarms(): Promise<AlarmCount[]> {
  const engine = await openEngine(flags.out);
  const kinds = [
    { what: 'drawn rooms and tables', pictures: drawnPictures(numDrawn) },
    ...flags.grounds.map((directory) => ({
      what: `parts of photos of ${basename(resolve(directory))}`,
      pictures: partsOf(directory),
    })),
    ...flags.pictures.map((folder) => ({
      what: `${basename(resolve(folder))}`,
      pictures: picturesOf(folder),
    })),
  ];
  const counts: AlarmCount[] = [];
  for (const { what, pictures } of kinds) {
    const { count, alarms } = await findFalseAlarms(engine, pictures);
    const words = alarms.map(
      ({ name, shown: garments }) => `${name}: ${garments.map(({ label }) => label).join(' and ')}`,
    );
    counts.push({ what, count, alarms: words });
  }
  await engine.release();
  return counts;
}
