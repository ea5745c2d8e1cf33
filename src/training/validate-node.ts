/** @file Validation: the losses and the COCO numbers of a run's weights on the dev fold of its data sets. */
import { basename, resolve } from 'node:path';
import { openBatches } from '../dataset/batches-node.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { parseCocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections } from '../evaluation/columns.ts';
import { type CocoNumbers, cocoNumberNames, evaluateDetections } from '../evaluation/evaluate-detections.ts';
import { topClassAccuracy } from '../evaluation/top-class-accuracy.ts';
import { noAugmentation } from '../image/augmentation-config.ts';
import { batchConfigOf, type Recipe } from './recipe.ts';
import { type RunStart, servedParameters } from './start-node.ts';
import type { StepSet } from './step-set-node.ts';
import type { FileDetector, Losses } from './trainable.ts';

/**
 * With the share of sampled regions whose highest class is right, background included: Detectron's "accuracy". Left out
 * where there are no regions.
 */
export type ValidationLosses = Losses & { readonly roiAccuracy?: number };

export interface ValidationNumbers extends CocoNumbers {
  /** The share of labelled photos whose best detection names something that is in them. */
  readonly topClassAccuracy: number;
  readonly photos: number;
  readonly boxes: number;
}

export interface Validation {
  readonly step: number;
  readonly losses: ValidationLosses;
  /** By name of the data set. */
  readonly perDataset: Readonly<Record<string, ValidationNumbers>>;
  /** Mean of AP50 over the data sets: what the kept model is chosen by. */
  readonly score: number;
  readonly isBest: boolean;
}

export async function validateRun(run: RunStart, recipe: Recipe, steps: StepSet): Promise<Validation> {
  const opened = await Promise.all(run.sets.map(({ dataset }) => openDataset(dataset.directory, 'dev')));
  const sets = opened
    .filter(({ records }) => records.length > 0)
    .map((set) => spreadPhotos(set, recipe.validationPhotos));
  const losses = await meanLosses(sets, recipe, steps);
  const { state, trainable } = run;
  const detector = await trainable.openDetector(servedParameters(run));
  const perDataset: Record<string, ValidationNumbers> = {};
  const names = datasetNames(sets);
  for (const [index, set] of sets.entries()) perDataset[names[index]] = await numbersOn(detector, set);
  await detector.release();
  const found = Object.values(perDataset);
  // A set that shows no garment has no precision (-1) and says nothing of which model is best.
  const judged = found.filter(({ AP50 }) => AP50 >= 0);
  const score = judged.reduce((sum, { AP50 }) => sum + AP50, 0) / Math.max(1, judged.length);
  return { step: state.step, losses, perDataset, score, isBest: state.best === null || score > state.best.score };
}

/** Folder names alone: a log or a model says nothing of the machine. Of equal ones, with their place in the list. */
function datasetNames(sets: readonly Dataset[]): string[] {
  const names = sets.map(({ directory }) => basename(resolve(directory)));
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${name} (${index + 1})`));
}

async function numbersOn(detector: FileDetector, { coco, records, directory }: Dataset): Promise<ValidationNumbers> {
  const detections = gatherDetections(await detector.detectFiles(records.map(({ photoPath }) => photoPath)));
  const groundTruth = parseCocoGroundTruth(coco, directory);
  const found = evaluateDetections({ groundTruth, detections });
  return {
    ...(Object.fromEntries(cocoNumberNames.map((name) => [name, found[name]])) as CocoNumbers),
    topClassAccuracy: topClassAccuracy(groundTruth, detections).accuracy,
    photos: records.length,
    boxes: records.reduce((sum, { labels }) => sum + labels.length, 0),
  };
}

/** Means over batches of photos as they are. */
async function meanLosses(sets: readonly Dataset[], recipe: Recipe, steps: StepSet): Promise<ValidationLosses> {
  const config = batchConfigOf(recipe);
  // Where a photo is as large as its canvas allows, one canvas is as good as another, and one graph is enough.
  const canvases = config.resize === undefined ? config.canvases.slice(0, 1) : config.canvases;
  const batches = openBatches(
    sets.map((dataset) => ({ dataset, weight: 1 })),
    { ...config, canvases, augmentation: noAugmentation, negatives: true, repeatThreshold: 0 },
    { workers: 0, batches: 0 },
  );
  const sums: Record<string, number> = {};
  let [regions, correct] = [0, 0];
  for (let index = 0; index < batches.stepsPerEpoch; index++) {
    const result = await steps.measure((await batches.batchAt(index)).batch, index);
    for (const [name, value] of Object.entries(result.losses)) sums[name] = (sums[name] ?? 0) + value;
    regions += result.regions;
    correct += result.correctRegions;
  }
  await batches.close();
  const means = Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, value / batches.stepsPerEpoch]));
  return { ...means, total: means.total!, ...(regions > 0 ? { roiAccuracy: correct / regions } : {}) };
}

/** At most so many photos of a data set, evenly from all of it. */
function spreadPhotos(dataset: Dataset, limit: number): Dataset {
  const { records, coco } = dataset;
  if (records.length <= limit) return dataset;
  const chosen = Array.from({ length: limit }, (_, i) => records[Math.floor((i * records.length) / limit)]);
  const ids = new Set(chosen.map(({ imageId }) => imageId));
  const images = coco.images.filter(({ id }) => ids.has(id));
  const annotations = coco.annotations.filter(({ image_id }) => ids.has(image_id));
  return { ...dataset, records: chosen, coco: { ...coco, images, annotations } };
}
