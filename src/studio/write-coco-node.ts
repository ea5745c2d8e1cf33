/** @file Drawn pictures as a COCO file: categories 1..13 in the order of `garmentLabels`. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { garmentLabels } from './cut.ts';
import type { DrawnScene } from './scene.ts';

/** A picture that lies in the set's `images/`. */
export interface DrawnPhoto {
  readonly name: string;
  readonly scene: Pick<DrawnScene, 'width' | 'height' | 'garments'>;
  readonly sender?: number;
  /** Further keys of each garment's annotation. */
  readonly facts?: readonly object[];
}

/** Writes `annotations.json`, whole or not at all. */
export async function writeCoco(
  dir: string,
  photos: readonly DrawnPhoto[],
): Promise<{ readonly images: number; readonly boxes: number }> {
  const images = photos.map(({ name, sender, scene: { width, height } }, index) => ({
    ...{ id: index + 1, file_name: name, width, height },
    ...(sender === undefined ? {} : { sender }),
  }));
  const annotations = photos
    .flatMap(({ scene, facts }, photo) =>
      scene.garments.map(({ label, box: [x1, y1, x2, y2], area }, garment) => ({
        image_id: photo + 1,
        category_id: garmentLabels.indexOf(label) + 1,
        bbox: [x1, y1, x2 - x1, y2 - y1],
        area,
        iscrowd: 0,
        ...facts?.[garment],
      })),
    )
    .map((annotation, index) => ({ id: index + 1, ...annotation }));
  const categories = garmentLabels.map((name, index) => ({ id: index + 1, name }));
  const file = join(dir, 'annotations.json');
  const info = { description: 'Drawn by deep-shopping' };
  await writeFile(`${file}.part`, JSON.stringify({ info, images, annotations, categories }));
  await rename(`${file}.part`, file);
  return { images: images.length, boxes: annotations.length };
}
