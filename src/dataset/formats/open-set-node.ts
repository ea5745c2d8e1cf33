/** @file Opens labelled photos of any format, which is told by the files that are there. */
import { dirname, join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { LabelledSet } from '../labelled-set.ts';
import { readCocoSet } from './read-coco-node.ts';
import { readDeepFashion2Set } from './read-deepfashion2-node.ts';
import { readPreparedSet } from './read-prepared-node.ts';
import { filesBelow, kindOfPath } from './read-text-node.ts';
import { readVocSet } from './read-voc-node.ts';
import { readYoloSet } from './read-yolo-node.ts';

/**
 * @param path a folder of any format, a COCO file, or the `data.yaml` of a YOLO data set
 * @param images folder of the photos of a COCO file or of VOC; for a COCO file `images` beside it, or its own folder
 */
export async function openLabelledSet(path: string, images?: string): Promise<LabelledSet> {
  const kind = await kindOfPath(path);
  if (kind === 'nothing') {
    throw new DatasetError('dataset-missing', 'there is no such file or folder', {
      where: path,
      expected: 'a folder of labelled photos, or a COCO file',
      got: 'nothing there',
      cure: 'Check the path.',
    });
  }
  const has = async (name: string, wanted: 'file' | 'folder') => (await kindOfPath(join(path, name))) === wanted;
  if (kind !== 'folder') {
    if (/\.ya?ml$/i.test(path)) return readYoloSet(path);
    return readCocoSet(path, images ?? (await photosBeside(path)));
  }
  if (await has('dataset.json', 'file')) return readPreparedSet(path);
  if ((await has('train/annos', 'folder')) || (await has('validation/annos', 'folder')))
    return readDeepFashion2Set(path);
  for (const name of ['data.yaml', 'data.yml', 'dataset.yaml', 'classes.txt', 'labels/classes.txt', 'obj.names']) {
    if (await has(name, 'file')) return readYoloSet(path);
  }
  if ((await has('Annotations', 'folder')) || (await filesBelow(path, ['.xml'])).length > 0)
    return readVocSet(path, images);
  if (await has('annotations.json', 'file')) {
    const file = join(path, 'annotations.json');
    return readCocoSet(file, images ?? (await photosBeside(file)));
  }
  throw new DatasetError('dataset-unknown-format', 'no format of labels is recognised', {
    where: path,
    expected:
      'dataset.json (prepared), annotations.json (COCO), Annotations or *.xml (VOC), data.yaml or classes.txt (YOLO), train/annos (DeepFashion2)',
    got: 'none of them',
    cure: 'Name the COCO file itself, or the folder that holds one of these.',
  });
}

async function photosBeside(file: string): Promise<string> {
  const images = join(dirname(file), 'images');
  return (await kindOfPath(images)) === 'folder' ? images : dirname(file);
}
