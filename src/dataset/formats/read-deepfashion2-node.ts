/** @file Reads a copy of DeepFashion2: `train` and `validation`, each with `annos` and `image`. */
import { join } from 'node:path';
import { eachAbreast } from '../../concurrency/each-abreast.ts';
import { DatasetError } from '../dataset-error.ts';
import { stemOf } from '../file-name.ts';
import type { LabelledSet, PhotoFault } from '../labelled-set.ts';
import { cocoBuilder } from './coco-builder.ts';
import { deepFashion2Categories, parseDeepFashion2 } from './deepfashion2.ts';
import { isFault, readSizes } from './read-sizes-node.ts';
import { filesBelow, kindOfPath, maxLabelBytes, readText } from './read-text-node.ts';

const parts = [
  ['train', 'train'],
  ['validation', 'val'],
] as const;

/** Photos whose annotation and size are held at a time beside what becomes of them. */
const stretch = 4096;

export async function readDeepFashion2Set(root: string): Promise<LabelledSet> {
  const builder = cocoBuilder();
  const sides = new Map<string, string>();
  const faults: PhotoFault[] = [];
  for (const [part, side] of parts) {
    const folder = join(root, part, 'annos');
    if ((await kindOfPath(folder)) !== 'folder') continue;
    const names = await filesBelow(folder, ['.json']);
    for (let from = 0; from < names.length; from += stretch) {
      const some = names.slice(from, from + stretch);
      const fileNames = some.map((name) => `${part}/image/${stemOf(name)}.jpg`);
      const sizes = await readSizes(root, fileNames);
      const photos: ReturnType<typeof parseDeepFashion2>[] = [];
      await eachAbreast(some, 64, async (name, index) => {
        const path = join(folder, name);
        photos[index] = parseDeepFashion2(await readText(path, maxLabelBytes), path);
      });
      photos.forEach(({ source, pairId, objects }, index) => {
        const size = sizes[index];
        if (isFault(size)) {
          faults.push(size);
          return;
        }
        const { width, height } = size;
        const known = {
          ...(pairId === undefined ? {} : { sender: pairId }),
          ...(source === undefined ? {} : { source }),
        };
        builder.addPhoto({ file_name: fileNames[index], width, height, ...known }, objects);
        sides.set(fileNames[index], side);
      });
    }
  }
  if (sides.size + faults.length === 0) {
    throw new DatasetError('dataset-missing', 'there are no annotations of DeepFashion2', {
      where: root,
      expected: 'train/annos/*.json, train/image/*.jpg, and the same under validation',
      got: 'none of these',
      cure: 'Name the folder that holds train and validation.',
    });
  }
  const given = builder.build(deepFashion2Categories);
  return { format: 'deepfashion2', where: root, images: root, given, sides, hasOwnSizes: true, faults };
}
