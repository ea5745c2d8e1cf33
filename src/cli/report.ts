/** @file `deepshop report`: the paper's figures and tables of runs, and what their models get wrong, as pictures and a page. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { cocoNumberNames } from '../evaluation/evaluate-detections.ts';
import { expectedCalibrationError } from '../evaluation/reliability.ts';
import { composeReport, type Report } from '../report/compose-report.ts';
import { type ReportRun, type SetEvaluation, slug } from '../report/report-data.ts';
import { plural } from '../text/plural.ts';
import { log, parseScore, parseSeed, printJson, printLine } from './command-runtime.ts';
import type { DetectAll } from './evaluate.ts';
import { unwritable } from './output-files.ts';
import { evaluateOn, nameByPath, type OpenedData, type OpenedRun, openData, openRun } from './report-runs.ts';

interface Flags {
  readonly out: string;
  readonly data?: readonly string[];
  readonly compare?: boolean;
  readonly names?: readonly string[];
  readonly minScore?: number;
  readonly bootstrap: number;
  readonly seed: number;
  readonly worst: number;
  readonly json?: boolean;
}

/** Shown by a model that does not say from which score on. */
const defaultMinScore = 0.5;

/** @param detectAll what runs a model over photos */
export function reportCommand(detectAll: DetectAll = runModel): Command {
  return new Command('report')
    .description('figures, tables and a page: curves of training runs, and what their models find and miss')
    .argument('<run...>', 'folders that deepshop train wrote, model directories, or log files')
    .requiredOption('--out <dir>', 'folder for the page, the figures (SVG and PNG) and report.json')
    .option(
      '--data <set...>',
      'DIR[:PART]: prepared data sets to evaluate the models on now; PART is val (default), dev, train, all',
    )
    .option('--compare', 'lay the runs side by side')
    .option('--names <list>', 'names of the runs, in order: A,B', (text) => text.split(','))
    .option(
      '--min-score <x>',
      'score from which detections are shown and counted (default: the model’s own)',
      parseScore,
    )
    .option('--bootstrap <n>', '95 % intervals from so many resamples of the photos; 0 for none', parseCount, 200)
    .option('--seed <n>', 'seed of the resamples', parseSeed, 0)
    .option('--worst <n>', 'how many of the worst photos are shown; 0 for none', parseCount, 8)
    .option('--json', 'print the report’s figures as one JSON document')
    .action((paths: string[], flags: Flags) => report(paths, flags, detectAll));
}

async function report(paths: readonly string[], flags: Flags, detectAll: DetectAll): Promise<void> {
  const names = flags.names ?? nameByPath(paths);
  checkNames(names, paths.length);
  const opened: OpenedRun[] = [];
  for (const [index, path] of paths.entries()) opened.push({ ...(await openRun(path)), name: names[index] });
  const sets: OpenedData[] = [];
  for (const text of flags.data ?? []) sets.push(await openData(text));
  const directories = [...new Set(sets.map(({ directory }) => resolve(directory)))];
  const dataNames = nameByPath(directories);
  const nameOf = ({ directory }: OpenedData) => dataNames[directories.indexOf(resolve(directory))];
  if (sets.length > 0 && opened.every(({ directory }) => directory === null)) {
    throw new DeepShopError('run-without-model', 'there is no model to evaluate', {
      where: paths.join(', '),
      expected: 'model.json in the folder or in its best/',
      cure: 'Leave --data out for the curves alone.',
    });
  }

  const runs: ReportRun[] = [];
  for (const { directory, minScore, calibration, ...run } of opened) {
    if (sets.length > 0 && directory === null) log(printable(`${run.name}: no model here, curves only`));
    const evaluations: SetEvaluation[] = [];
    for (const set of directory === null ? [] : sets) {
      log(printable(`${run.name} on ${nameOf(set)}, ${set.part}`));
      evaluations.push(
        await evaluateOn(set, directory!, {
          name: nameOf(set),
          minScore: flags.minScore ?? minScore ?? defaultMinScore,
          calibration,
          ...{ resamples: flags.bootstrap, seed: flags.seed, detectAll },
        }),
      );
    }
    runs.push({ ...run, evaluations });
  }
  const { writeReport } = await import('../report/write-report-node.ts');
  const composed = composeReport(runs, { isComparison: flags.compare === true, worst: flags.worst });
  const files = await writeReport(flags.out, composed, ({ models }) => {
    const { groundTruth } = models[0].found;
    return sets.find((set) => set.groundTruth === groundTruth)!.paths;
  });
  const document = toJson(composed, files);
  const jsonPath = join(flags.out, 'report.json');
  await writeFile(jsonPath, `${JSON.stringify(document, null, 1)}\n`).catch((cause: unknown) => {
    throw unwritable(jsonPath, cause, 'Name a folder that can be written to with --out.');
  });
  if (flags.json) printJson(document);
  else print(composed, flags.out, files);
}

/** The network is not read before it is needed. */
const runModel: DetectAll = async (request) => (await import('./detect-all.ts')).detectAllWithModel(request);

function checkNames(names: readonly string[], expected: number): void {
  const slugs = new Set(names.map((name) => slug(name)));
  if (names.length === expected && slugs.size === expected && !names.includes('')) return;
  throw new UsageError('every run has a name of its own', {
    where: '--names',
    expected: `${expected} names that differ in letters and digits, with commas between them`,
    got: names.join(','),
  });
}

/** `--bootstrap N`, `--worst N` */
function parseCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number.');
}

function print({ rows }: Report, out: string, files: readonly string[]): void {
  for (const { model, data, AP50, AP, isPaper } of rows) {
    if (isPaper) continue;
    const figures = `mAP@0.5 ${AP50 === -1 ? '-1' : AP50.toFixed(3)}, mAP@[.5:.95] ${AP === -1 ? '-1' : AP.toFixed(3)}`;
    printLine(printable(`${model}: ${figures} (${data})`));
  }
  printLine(printable(`${plural(files.length, 'file')}; the page is ${join(out, 'index.html')}`));
}

/** Every number of the report; -1: no ground truth of this kind. */
function toJson({ runs, rows }: Report, files: readonly string[]): object {
  return {
    table2: rows,
    runs: runs.map(({ name, model, curves, kept, evaluations }) => ({
      ...{ name, model, kept },
      curves: curves && { steps: curves.steps, data: curves.data, validation: curves.validation },
      evaluations: evaluations.map(
        ({ data, evaluation, intervals, topClass, roiAccuracy, confusion, errors, reliability }) => ({
          data,
          ...Object.fromEntries(cocoNumberNames.map((number) => [number, evaluation[number]])),
          perClass: evaluation.perClass,
          ...{ intervals, roiAccuracy, topClassAccuracy: topClass.accuracy, errors },
          ...{ calibrationError: expectedCalibrationError(reliability.bins), reliability },
          confusion: { ...confusion, counts: rowsOf(confusion.counts, confusion.classes.length + 1) },
        }),
      ),
    })),
    files,
  };
}

function rowsOf(counts: Int32Array, size: number): number[][] {
  return Array.from({ length: size }, (_, row) => [...counts.subarray(row * size, (row + 1) * size)]);
}
