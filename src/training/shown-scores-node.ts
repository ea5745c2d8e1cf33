/**
 * @file The score of each class from which on a detector's garments are shown.
 *
 * Chosen on dev folds: on the photos that it was trained on, every detector is sure and right.
 */
import type { Dataset } from '../dataset/dataset.ts';
import { createDetector, detectFiles } from '../detector/detector-node.ts';
import type { Model } from '../detector/model-directory.ts';
import { DeepShopError } from '../errors/errors.ts';
import { parseCocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections } from '../evaluation/columns.ts';
import { cocoAreaRanges, type Matches, matchDetections } from '../evaluation/match-detections.ts';
import { scoresOfBestF1 } from '../evaluation/shown-counts.ts';

/**
 * The scores with the best F1 at half overlap ({@link scoresOfBestF1}).
 *
 * @param datasets of the model's classes in its order
 * @returns by class
 */
export async function chooseShownScores(model: Model, datasets: readonly Dataset[]): Promise<Record<string, number>> {
  for (const { classes, directory } of datasets) {
    if (classes.join() === model.config.classes.join()) continue;
    throw new DeepShopError('classes-differ', 'the model and the data set have different classes', {
      where: directory,
      expected: model.config.classes.join(', '),
      got: classes.join(', '),
      cure: 'Prepare the data with the relabelling that the model was trained with.',
    });
  }
  const detector = await createDetector(model);
  try {
    const folds: Matches[] = [];
    for (const dataset of datasets) folds.push(await halfOverlapMatches(detector, dataset));
    const scores = scoresOfBestF1(folds);
    return Object.fromEntries(model.config.classes.map((label, index) => [label, scores[index]]));
  } finally {
    await detector.release();
  }
}

async function halfOverlapMatches(
  detector: Awaited<ReturnType<typeof createDetector>>,
  { coco, records, directory }: Dataset,
): Promise<Matches> {
  const groundTruth = parseCocoGroundTruth(coco, directory);
  const paths = records.map(({ photoPath }) => photoPath);
  const detections = gatherDetections(await detectFiles(detector, paths));
  return matchDetections(groundTruth, detections, { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) });
}
