/** @file `deepshop evaluate`: how good detections are, by COCO's box metrics. */
import { Command } from 'commander';
import { UsageError } from '../errors/errors.ts';
import { printable, printableJson } from '../errors/printable.ts';
import { type BootstrapIntervals, bootstrapIntervals } from '../evaluation/bootstrap.ts';
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import { readCocoDetections, readCocoGroundTruth } from '../evaluation/coco-files-node.ts';
import { type Detections, gatherDetections, type PhotoDetections } from '../evaluation/columns.ts';
import { describeEvaluation, describeSize } from '../evaluation/describe-evaluation.ts';
import {
  type CocoSummary,
  cocoNumberNames,
  evaluateDetections,
  meanOverFrequentClasses,
} from '../evaluation/evaluate-detections.ts';
import { topClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { parsePositiveInteger, parseSeed } from './command-runtime.ts';

/**
 * Runs a model over the photos of a data set.
 *
 * Labels follow `groundTruth.classes`; it refuses a model whose classes are others.
 */
export type DetectAll = (request: {
  readonly model: string;
  /** Folder that the file names start from. */
  readonly images: string;
  readonly groundTruth: CocoGroundTruth;
}) => Promise<{
  /** One answer a photo, in the order of `groundTruth.fileNames`. */
  readonly photos: readonly PhotoDetections[];
  /** Share of sampled RoIs, background included, whose class is right. */
  readonly roiAccuracy: number;
}>;

interface EvaluateFlags {
  annotations: string;
  detections?: string;
  model?: string;
  images?: string;
  bootstrap?: number;
  seed: number;
  json?: boolean;
}

/**
 * The command, to be added to the program.
 *
 * @param detectAll what `--model` runs
 */
export function evaluateCommand(detectAll: DetectAll = runModel): Command {
  const command = new Command('evaluate')
    .description("COCO's box metrics of a results file, or of a model over a data set")
    .requiredOption('--annotations <file>', 'COCO file of the ground truth')
    .option('--detections <file>', 'COCO results file: a list of {image_id, category_id, bbox, score}')
    .option('--model <dir>', 'model to run')
    .option('--images <dir>', 'folder that the file names start from')
    .option('--bootstrap <n>', 'add 95 % intervals from so many resamples of the photos', parsePositiveInteger)
    .option('--seed <n>', 'seed of the resamples', parseSeed, 0)
    .option('--json', 'print one JSON document');
  return command.action(async (flags: EvaluateFlags) => {
    const { writeOut, writeErr } = command.configureOutput();
    checkFlags(flags);
    const groundTruth = await readCocoGroundTruth(flags.annotations);
    if (groundTruth.idZero !== undefined) {
      writeErr?.('note: what matches the annotation with id 0 is counted as a false alarm, as pycocotools does\n');
    }
    const { detections, ...accuracies } = await detect(flags, groundTruth, detectAll);
    const { matches, ...evaluation } = evaluateDetections({ groundTruth, detections });
    const intervals =
      flags.bootstrap === undefined
        ? undefined
        : bootstrapIntervals(matches, { resamples: flags.bootstrap, seed: flags.seed });
    if (flags.json) {
      writeOut?.(`${printableJson(toJson(evaluation, accuracies, intervals))}\n`);
      return;
    }
    const source = flags.detections ?? flags.model;
    writeOut?.(
      `${printable(`${flags.annotations}, ${source}`)}\n${describeSize(groundTruth, detections.scores.length)}\n\n`,
    );
    writeOut?.(describeEvaluation(evaluation, intervals));
    for (const [name, value] of Object.entries(accuracies)) writeOut?.(`${name} ${value.toFixed(4)}\n`);
  });
}

/** The network is not read before it is needed. */
const runModel: DetectAll = async (request) => (await import('./detect-all.ts')).detectAllWithModel(request);

/** Empty without a model. */
type Accuracies = Readonly<Partial<Record<'roiAccuracy' | 'topClassAccuracy', number>>>;

/** Detections from the file or the model; the model's accuracies beside them. */
async function detect(
  { detections, model, images }: EvaluateFlags,
  groundTruth: CocoGroundTruth,
  detectAll: DetectAll,
): Promise<{ readonly detections: Detections } & Accuracies> {
  if (detections !== undefined) return { detections: await readCocoDetections(detections, groundTruth) };
  const answer = await detectAll({ model: model!, images: images!, groundTruth });
  const gathered = gatherDetections(answer.photos);
  return {
    detections: gathered,
    roiAccuracy: answer.roiAccuracy,
    topClassAccuracy: topClassAccuracy(groundTruth, gathered).accuracy,
  };
}

function checkFlags({ detections, model, images }: EvaluateFlags): void {
  const given = [detections && '--detections', model && '--model', images && '--images'].filter(Boolean).join(' and ');
  const isUsable = detections !== undefined ? given === '--detections' : model !== undefined && images !== undefined;
  if (isUsable) return;
  throw new UsageError('evaluate needs something to compare with the annotations', {
    expected: '--detections FILE, or --model DIR with --images DIR',
    got: given === '' ? 'neither' : given,
  });
}

/** The contract's document; `bootstrap` only where it was asked for. */
function toJson(summary: CocoSummary, accuracies: Accuracies, intervals: BootstrapIntervals | undefined): object {
  return {
    ...Object.fromEntries(cocoNumberNames.map((name) => [name, summary[name]])),
    perClass: summary.perClass,
    ...accuracies,
    ...(intervals === undefined
      ? {}
      : {
          bootstrap: {
            ...intervals,
            frequentClasses: { ...meanOverFrequentClasses(summary.perClass), intervals: intervals.frequentClasses },
          },
        }),
  };
}
