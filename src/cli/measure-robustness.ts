/** @file Runs a detector over photos as they are and over the same made worse. */
import { basename, resolve } from 'node:path';
import { mapAhead } from '../concurrency/map-ahead.ts';
import { createDetector } from '../detector/detector-node.ts';
import { readModel } from '../detector/model-directory-node.ts';
import type { CocoGroundTruth } from '../evaluation/coco-files.ts';
import { gatherDetections, type PhotoDetections } from '../evaluation/columns.ts';
import { evaluateDetections } from '../evaluation/evaluate-detections.ts';
import { readPhoto } from '../image/decode-node.ts';
import { distortPhoto } from '../image/distort-node.ts';
import type { Distortion } from '../image/distortions.ts';
import { Random, seedFrom } from '../random/random.ts';
import { cornersOf, matchLabels, rowsByPhoto } from './detect-all.ts';
import { showProgress } from './progress.ts';
import { type OpenedData, openData } from './report-runs.ts';

/** On one data set. */
export interface Robustness {
  readonly data: string;
  readonly part: string;
  readonly photos: number;
  readonly boxes: number;
  readonly plain: Precision;
  readonly distorted: readonly ({ readonly distortion: Distortion; readonly drop: number } & Precision)[];
}

export interface Precision {
  readonly AP: number;
  readonly AP50: number;
}

export interface RobustnessOptions {
  /** Directory. */
  readonly model: string;
  /** `DIR[:PART]` */
  readonly data: readonly string[];
  readonly distort: readonly Distortion[];
  readonly seed: number;
}

export async function measureRobustness({
  model: directory,
  data,
  distort,
  seed,
}: RobustnessOptions): Promise<Robustness[]> {
  const sets: OpenedData[] = [];
  for (const text of data) sets.push(await openData(text));
  const model = await readModel(directory);
  const detector = await createDetector(model);
  const total = sets.reduce((sum, { paths }) => sum + paths.length * (1 + distort.length), 0);
  const progress = showProgress('detecting', total);
  let done = 0;

  async function precisionOn({ groundTruth, paths }: OpenedData, distortion: Distortion | null): Promise<Precision> {
    const labelOf = matchLabels(model.config.classes, groundTruth.classes, directory);
    const truth = { ...groundTruth, boxes: groundTruth.boxes.slice() };
    const rowsOf = rowsByPhoto(groundTruth);
    const answers: PhotoDetections[] = [];
    const read = async ({ path, index }: { path: string; index: number }) => {
      const photo = await readPhoto(path);
      if (distortion === null) return photo;
      const random = new Random(seedFrom(seed, distortion, groundTruth.imageIds[index]!));
      const { photo: worse, boxes } = await distortPhoto(
        distortion,
        photo,
        cornersOf(groundTruth, rowsOf[index]!),
        random,
      );
      replaceBoxes(truth, rowsOf[index]!, boxes);
      return worse;
    };
    const photos = paths.map((path, index) => ({ path, index }));
    for await (const photo of mapAhead(photos, 2, read)) {
      const { detections } = await detector.detect(photo);
      answers.push({ ...detections, labels: detections.labels.map((label) => labelOf[label]!) });
      progress.update(++done);
    }
    const { AP, AP50 } = evaluateDetections({ groundTruth: truth, detections: gatherDetections(answers) });
    return { AP, AP50 };
  }

  const measured: Robustness[] = [];
  try {
    for (const set of sets) {
      const plain = await precisionOn(set, null);
      const distorted: Robustness['distorted'][number][] = [];
      for (const distortion of distort) {
        const precision = await precisionOn(set, distortion);
        distorted.push({ distortion, ...precision, drop: plain.AP50 - precision.AP50 });
      }
      const { directory: folder, part, groundTruth, paths } = set;
      const boxes = groundTruth.crowds.filter((crowd) => crowd === 0).length;
      measured.push({ data: basename(resolve(folder)), part, photos: paths.length, boxes, plain, distorted });
    }
  } finally {
    progress.stop();
    await detector.release();
  }
  return measured;
}

/** @param corners `[rows, 4]` x1, y1, x2, y2 */
function replaceBoxes({ boxes }: Pick<CocoGroundTruth, 'boxes'>, rows: readonly number[], corners: Float32Array): void {
  for (const [index, row] of rows.entries()) {
    const [x1, y1, x2, y2] = corners.subarray(4 * index, 4 * index + 4);
    boxes.set([x1!, y1!, x2! - x1!, y2! - y1!], 4 * row);
  }
}
