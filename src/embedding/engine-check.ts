/**
 * @file Whether another runtime answers as ours does: what an engine finds in the check picture, stated once and compared
 * where the same model runs elsewhere, a phone's graphics unit perhaps.
 */
import { z } from 'zod';
import type { BoxTuple } from '../boxes/boxes.ts';
import { pairwiseIou } from '../boxes/iou.ts';
import { drawCheckPicture } from './check-picture.ts';
import type { DescriptorName, GarmentEngine } from './descriptor.ts';

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const vector = z.array(z.number());

export const engineCheckSchema = z.object({
  modelId: z.string(),
  spaceId: z.string(),
  detections: z.array(z.object({ box, label: z.string(), score: z.number(), vector })),
  /** Boxes that are the same for every model, and their vectors. */
  drawn: z.array(z.object({ box, vector })),
});

export type EngineCheck = z.output<typeof engineCheckSchema>;

/** Low, so that a model that makes little of a drawn picture is checked by something. */
const lowestScore = 0.3;
const drawnBoxes: readonly BoxTuple[] = [
  [36, 28, 156, 134],
  [60, 122, 132, 256],
  [0, 0, 192, 288],
];

/** What was promised of the device: the same boxes and classes, and vectors that rank alike. */
export const agreement = { iou: 0.98, cosine: 0.995, score: 0.05 } as const;

/** What an engine makes of the check picture. */
export async function describeCheck(engine: GarmentEngine, descriptor: DescriptorName): Promise<EngineCheck> {
  const analysis = await engine.analyse(drawCheckPicture(), { descriptor, minScore: lowestScore });
  const vectors = await analysis.embed(drawnBoxes);
  return {
    modelId: engine.modelId,
    spaceId: engine.space(descriptor).spaceId,
    detections: analysis.detections.map(({ box, label, score, vector }) => ({
      box: [...box],
      label,
      score,
      vector: Array.from(vector),
    })),
    drawn: drawnBoxes.map((drawn, index) => ({ box: [...drawn], vector: Array.from(vectors[index]) })),
  };
}

/**
 * How an engine's answer differs from the one that was stated; null where it agrees. Detections whose score is within
 * 0.05 of the lowest that is asked for may be missing.
 */
export function findDisagreement(stated: EngineCheck, found: EngineCheck): string | null {
  if (found.spaceId !== stated.spaceId) return `the space is ${found.spaceId}, not ${stated.spaceId}`;
  const boxes = Float32Array.from(found.detections.flatMap(({ box }) => box));
  for (const expected of stated.detections) {
    if (expected.score < lowestScore + agreement.score) continue;
    const overlaps = pairwiseIou(Float32Array.from(expected.box), boxes);
    const same = found.detections.find(
      ({ label, score }, index) =>
        label === expected.label &&
        overlaps[index] >= agreement.iou &&
        Math.abs(score - expected.score) <= agreement.score,
    );
    if (same === undefined) return `no ${expected.label} of score ${expected.score.toFixed(2)} at [${expected.box}]`;
    if (!(cosine(same.vector, expected.vector) >= agreement.cosine)) return `the vector of the ${expected.label}`;
  }
  for (const [index, { box, vector }] of stated.drawn.entries()) {
    if (!(cosine(found.drawn[index]?.vector ?? [], vector) >= agreement.cosine)) return `the vector of [${box}]`;
  }
  return null;
}

/** Of the angle between two vectors; NaN where there is none. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    dot += a[index] * b[index];
    lengthA += a[index] ** 2;
    lengthB += b[index] ** 2;
  }
  return dot / Math.sqrt(lengthA * lengthB);
}
