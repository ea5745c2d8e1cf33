/** @file `deepshop calibrate`: from which similarity on a match of a model is strong or fair. */
import { Command } from 'commander';
import { printable } from '../errors/printable.ts';
import type { MeasuredMatches } from '../retrieval/calibrate-matches-node.ts';
import { parsePositiveInteger, parseSeed, printJson, printLine } from './command-runtime.ts';
import { type Progress, showProgress } from './progress.ts';

interface Flags {
  readonly model: string;
  readonly data: string;
  readonly grounds: readonly string[];
  readonly out: string;
  readonly seed: number;
  readonly threads?: number;
  readonly json?: boolean;
}

export function calibrateCommand(): Command {
  return new Command('calibrate')
    .description('measure from which similarity on matches are strong or fair, on garments of the dev fold')
    .requiredOption('--model <dir>', 'model to measure')
    .requiredOption('--data <set>', 'prepared data set with masks; its dev fold is used')
    .requiredOption('--out <dir>', 'model directory to write; may be that of --model')
    .option('--grounds <set...>', 'prepared data sets whose photos lend their surroundings', [])
    .option('--seed <n>', 'seed of the pictures', parseSeed, 1)
    .option('--threads <n>', 'threads of the network (default: one a core)', parsePositiveInteger)
    .option('--json', 'print one JSON document')
    .action(async ({ model, data, grounds, out, seed, threads, json }: Flags) => {
      const measured = await calibrateModel({ directory: model, out, data, grounds, seed, threads });
      if (json) printJson({ measured });
      else printMeasured(out, measured);
    });
}

/** Measures a model's descriptors and writes it with their calibrations. */
export async function calibrateModel({
  directory,
  out,
  data,
  grounds,
  seed,
  threads = 0,
}: {
  readonly directory: string;
  readonly out: string;
  readonly data: string;
  readonly grounds: readonly string[];
  readonly seed: number;
  readonly threads?: number | undefined;
}): Promise<MeasuredMatches[]> {
  const [{ readModel, writeWithDescriptors }, { createModelEngine }, { calibrateMatches }] = await Promise.all([
    import('../detector/model-directory-node.ts'),
    import('../embedding/model-engine-node.ts'),
    import('../retrieval/calibrate-matches-node.ts'),
  ]);
  const model = await readModel(directory);
  const engine = await createModelEngine(model, { threads });
  let bar: Progress | undefined;
  const measured = await calibrateMatches(engine, {
    ...{ data, grounds, seed },
    onPhoto(done, total) {
      bar ??= showProgress('calibrating', total);
      bar.update(done);
    },
  });
  bar?.stop();
  await engine.release();
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

function describe({ descriptor, calibration, figures, queries, missed }: MeasuredMatches): string {
  const found = `recall@1 ${figures['recall@1'].toFixed(3)}, recall@10 ${figures['recall@10'].toFixed(3)}, class precision@3 ${figures['classPrecision@3'].toFixed(3)}`;
  const grades =
    calibration === null
      ? 'matches not calibrated'
      : `strong from a similarity of ${calibration.strong.toFixed(3)}, fair from ${calibration.fair.toFixed(3)}`;
  return `${descriptor} on the dev fold, ${queries} garments photographed again, ${missed} not detected: ${found}; ${grades}`;
}

/** What was measured on the dev fold. */
export function printMeasured(out: string, measured: readonly MeasuredMatches[]): void {
  for (const each of measured) printLine(describe(each));
  printLine(printable(`written: ${out}`));
}
