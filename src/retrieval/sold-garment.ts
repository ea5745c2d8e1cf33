/** @file What the picture of an item gives its row: the garment for sale, its vector, and how it looks. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import type { Photo } from '../image/photo.ts';
import { chooseGarment, scoreToChooseFrom } from './choose-garment.ts';
import { factAttributes } from './garment-facts.ts';

export interface SoldGarment {
  /** Pixels of the picture. */
  readonly box: BoxTuple;
  /** Null for the whole picture. */
  readonly label: string | null;
  readonly score: number | null;
  /** `[dimension]` float32 */
  readonly vector: Float32Array;
  /** Attributes: `factsSchema` of `garment-facts.ts`. */
  readonly facts: { readonly colours: string; readonly texture: string };
}

/** Of several garments the one that fits the category; where there is none, the whole picture. */
export async function describeSoldGarment(
  photo: Photo,
  {
    engine,
    descriptor,
    category,
  }: { readonly engine: GarmentEngine; readonly descriptor: DescriptorName; readonly category: string | null },
): Promise<SoldGarment> {
  const analysis = await engine.analyse(photo, { descriptor, minScore: scoreToChooseFrom(engine) });
  const garment = chooseGarment(analysis.detections, { ...engine, category });
  if (garment !== undefined) {
    const { box, label, score, vector } = garment;
    return { box, label, score, vector, facts: factAttributes(photo, box) };
  }
  const box: BoxTuple = [0, 0, photo.width, photo.height];
  return { box, label: null, score: null, vector: await analysis.whole(), facts: factAttributes(photo, box) };
}
