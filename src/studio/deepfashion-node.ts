/** @file Writes the miniature of DeepFashion in the layout of its files, so that all that reads the real one can be tried. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eachAbreast } from '../concurrency/each-abreast.ts';
import { licenceFile } from '../dataset/deepfashion/licence.ts';
import { refuseTaken } from '../dataset/formats/write-set-node.ts';
import { writeFilesAtomically } from '../files/atomic-file-node.ts';
import { drawMiniature, type MiniaturePhoto, miniatureAttributes } from './deepfashion.ts';
import { attributesText, categoriesText, listColumns, listRow, listText, threeDigits } from './deepfashion-lists.ts';
import { renderJpeg } from './render-node.ts';

export interface MiniatureOptions {
  readonly count: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/** Pictures rendered at a time: sharp has threads of its own. */
const abreast = 2;

const licence = `Drawn by deepshop studio deepfashion.

Only the layout of the files is DeepFashion's; no picture, name or number in this folder comes from it.
Use it as you like.
`;

type Lists = { readonly [N in (typeof listNames)[number]]: string[] };
const listNames = ['photos', 'boxes', 'attributeLabels', 'landmarks', 'partition'] as const;

/**
 * Writes `img/FOLDER/img_00000001.jpg`, then `Anno_coarse/*.txt` and `Eval/list_eval_partition.txt`.
 *
 * The same options give the same lists, and the same JPEG bytes with the same version of sharp.
 *
 * @throws DatasetError when the folder holds anything: it may be somebody's copy of the real one
 */
export async function writeMiniature(dir: string, { count, seed, onProgress }: MiniatureOptions): Promise<void> {
  await refuseTaken(dir);
  const lists: Lists = { photos: [], boxes: [], attributeLabels: [], landmarks: [], partition: [] };
  let done = 0;
  await eachAbreast(drawMiniature(count, seed), abreast, async (photo) => {
    addRows(lists, photo);
    await mkdir(dirname(join(dir, photo.name)), { recursive: true });
    await writeFile(join(dir, photo.name), await renderJpeg(photo.scene, 85));
    onProgress?.(++done);
  });
  await writeFilesAtomically(
    join(dir, 'Eval'),
    new Map([['list_eval_partition.txt', listText(listColumns.partition, lists.partition)]]),
  );
  await writeFilesAtomically(dir, new Map([[licenceFile, licence]]));
  await writeFilesAtomically(
    join(dir, 'Anno_coarse'),
    new Map([
      ['list_category_cloth.txt', categoriesText()],
      ['list_attr_cloth.txt', attributesText(miniatureAttributes)],
      ['list_attr_img.txt', listText(listColumns.attributeLabels, lists.attributeLabels)],
      ['list_landmarks.txt', listText(listColumns.landmarks, lists.landmarks)],
      ['list_bbox.txt', listText(listColumns.boxes, lists.boxes)],
      // Last: readers look for this one.
      ['list_category_img.txt', listText(listColumns.photos, lists.photos)],
    ]),
  );
}

function addRows(lists: Lists, photo: MiniaturePhoto): void {
  const { name, category, box, clothesType, landmarks, attributes, partition } = photo;
  // Runs of spaces differ from list to list and from row to row, as in the real ones.
  const gap = ' '.repeat(1 + (lists.photos.length % 3));
  const points = landmarks.map(([visibility, x, y]) => `${visibility} ${threeDigits(x)} ${threeDigits(y)}`);
  lists.photos.push(listRow(name, [category], gap));
  lists.boxes.push(listRow(name, box.map(threeDigits), gap));
  lists.attributeLabels.push(
    listRow(
      name,
      attributes.map((value) => String(value).padStart(2)),
      ' ',
    ),
  );
  lists.landmarks.push(listRow(name, [clothesType, 0, ...points], gap));
  lists.partition.push(listRow(name, [partition], gap));
}
