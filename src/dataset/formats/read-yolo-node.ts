/**
 * @file Reads a YOLO data set: photos under `images`, labels at the same places under `labels` (or beside the photos), and
 * `data.yaml` or `classes.txt` for the names. A photo without a label file has nothing on it.
 */
import { open } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { eachAbreast } from '../../concurrency/each-abreast.ts';
import { DatasetError, listFaults } from '../dataset-error.ts';
import { leadsOutside, pictureEndings, stemOf } from '../file-name.ts';
import type { LabelledSet, PhotoFault } from '../labelled-set.ts';
import { cocoBuilder } from './coco-builder.ts';
import { type DataYaml, parseDataYaml } from './data-yaml.ts';
import { isFault, readSizes } from './read-sizes-node.ts';
import { filesBelow, kindOfPath, maxLabelBytes, readText } from './read-text-node.ts';
import { parseYolo } from './yolo.ts';

interface Part {
  readonly side: string | null;
  /** From the root on. */
  readonly fileNames: readonly string[];
}

/** @param path the folder, or its `data.yaml` */
export async function readYoloSet(path: string): Promise<LabelledSet> {
  const layout = await findLayout(path);
  const { root, names, parts } = layout;
  const sides = sidesOf(parts, path);
  const fileNames = [...new Set(parts.flatMap((part) => part.fileNames))];
  const faults: PhotoFault[] = await labelsWithoutPhoto(root, fileNames);
  if (fileNames.length + faults.length === 0) {
    throw new DatasetError('dataset-missing', 'there are no photos', {
      where: path,
      expected: 'pictures under images, labels under labels',
      got: 'no picture',
      cure: 'Name the folder that holds data.yaml or classes.txt.',
    });
  }
  const sizes = await readSizes(root, fileNames);
  const labels: string[] = [];
  await eachAbreast(fileNames, 64, async (name, index) => {
    const file = join(root, labelOf(name));
    const isThere = !leadsOutside(name) && (await kindOfPath(file)) === 'file';
    labels[index] = isThere ? await readText(file, maxLabelBytes) : '';
  });
  const builder = cocoBuilder();
  fileNames.forEach((fileName, index) => {
    const size = sizes[index];
    if (isFault(size)) {
      faults.push(size);
      return;
    }
    const objects = parseYolo(labels[index], join(root, labelOf(fileName)), size, names.length);
    const { width, height } = size;
    builder.addPhoto(
      { file_name: fileName, width, height },
      objects.map(({ classIndex, bbox }) => ({ categoryId: classIndex + 1, bbox })),
    );
  });
  const given = builder.build(names.map((name, index) => ({ id: index + 1, name })));
  const split = sides.size === 0 ? null : sides;
  return { format: 'yolo', where: path, images: root, given, sides: split, hasOwnSizes: true, faults };
}

/** @throws DatasetError `dataset-split` for a photo in two parts: what it is evaluated on, it would have been trained on */
function sidesOf(parts: readonly Part[], where: string): Map<string, string> {
  const sides = new Map<string, string>();
  const twice: string[] = [];
  for (const { side, fileNames } of parts) {
    if (side === null) continue;
    for (const name of fileNames) {
      const other = sides.get(name);
      if (other !== undefined && other !== side) twice.push(`${JSON.stringify(name)} in ${other} and ${side}`);
      sides.set(name, side);
    }
  }
  if (twice.length === 0) return sides;
  throw new DatasetError('dataset-split', 'photos are in two parts', {
    where,
    expected: 'each photo in one of train, val and test',
    got: listFaults(twice),
    cure: 'Take each out of all parts but one; where train and val are one folder, leave val out and split by --split.',
  });
}

/** The label file of a photo: the last `images` of its path becomes `labels`. */
export function labelOf(fileName: string): string {
  const folders = stemOf(fileName).split('/');
  const at = folders.lastIndexOf('images', folders.length - 2);
  if (at >= 0) folders[at] = 'labels';
  return `${folders.join('/')}.txt`;
}

async function findLayout(path: string): Promise<{ root: string; names: readonly string[]; parts: readonly Part[] }> {
  const isFile = (await kindOfPath(path)) === 'file';
  const folder = isFile ? dirname(path) : path;
  for (const candidate of isFile
    ? [path]
    : ['data.yaml', 'data.yml', 'dataset.yaml'].map((name) => join(folder, name))) {
    if ((await kindOfPath(candidate)) === 'file')
      return layoutOfYaml(folder, parseDataYaml(await readText(candidate), candidate), candidate);
  }
  for (const name of ['classes.txt', 'labels/classes.txt', 'obj.names']) {
    if ((await kindOfPath(join(folder, name))) !== 'file') continue;
    const names = (await readText(join(folder, name))).split(/\r\n?|\n/).map((line) => line.trim());
    while (names.at(-1) === '') names.pop();
    refuseNames(names, join(folder, name));
    return { root: folder, names, parts: partsByFolder(await picturesBelow(folder, 'images')) };
  }
  throw new DatasetError('dataset-missing', 'there are no class names', {
    where: folder,
    expected: 'data.yaml with names, or classes.txt with one a line',
    got: (await kindOfPath(path)) === 'nothing' ? 'nothing there' : 'neither',
    cure: 'Write the names in the order of the numbers that the labels use.',
  });
}

