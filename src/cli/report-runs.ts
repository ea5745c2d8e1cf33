/** @file What `deepshop report` reads: runs, models and logs, and what a model finds on a data set. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Dataset, DatasetPart } from '../dataset/dataset.ts';
import { DatasetError } from '../dataset/dataset-error.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { type ScoreCalibration, uncalibrated } from '../detector/detect-graph.ts';
import { calibrationSchema, type MinScore } from '../detector/model-directory.ts';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { bootstrapIntervals } from '../evaluation/bootstrap.ts';
import { rawMatches } from '../evaluation/calibrate-scores.ts';
import { type CocoGroundTruth, parseCocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections } from '../evaluation/columns.ts';
import { confusionMatrix } from '../evaluation/confusion-matrix.ts';
import { errorBreakdown } from '../evaluation/error-breakdown.ts';
import { evaluateDetections } from '../evaluation/evaluate-detections.ts';
import { reliabilityBins } from '../evaluation/reliability.ts';
import { topClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { dataOf, type ReportRun, type SetEvaluation, slug } from '../report/report-data.ts';
import { runCurves } from '../report/run-curves.ts';
import { TrainingLog } from '../training/training-log-node.ts';
import type { DetectAll } from './evaluate.ts';

/** A run before anything is evaluated. */
export interface OpenedRun extends Omit<ReportRun, 'evaluations'> {
  /** Its model directory; null for a log alone. */
  readonly directory: string | null;
  /** Detections from here on are shown by its model. */
  readonly minScore: MinScore | null;
  /** Of its scores; null where it leaves them as they are. */
  readonly calibration: ScoreCalibration | null;
}

const modelSchema = z.object({
  name: z.string(),
  kind: z.string().optional(),
  architecture: z.object({ trunk: z.string() }).partial().optional(),
  minScore: z.union([z.number(), z.record(z.string(), z.number())]).optional(),
  calibration: calibrationSchema,
});

/** A folder with `log.jsonl`, a model directory, or a log file; which one is told by what is in it. */
export async function openRun(path: string): Promise<Omit<OpenedRun, 'name'>> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => null,
  );
  if (isFile === null) throw missing(path, 'nothing');
  if (isFile) return { ...noModel, ...(await readLog(path)) };
  const log = await readLog(join(path, 'log.jsonl')).catch(() => null);
  const inside = log === null ? path : join(path, 'best');
  const json = await readFile(join(inside, 'model.json'), 'utf8').catch(() => null);
  if (log === null && json === null) throw missing(path, 'a folder with neither');
  if (json === null) return { ...noModel, ...log! };
  const { name, kind, architecture, minScore, calibration } = parseModelJson(json, join(inside, 'model.json'));
  const trunk = kind === 'baseline' ? 'of five convolutions' : (architecture?.trunk ?? 'of its own');
  const model = { name, trunk };
  return {
    model,
    directory: inside,
    minScore: minScore ?? null,
    calibration: isDeepStrictEqual(calibration, uncalibrated) ? null : calibration,
    ...(log ?? { curves: null, kept: await keptOf(inside) }),
  };
}

const noModel = { model: null, directory: null, minScore: null, calibration: null };

function parseModelJson(json: string, where: string): z.infer<typeof modelSchema> {
  try {
    return modelSchema.parse(JSON.parse(json));
  } catch (cause) {
    const facts = { where, expected: 'the description of a model', cure: 'Export or train the model again.' };
    throw new DeepShopError('run-malformed', 'model.json is damaged', facts, { cause });
  }
}

function missing(path: string, got: string): DeepShopError {
  return new DeepShopError('run-missing', 'is no run, model or log', {
    where: path,
    expected: 'a folder with log.jsonl or model.json, or a log file',
    got,
    cure: 'Give the folder that deepshop train wrote (--out), or a model directory.',
  });
}

async function readLog(path: string): Promise<Pick<OpenedRun, 'curves' | 'kept'>> {
  const records = await new TrainingLog(path).read();
  if (records.length === 0) throw missing(path, 'no line of a log');
  const curves = runCurves(records);
  return { curves, kept: curves.kept };
}

/** The validation that a kept model carries; a published one may carry other figures. */
async function keptOf(directory: string): Promise<OpenedRun['kept']> {
  try {
    const metrics = JSON.parse(await readFile(join(directory, 'metrics.json'), 'utf8')) as object | null;
    return runCurves([{ ...metrics, kind: 'validation' }]).kept;
  } catch {
    // Not there, or not ours: a model need not say how it did.
    return null;
  }
}

