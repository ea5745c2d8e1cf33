/** @file `deepshop calibrate`: from which similarity on a match of a model, or of an encoder, is strong or fair. */
import { Command } from 'commander';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import type { CalibrationOptions, MeasuredMatches } from '../retrieval/calibrate-matches-node.ts';
import { plural } from '../text/plural.ts';
import { bundledModel, printJson, printLine } from './command-runtime.ts';
import { addEncoderFlag, type EncoderFlag } from './encoder-flag.ts';
import { type Progress, showProgress } from './progress.ts';
import { addRephotographFlags, type RephotographFlags } from './rephotograph-flags.ts';

interface Flags extends EncoderFlag, RephotographFlags {
  readonly model?: string;
  readonly data: string;
  readonly out?: string;
}

export function calibrateCommand(): Command {
  const command = new Command('calibrate')
    .description('measure from which similarity on matches are strong or fair, on garments of the dev fold')
    .option('--model <dir>', 'model to measure; with --encoder what finds the boxes, the bundled one unless given')
    .requiredOption('--data <set>', 'prepared data set with masks; its dev fold is used')
    .option('--out <dir>', 'model directory to write; may be that of --model. With --encoder, its file is written');
  return addRephotographFlags(addEncoderFlag(command), { seed: 'the pictures' }).action(
    async ({ model, out, encoder, json, ...flags }: Flags) => {
      const isOfModel = encoder === undefined;
      if (isOfModel && (model === undefined || out === undefined)) throw missingFlags();
      if (!isOfModel && out !== undefined) throw needlessOut();
      const measured = isOfModel
        ? await calibrateModel({ ...flags, directory: model!, out: out! })
        : [await calibrateEncoder({ ...flags, directory: model ?? bundledModel, encoder })];
      if (json) printJson({ measured });
      else printMeasured(encoder ?? out!, measured);
    },
  );
}

interface Calibrated extends CalibrationOptions {
  /** The model's. */
  readonly directory: string;
  readonly threads?: number | undefined;
}

/** Measures a model's descriptors and writes it with their calibrations. */
export async function calibrateModel({
  directory,
  out,
  threads = 0,
  ...options
}: Calibrated & { readonly out: string }): Promise<MeasuredMatches[]> {
  const [{ readModel, writeWithDescriptors }, { createLoadedEngine }, { calibrateMatches }] = await Promise.all([
    import('../detector/model-directory-node.ts'),
    import('../embedding/model-engine-node.ts'),
    import('../retrieval/calibrate-matches-node.ts'),
  ]);
  const model = await readModel(directory);
  const engine = await createLoadedEngine(model, { threads });
  const measured = await withProgress((onPhoto) =>
    calibrateMatches(engine, ['garment', 'paper'], { ...options, onPhoto }),
  ).finally(() => engine.release());
  const { garment, paper } = model.descriptors;
  const calibrationOf = (wanted: string) =>
    measured.find(({ descriptor }) => descriptor === wanted)?.calibration ?? undefined;
  await writeWithDescriptors(out, model, {
    parameters: model.parameters,
    descriptors: {
      garment: garment && { ...garment, calibration: calibrationOf('garment') },
      paper: paper && { ...paper, calibration: calibrationOf('paper') },
    },
    section: `## Matches\n\n${measured.map((each) => `- ${describe(each)}`).join('\n')}`,
  });
  return measured;
}

/** Measures an encoder on boxes that a model finds, and writes its calibration into its `encoder.json`. */
async function calibrateEncoder({
  directory,
  encoder,
  threads = 0,
  ...options
}: Calibrated & { readonly encoder: string }): Promise<MeasuredMatches> {
  const [{ openEngine }, { writeEncoderCalibration }, { calibrateMatches }] = await Promise.all([
    import('../embedding/open-engine-node.ts'),
    import('../embedding/encoder-node.ts'),
    import('../retrieval/calibrate-matches-node.ts'),
  ]);
  const engine = await openEngine(directory, { encoder, threads });
  const [measured] = await withProgress((onPhoto) =>
    calibrateMatches(engine, ['external'], { ...options, onPhoto }),
  ).finally(() => engine.release());
  await writeEncoderCalibration(encoder, measured.calibration);
  return measured;
}

/** A bar that is there from the first photo on. */
async function withProgress<T>(work: (onPhoto: (done: number, total: number) => void) => Promise<T>): Promise<T> {
  let bar: Progress | undefined;
  try {
    return await work((done, total) => {
      bar ??= showProgress('calibrating', total);
      bar.update(done);
    });
  } finally {
    bar?.stop();
  }
}

function describe({ descriptor, calibration, figures, queries, missed }: MeasuredMatches): string {
  const found = `recall@1 ${figures['recall@1'].toFixed(3)}, recall@10 ${figures['recall@10'].toFixed(3)}, class precision@3 ${figures['classPrecision@3'].toFixed(3)}`;
  const grades =
    calibration === null
      ? 'matches not calibrated'
      : `strong from a similarity of ${calibration.strong.toFixed(3)}, fair from ${calibration.fair.toFixed(3)}`;
  return `${descriptor} on the dev fold, ${plural(queries, 'garment')} photographed again, ${missed} not detected: ${found}; ${grades}`;
}

/** What was measured on the dev fold. */
export function printMeasured(written: string, measured: readonly MeasuredMatches[]): void {
  for (const each of measured) printLine(describe(each));
  printLine(printable(`written: ${written}`));
}

function missingFlags(): UsageError {
  return new UsageError('there is nothing to calibrate', {
    expected: '--model DIR and --out DIR, or --encoder FILE',
    got: 'neither',
  });
}

function needlessOut(): UsageError {
  return new UsageError('the calibration of an encoder is written into its encoder.json', {
    where: '--out',
    expected: '--encoder without it',
    got: 'both',
  });
}