async function layoutOfYaml(folder: string, { path, parts, names }: DataYaml, where: string) {
  refuseNames(names, where);
  const given = path === null ? folder : resolve(folder, path);
  // Paths that belong to another machine: the photos are then where the file is.
  const root = (await kindOfPath(given)) === 'folder' ? given : folder;
  const listed: Part[] = [];
  for (const [side, places] of parts) {
    const found: string[] = [];
    for (const place of places) found.push(...(await photosAt(root, place, where)));
    listed.push({ side: side === 'unsplit' ? null : side, fileNames: found });
  }
  return { root, names, parts: listed };
}

/** Photos of a folder, or of a text file that lists them. Some exporters write `../train/images` for `train/images`. */
async function photosAt(root: string, place: string, where: string): Promise<string[]> {
  for (const each of [place, place.replace(/^(\.\.?[\\/])+/, '')]) {
    const target = resolve(root, each);
    const inside = relative(root, target).replaceAll('\\', '/');
    const kind = inside.startsWith('..') ? 'nothing' : await kindOfPath(target);
    if (kind === 'folder') return picturesBelow(root, inside);
    if (kind === 'file') {
      const lines = (await readText(target)).split(/\r\n?|\n/).map((line) => line.trim().replace(/^\.\//, ''));
      return lines.filter((line) => line !== '');
    }
  }
  throw new DatasetError('dataset-missing', 'a folder of photos is not there', {
    where,
    expected: `a folder below ${root}`,
    got: JSON.stringify(place),
    cure: 'Correct path, train and val in the file.',
  });
}

/** From the root on; everything where there is no such folder. */
async function picturesBelow(root: string, folder: string): Promise<string[]> {
  const isThere = (await kindOfPath(join(root, folder))) === 'folder';
  const found = await filesBelow(isThere ? join(root, folder) : root, pictureEndings);
  return isThere && folder !== '' ? found.map((name) => `${folder}/${name}`) : found;
}

/** `images/train` and the like are parts of a split. */
function partsByFolder(fileNames: readonly string[]): Part[] {
  const sideOf: { readonly [folder: string]: string } = {
    train: 'train',
    val: 'val',
    valid: 'val',
    validation: 'val',
    test: 'test',
  };
  const bySide = new Map<string | null, string[]>();
  for (const name of fileNames) {
    const side = sideOf[name.split('/')[1] ?? ''] ?? null;
    const names = bySide.get(side);
    if (names) names.push(name);
    else bySide.set(side, [name]);
  }
  return [...bySide].map(([side, names]) => ({ side, fileNames: names }));
}

/**
 * Labels of folders in which no photo has any belong to a part that the set does not name: they are no fault. Beside photos,
 * a text file is one of labels where it begins like one.
 */
async function labelsWithoutPhoto(root: string, fileNames: readonly string[]): Promise<PhotoFault[]> {
  const inside = fileNames.filter((name) => !leadsOutside(name));
  const known = new Set(inside.map(labelOf));
  const photoFolders = new Set(inside.map((name) => dirname(name)));
  const faults: PhotoFault[] = [];
  for (const folder of new Set([...known].map((name) => dirname(name)))) {
    if ((await kindOfPath(join(root, folder))) !== 'folder') continue;
    for (const name of await filesBelow(join(root, folder), ['.txt'])) {
      const label = folder === '.' ? name : `${folder}/${name}`;
      if (dirname(label) !== folder || known.has(label) || label === 'labels/classes.txt') continue;
      if (photoFolders.has(folder) && !(await beginsLikeLabels(join(root, label)))) continue;
      const message = `${label}: there is no photo for these labels`;
      faults.push({ fileName: label, code: 'image-missing', message });
    }
  }
  return faults;
}

async function beginsLikeLabels(path: string): Promise<boolean> {
  if ((await kindOfPath(path)) !== 'file') return false;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const text = buffer.toString('latin1', 0, bytesRead).trimStart();
    return /^\d{1,6}([ \t]+[-+]?\d*\.?\d+(e[-+]?\d+)?){4}/i.test(text);
  } finally {
    await file.close();
  }
}

function refuseNames(names: readonly string[], where: string): void {
  const faults = names.flatMap((name, index) =>
    name === '' ? [`class ${index} has no name`] : names.indexOf(name) < index ? [`"${name}" twice`] : [],
  );
  if (names.length > 0 && faults.length === 0) return;
  throw new DatasetError('dataset-duplicate-id', 'the class names cannot be used', {
    where,
    expected: 'each class named, and once',
    got: names.length === 0 ? 'no names' : listFaults(faults),
    cure: 'Name each class in data.yaml or classes.txt.',
  });
}