/**
 * Names of folders or files for people: the last part of each path, more of it where that is not enough, a number where
 * nothing is. They differ in letters and digits: files are named after them.
 */
export function nameByPath(paths: readonly string[]): string[] {
  const parts = paths.map((path) =>
    resolve(path)
      .replace(/\.jsonl$/, '')
      .split(sep)
      .filter((part) => part !== ''),
  );
  const names: string[] = [];
  for (const [index, path] of parts.entries()) {
    // `best`, `last` and `log` say nothing alone.
    const first = ['best', 'last', 'log'].includes(path.at(-1) ?? '') ? 2 : 1;
    const lengths = Array.from({ length: Math.max(1, path.length) }, (_, length) => length + first);
    const nameOf = (length: number, of: readonly string[] = path) => of.slice(-length).join('/') || 'root';
    const isAlone = (name: string, length: number) =>
      parts.every((other, place) => place === index || slug(nameOf(length, other)) !== slug(name)) &&
      names.every((other) => slug(other) !== slug(name));
    const length = lengths.find((each) => isAlone(nameOf(each), each));
    let name = nameOf(length ?? first);
    for (let number = 2; names.some((other) => slug(other) === slug(name)); number++)
      name = `${nameOf(first)} ${number}`;
    names.push(name);
  }
  return names;
}

/** A part of a data set, with where its photos are in the order of the ground truth. */
export interface OpenedData {
  readonly directory: string;
  readonly part: DatasetPart;
  readonly groundTruth: CocoGroundTruth;
  readonly paths: readonly string[];
}

const parts: readonly DatasetPart[] = ['val', 'dev', 'train', 'train+dev', 'all'];

/** `DIR[:PART]`; without a part `val`, or the dev fold where there is no split: neither was trained on. */
export async function openData(text: string): Promise<OpenedData> {
  const [, directory = text, named] = /^(.+):([a-z+]+)$/.exec(text) ?? [];
  const part = parts.find((each) => each === named);
  if (named !== undefined && part === undefined) {
    throw new UsageError('a data set has no such part', {
      where: `--data ${text}`,
      expected: parts.join(', '),
      got: named,
    });
  }
  const dataset = part === undefined ? await openUnseen(directory) : await openDataset(directory, part);
  if (dataset.records.length === 0) {
    throw new DeepShopError('data-empty', `part ${dataset.part} has no photos`, {
      where: directory,
      expected: 'photos to evaluate on',
      cure: 'Name another part: DIR:all, or prepare more photos.',
    });
  }
  const groundTruth = parseCocoGroundTruth(dataset.coco, directory);
  const pathOf = new Map(dataset.records.map(({ imageId, photoPath }) => [imageId, photoPath]));
  const paths = groundTruth.imageIds.map((id) => pathOf.get(id)!);
  return { directory, part: dataset.part, groundTruth, paths };
}

async function openUnseen(directory: string): Promise<Dataset> {
  try {
    return await openDataset(directory, 'val');
  } catch (error) {
    if (error instanceof DatasetError && error.code === 'dataset-split') return openDataset(directory, 'dev');
    throw error;
  }
}

/** Runs a model over a data set and measures all that a report shows. */
export async function evaluateOn(
  { part, groundTruth, paths }: OpenedData,
  model: string,
  options: {
    /** Of the data set. */
    readonly name: string;
    readonly minScore: MinScore;
    /** Of the model's scores, which is taken back to show what they were; null where it has none. */
    readonly calibration: ScoreCalibration | null;
    /** 0 for no intervals. */
    readonly resamples: number;
    readonly seed: number;
    readonly detectAll: DetectAll;
  },
): Promise<SetEvaluation> {
  const { name, minScore, calibration, resamples, seed, detectAll } = options;
  const answer = await detectAll({ model, paths, groundTruth });
  const detections = gatherDetections(answer.photos);
  const evaluation = evaluateDetections({ groundTruth, detections });
  return {
    data: dataOf(name, part, groundTruth),
    groundTruth,
    detections,
    evaluation,
    intervals: resamples === 0 ? null : bootstrapIntervals(evaluation.matches, { resamples, seed }),
    topClass: topClassAccuracy(groundTruth, detections),
    roiAccuracy: answer.roiAccuracy,
    confusion: confusionMatrix(groundTruth, detections, { minScore }),
    errors: errorBreakdown(groundTruth, detections, { minScore }),
    reliability: {
      bins: reliabilityBins(evaluation.matches),
      rawBins: calibration === null ? null : reliabilityBins(rawMatches(evaluation.matches, calibration)),
    },
  };
}
