/** @file What `deepshop evaluate --model` runs: a model over the photos of an annotation file. */

import { createBaseline, readAnyModel } from '../baseline/model-node.ts';
import type { DetectedGarments } from '../detector/detector.ts';
import { createDetector, detectFiles } from '../detector/detector-node.ts';
import type { GroundTruth } from '../detector/rpn-targets.ts';
import { DeepShopError } from '../errors/errors.ts';
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import { roiAccuracy } from '../training/roi-accuracy-node.ts';
import type { DetectAll } from './evaluate.ts';
import { showProgress } from './progress.ts';

/** Detections in the labels of the annotations, and the accuracy of the box head over sampled regions; a baseline has none. */
export const detectAllWithModel: DetectAll = async ({ model: directory, paths, groundTruth }) => {
  const { kind, model } = await readAnyModel(directory);
  const labelOf = matchLabels(model.config.classes, groundTruth.classes, directory);
  const detector = await (kind === 'baseline' ? createBaseline(model) : createDetector(model));
  const detecting = showProgress('detecting', paths.length);
  const found = await detectFiles(detector, paths, detecting.update).finally(detecting.stop);
  await detector.release();
  const answers = found.map((answer) => relabelled(answer, labelOf));
  if (kind === 'baseline') return { photos: answers, roiAccuracy: -1 };
  const photos = truthOfPhotos(groundTruth, labelOf).map((truth, index) => ({ path: paths[index], truth }));
  const sampling = showProgress('sampling regions', paths.length);
  const accuracy = await roiAccuracy(model, photos, { onPhoto: sampling.update }).finally(sampling.stop);
  return { photos: answers, roiAccuracy: accuracy };
};

/** The annotations' label of each label of the model, by name; 0 for background. */
export function matchLabels(ours: readonly string[], theirs: readonly string[], where: string): Int32Array {
  if ([...ours].sort().join('\n') !== [...theirs].sort().join('\n')) {
    throw new DeepShopError('classes-differ', 'the model and the annotations have different classes', {
      where,
      expected: theirs.join(', '),
      got: ours.join(', '),
      cure: 'Relabel the annotations with deepshop prepare, or take the model that was trained on them.',
    });
  }
  return Int32Array.from([0, ...ours.map((name) => theirs.indexOf(name) + 1)]);
}

function relabelled(answer: DetectedGarments, labelOf: Int32Array): DetectedGarments {
  return { ...answer, labels: answer.labels.map((label) => labelOf[label]) };
}

/** What is in each photo, in the labels of the model. */
function truthOfPhotos(groundTruth: CocoGroundTruth, labelOf: Int32Array): GroundTruth[] {
  return rowsByPhoto(groundTruth).map((rows) => {
    const garments = rows.filter((row) => groundTruth.crowds[row] === 0);
    return {
      boxes: cornersOf(groundTruth, garments),
      labels: Int32Array.from(garments, (row) => labelOf.indexOf(groundTruth.labels[row])),
      crowdBoxes: cornersOf(
        groundTruth,
        rows.filter((row) => groundTruth.crowds[row] === 1),
      ),
    };
  });
}

/** Rows of the ground truth that each photo has. */
export function rowsByPhoto({ numImages, images }: CocoGroundTruth): number[][] {
  const rowsOf = Array.from({ length: numImages }, (): number[] => []);
  for (const [row, image] of images.entries()) rowsOf[image].push(row);
  return rowsOf;
}

/** `[rows, 4]` x1, y1, x2, y2 of some rows. */
export function cornersOf({ boxes }: CocoGroundTruth, rows: readonly number[]): Float32Array {
  return Float32Array.from(
    rows.flatMap((row) => {
      const [x, y, width, height] = boxes.subarray(4 * row, 4 * row + 4);
      return [x!, y!, x! + width!, y! + height!];
    }),
  );
}
