/**
 * @file Makes one batch: reads its photos, augments them and lays them on the canvas.
 *
 * Every random number of a sample comes from (seed, step, place in the batch): a batch is the same bytes whoever makes
 * it, in whatever order.
 */
import { type AugmentationPlan, augment, drawPlan, type LabelledPhoto } from '../image/augment.ts';
import type { Cutout } from '../image/augment-paste.ts';
import { readPhoto } from '../image/decode-node.ts';
import { readMask } from '../image/mask-node.ts';
import { writePlanes } from '../image/preprocess.ts';
import { Random, seedFrom } from '../random/random.ts';
import { type BatchSchedule, isCutout, sizeOnCanvas } from './batch-schedule.ts';
import type { Batch, BatchConfig, Canvas, GroundTruth } from './batches.ts';
import type { DatasetRecord } from './dataset.ts';
import { DatasetError } from './dataset-error.ts';

/** The batch of a step. */
async function makeBatch(schedule: BatchSchedule, config: BatchConfig, step: number): Promise<Batch> {
  const { indices, canvas } = schedule.batchAt(step);
  const { height, width } = canvas;
  const samples = indices.map((index, place) => {
    const random = new Random(seedFrom(config.seed, 'sample', step, place));
    return planSample(schedule, schedule.records[index], canvas, config, random);
  });
  const pixels = new Float32Array(samples.length * 3 * height * width);
  const imageSizes = new Int32Array(samples.length * 2);
  const groundTruth: GroundTruth[] = [];
  // All photos decode at once in libuv's threads; the first fault is the one reported.
  const loading = samples.map((sample) => loadSample(sample));
  for (const each of loading) each.catch(() => {});
  for (const [place, { size, plan, random }] of samples.entries()) {
    const { ground, garments } = await loading[place];
    const { mean } = config.normalisation;
    const { frame, ...labels } = augment(plan, ground, garments, size, config.augmentation, mean, random);
    writePlanes(frame, config.normalisation, pixels, place * 3 * height * width, height, width);
    imageSizes.set([frame.height, frame.width], place * 2);
    groundTruth.push(labels);
  }
  return { pixels, height, width, imageSizes, groundTruth };
}

export interface MadeBatch {
  readonly batch: Batch;
  readonly makingMs: number;
}

export async function makeTimedBatch(schedule: BatchSchedule, config: BatchConfig, step: number): Promise<MadeBatch> {
  const started = performance.now();
  const batch = await makeBatch(schedule, config, step);
  return { batch, makingMs: performance.now() - started };
}

interface PlannedSample {
  readonly plan: AugmentationPlan;
  /** The photo beneath; null for a plain ground. */
  readonly ground: DatasetRecord | null;
  readonly garments: readonly DatasetRecord[];
  /** Of the frame within the canvas. */
  readonly size: { readonly width: number; readonly height: number };
  readonly random: Random;
}

function planSample(
  schedule: BatchSchedule,
  record: DatasetRecord,
  canvas: Canvas,
  config: BatchConfig,
  random: Random,
): PlannedSample {
  const size = sizeOnCanvas(record, canvas, config.resize);
  const plan = drawPlan(record, size, config.augmentation, random);
  const garments =
    schedule.cutouts.length === 0
      ? []
      : Array.from({ length: plan.garments }, () => schedule.records[random.pick(schedule.cutouts)]);
  const onPlainGround = plan.onPlainGround && garments.length > 0;
  // A photo that would be hidden by the plain ground brings its own garment to it.
  if (onPlainGround && isCutout(record)) garments[0] = record;
  return { plan, ground: onPlainGround ? null : record, garments, size, random };
}

async function loadSample({ plan, ground, garments }: PlannedSample): Promise<{
  ground: LabelledPhoto | null;
  garments: Cutout[];
}> {
  const [loadedGround, ...loadedGarments] = await Promise.all([
    ground === null ? null : loadGround(ground, plan.wantsMask),
    ...garments.map(loadCutout),
  ]);
  return { ground: loadedGround, garments: loadedGarments };
}

async function loadGround(record: DatasetRecord, wantsMask: boolean): Promise<LabelledPhoto> {
  const { boxes, labels, crowdBoxes, maskPath } = record;
  const [photo, mask] = await Promise.all([
    readRecordPhoto(record),
    wantsMask && maskPath !== null ? readMask(maskPath) : null,
  ]);
  return { photo, mask, boxes, labels, crowdBoxes };
}

async function loadCutout(record: DatasetRecord): Promise<Cutout> {
  const [photo, mask] = await Promise.all([readRecordPhoto(record), readMask(record.maskPath as string)]);
  return { photo, mask, box: record.boxes, label: record.labels[0] };
}

async function readRecordPhoto({ photoPath, width, height }: DatasetRecord) {
  const photo = await readPhoto(photoPath);
  if (photo.width === width && photo.height === height) return photo;
  throw new DatasetError('dataset-image-size', 'the photo is of another size than its labels', {
    where: photoPath,
    expected: `${width} x ${height}`,
    got: `${photo.width} x ${photo.height}`,
    cure: 'It has changed since the data set was prepared: run deepshop prepare again.',
  });
}
