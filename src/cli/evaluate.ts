/** @file `deepshop evaluate`: how good detections are, by COCO's box metrics. */
import { join } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { type BootstrapIntervals, bootstrapIntervals } from '../evaluation/bootstrap.ts';
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import { readCocoDetections, readCocoGroundTruth } from '../evaluation/coco-files-node.ts';
import { type Detections, gatherDetections, type PhotoDetections } from '../evaluation/columns.ts';
import { describeEvaluation, describeOwnSets, describeSize } from '../evaluation/describe-evaluation.ts';
import {
  type CocoEvaluation,
  cocoNumberNames,
  evaluateDetections,
  meanOverFrequentClasses,
} from '../evaluation/evaluate-detections.ts';
import type { AreaRange } from '../evaluation/match-detections.ts';
import { topClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { log, parsePositiveInteger, parseSeed, printJson, printLine } from './command-runtime.ts';
import { evaluateRetrievalCommand } from './evaluate-retrieval.ts';
import { evaluateRobustnessCommand } from './evaluate-robustness.ts';
import { parseAreaRanges, parseIouThresholds } from './evaluation-sets.ts';

/**
 * Runs a model over the photos of a data set.
 *
 * Labels follow `groundTruth.classes`; it refuses a model whose classes are others.
 */
export type DetectAll = (request: {
  readonly model: string;
  /** Where each photo is, in the order of `groundTruth.fileNames`. */
  readonly paths: readonly string[];
  readonly groundTruth: CocoGroundTruth;
}) => Promise<{
  /** One answer a photo, in the order of `paths`. */
  readonly photos: readonly PhotoDetections[];
  /** Share of sampled RoIs, background included, whose class is right; -1 where there are none. */
  readonly roiAccuracy: number;
}>;

interface EvaluateFlags {
  annotations?: string;
  detections?: string;
  model?: string;
  images?: string;
  iou?: readonly number[];
  areas?: readonly AreaRange[];
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
  return (
    new Command('evaluate')
      // What follows `retrieval` is that command's, `--model` too.
      .enablePositionalOptions()
      .description("COCO's box metrics of a results file, or of a model over a data set")
      .option('--annotations <file>', 'COCO file of the ground truth')
      .option('--detections <file>', 'COCO results file: a list of {image_id, category_id, bbox, score}')
      .option('--model <dir>', 'model to run')
      .option('--images <dir>', 'folder that the file names start from')
      .option('--iou <list>', 'thresholds in place of 0.50 to 0.95: 0.5,0.75', parseIouThresholds)
      .option(
        '--areas <list>',
        "ranges of an annotation's area in square pixels: small:0-1024,large:1024-",
        parseAreaRanges,
      )
      .option('--bootstrap <n>', 'add 95 % intervals from so many resamples of the photos', parsePositiveInteger)
      .option('--seed <n>', 'seed of the resamples', parseSeed, 0)
      .option('--json', 'print one JSON document')
      .addCommand(evaluateRetrievalCommand())
      .addCommand(evaluateRobustnessCommand())
      .action(async (flags: EvaluateFlags) => {
        checkFlags(flags);
        const annotations = flags.annotations!;
        const groundTruth = await readCocoGroundTruth(annotations);
        if (groundTruth.idZero !== undefined) {
          log('note: what matches the annotation with id 0 is counted as a false alarm, as pycocotools does');
        }
        const { detections, ...accuracies } = await detect(flags, groundTruth, detectAll);
        const { iou, areas } = flags;
        const evaluation = evaluateDetections({
          groundTruth,
          detections,
          ...(iou === undefined ? {} : { iouThresholds: iou }),
          ...(areas === undefined ? {} : { areaRanges: areas }),
        });
        const isOwn = iou !== undefined || areas !== undefined;
        const intervals =
          flags.bootstrap === undefined
            ? undefined
            : bootstrapIntervals(evaluation.matches, { resamples: flags.bootstrap, seed: flags.seed });
        if (flags.json) {
          printJson(toJson(evaluation, accuracies, intervals, isOwn));
          return;
        }
        const source = flags.detections ?? flags.model;
        printLine(printable(`${annotations}, ${source}`));
        printLine(`${describeSize(groundTruth, detections.scores.length)}\n`);
        printLine((isOwn ? describeOwnSets : describeEvaluation)(evaluation, intervals));
        for (const line of describeAccuracies(accuracies)) printLine(line);
      })
  );
}

/** The network is not read before it is needed. */
const runModel: DetectAll = async (request) => (await import('./detect-all.ts')).detectAllWithModel(request);

/** Empty without a model. */
type Accuracies = Readonly<Partial<Record<'roiAccuracy' | 'topClassAccuracy', number>>>;

function describeAccuracies({ roiAccuracy, topClassAccuracy: topClass }: Accuracies): string[] {
  return [
    ...(roiAccuracy === undefined
      ? []
      : [`sampled regions whose class is right, background included: ${roiAccuracy.toFixed(4)} (RoI accuracy)`]),
    ...(topClass === undefined
      ? []
      : [
          topClass < 0
            ? 'no photo has a label'
            : `photos whose best detection is of a class that is in them: ${topClass.toFixed(4)}`,
        ]),
  ];
}

/** Detections from the file or the model; the model's accuracies beside them. */
async function detect(
  { detections, model, images }: EvaluateFlags,
  groundTruth: CocoGroundTruth,
  detectAll: DetectAll,
): Promise<{ readonly detections: Detections } & Accuracies> {
  if (detections !== undefined) return { detections: await readCocoDetections(detections, groundTruth) };
  const paths = groundTruth.fileNames.map((name) => join(images!, name));
  const answer = await detectAll({ model: model!, paths, groundTruth });
  const gathered = gatherDetections(answer.photos);
  return {
    detections: gathered,
    ...(answer.roiAccuracy === -1 ? {} : { roiAccuracy: answer.roiAccuracy }),
    topClassAccuracy: topClassAccuracy(groundTruth, gathered).accuracy,
  };
}

function checkFlags({ annotations, detections, model, images }: EvaluateFlags): void {
  // Not commander's own check: it would ask the sub-command for the flag too.
  if (annotations === undefined) {
    throw new UsageError('there is nothing to compare with', { expected: '--annotations FILE', got: 'none' });
  }
  const given = [detections && '--detections', model && '--model', images && '--images'].filter(Boolean).join(' and ');
  const isUsable = detections !== undefined ? given === '--detections' : model !== undefined && images !== undefined;
  if (isUsable) return;
  throw new UsageError('evaluate needs something to compare with the annotations', {
    expected: '--detections FILE, or --model DIR with --images DIR',
    got: given === '' ? 'neither' : given,
    cure: 'Give one of the two.',
  });
}

/** The contract's document; sets of one's own and `bootstrap` only where they were asked for. */
function toJson(
  evaluation: CocoEvaluation,
  accuracies: Accuracies,
  intervals: BootstrapIntervals | undefined,
  isOwn: boolean,
): object {
  const { perClass, perAreaRange, perIouThreshold } = evaluation;
  return {
    ...Object.fromEntries(cocoNumberNames.map((name) => [name, evaluation[name]])),
    perClass,
    ...(isOwn ? { perAreaRange, perIouThreshold } : {}),
    ...accuracies,
    ...(intervals === undefined
      ? {}
      : {
          bootstrap: {
            ...intervals,
            frequentClasses: { ...meanOverFrequentClasses(perClass), intervals: intervals.frequentClasses },
          },
        }),
  };
}
