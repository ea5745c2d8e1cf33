/** @file Validation: the four losses and the COCO numbers of some weights on photos that are not trained on. */
import type { BatchSource } from '../dataset/batches-node.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Detector } from '../detector/detector.ts';
import { parseCocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections, type PhotoDetections } from '../evaluation/columns.ts';
import { type CocoSummary, evaluateDetections } from '../evaluation/evaluate-detections.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { Arrays } from '../nn/optimizers.ts';
import type { Losses, TrainingStep } from './training-step.ts';

/** The COCO numbers of a detector over the photos of a data set. */
export async function validateDetections(
  detector: Detector,
  { coco, records, directory }: Dataset,
): Promise<CocoSummary> {
  const answers: PhotoDetections[] = [];
  for (const { photoPath } of records) answers.push((await detector.detect(await readPhoto(photoPath))).detections);
  const groundTruth = parseCocoGroundTruth(coco, directory);
  const {
    matches: _matches,
    curves: _curves,
    ...summary
  } = evaluateDetections({ groundTruth, detections: gatherDetections(answers) });
  return summary;
}

export interface ValidationLosses extends Losses {
  /** Share of sampled regions whose highest class is right, background included: Detectron's "accuracy". */
  readonly roiAccuracy: number;
}

/** Mean losses over the batches of one epoch. */
export async function validateLosses(
  step: TrainingStep,
  parameters: Arrays,
  batches: BatchSource,
): Promise<ValidationLosses> {
  const sums: Record<string, number> = {};
  let [regions, correct] = [0, 0];
  for (let index = 0; index < batches.stepsPerEpoch; index++) {
    const { batch } = await batches.batchAt(index);
    const result = await step.run(batch, parameters, index);
    for (const [name, value] of Object.entries(result.losses))
      sums[name] = (sums[name] ?? 0) + value / batches.stepsPerEpoch;
    regions += result.regions;
    correct += result.correctRegions;
  }
  return { ...(sums as unknown as Losses), roiAccuracy: correct / regions };
}

/** At most so many photos of a data set, spread evenly over it. */
export function firstPhotos(dataset: Dataset, limit: number): Dataset {
  if (dataset.records.length <= limit) return dataset;
  const records = Array.from(
    { length: limit },
    (_, i) => dataset.records[Math.floor((i * dataset.records.length) / limit)]!,
  );
  const ids = new Set(records.map(({ imageId }) => imageId));
  const { coco } = dataset;
  return {
    ...dataset,
    records,
    coco: {
      ...coco,
      images: coco.images.filter(({ id }) => ids.has(id)),
      annotations: coco.annotations.filter(({ image_id }) => ids.has(image_id)),
    },
  };
}
