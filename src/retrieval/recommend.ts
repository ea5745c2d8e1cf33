/** @file The main job: a photo's garments, and for each the most similar items of a catalogue. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import type { Photo } from '../image/photo.ts';
import { findSimilarItems, type SimilarItem } from './similar-items.ts';
import type { VectorStore } from './vector-store.ts';

export interface GarmentAnswer {
  readonly box: BoxTuple;
  /** Null for the whole picture. */
  readonly label: string | null;
  /** Of the detection; null for the whole picture. */
  readonly score: number | null;
  /** No garment was found: the items are similar to the photo as a whole. */
  readonly wholePicture: boolean;
  /** By descending similarity, one a product. */
  readonly items: readonly SimilarItem[];
}

/** Answers by descending detection score. The store's space must be the engine's for this descriptor. */
export async function recommendForPhoto(
  photo: Photo,
  options: {
    readonly engine: GarmentEngine;
    readonly store: VectorStore;
    readonly descriptor: DescriptorName;
    /** Items a garment. */
    readonly top: number;
    readonly minScore?: number | undefined;
  },
): Promise<GarmentAnswer[]> {
  const { engine, store, descriptor, top: k, minScore } = options;
  const analysis = await engine.analyse(photo, { descriptor, minScore });
  if (analysis.detections.length === 0) {
    const items = await findSimilarItems(store, { vector: await analysis.whole(), k });
    return [{ box: [0, 0, photo.width, photo.height], label: null, score: null, wholePicture: true, items }];
  }
  const answers: GarmentAnswer[] = [];
  for (const { box, label, score, vector } of analysis.detections) {
    answers.push({ box, label, score, wholePicture: false, items: await findSimilarItems(store, { vector, k }) });
  }
  return answers;
}
