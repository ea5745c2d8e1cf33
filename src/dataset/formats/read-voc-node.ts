/** @file Reads a Pascal VOC data set: `Annotations`, `JPEGImages` and `ImageSets/Main`; or XML files beside their photos. */
import { join } from 'node:path';
import { eachAbreast } from '../../concurrency/each-abreast.ts';
import { DatasetError } from '../dataset-error.ts';
import { pictureEndings, stemOf } from '../file-name.ts';
import type { LabelledSet, PhotoFault } from '../labelled-set.ts';
import { cocoBuilder } from './coco-builder.ts';
import { isFault, readSizes } from './read-sizes-node.ts';
import { filesBelow, kindOfPath, maxLabelBytes, readText } from './read-text-node.ts';
import { parseVoc, type VocPhoto } from './voc.ts';

/** @param images where the photos are, if not in `JPEGImages`, `images` or beside the XML files */
export async function readVocSet(root: string, images?: string): Promise<LabelledSet> {
  const annotations = (await kindOfPath(join(root, 'Annotations'))) === 'folder' ? join(root, 'Annotations') : root;
  const names = await filesBelow(annotations, ['.xml']);
  const stems = names.map(stemOf);
  if (stems.length === 0) {
    throw new DatasetError('dataset-missing', 'there are no Pascal VOC annotations', {
      where: annotations,
      expected: 'Annotations/*.xml, or XML files beside the photos',
      got: 'no XML file',
      cure: 'Name the folder that holds Annotations and JPEGImages.',
    });
  }
  const photoFolder = images ?? (await findPhotos(root, annotations));
  const pictures = new Map<string, string[]>();
  for (const name of await filesBelow(photoFolder, pictureEndings)) {
    const stem = stemOf(name);
    pictures.set(stem, [...(pictures.get(stem) ?? []), name]);
  }
  const photos: VocPhoto[] = [];
  await eachAbreast(names, 64, async (name, index) => {
    const path = join(annotations, name);
    photos[index] = parseVoc(await readText(path, maxLabelBytes), path);
  });
  // A photo of the XML file's own name goes before the name inside, which renaming leaves behind.
  const fileNames = stems.map((stem, index) => {
    const named = inFolderOf(stem, photos[index].fileName);
    const [first, ...others] = pictures.get(stem) ?? [named];
    return others.includes(named) ? named : first;
  });
  const seen = new Set<string>();
  const twice = fileNames.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    throw new DatasetError('dataset-duplicate-id', 'two annotations name the same photo', {
      where: annotations,
      expected: 'one XML file a photo',
      got: `"${twice}" twice`,
      cure: 'Remove one, or join their objects.',
    });
  }
  const unsized = photos.flatMap(({ size }, index) => (size === null ? [index] : []));
  const sizes = new Map<number, Awaited<ReturnType<typeof readSizes>>[number]>();
  const read = await readSizes(
    photoFolder,
    unsized.map((index) => fileNames[index]),
  );
  unsized.forEach((index, place) => {
    sizes.set(index, read[place]);
  });

  const builder = cocoBuilder();
  const faults: PhotoFault[] = [];
  const classes = [...new Set(photos.flatMap(({ objects }) => objects.map(({ name }) => name)))].sort();
  photos.forEach((photo, index) => {
    const size = photo.size ?? sizes.get(index)!;
    if (isFault(size)) {
      faults.push(size);
      return;
    }
    const { width, height } = size;
    const objects = photo.objects.map(({ name, bbox, difficult }) => ({
      categoryId: classes.indexOf(name) + 1,
      bbox,
      isCrowd: difficult,
    }));
    builder.addPhoto({ file_name: fileNames[index], width, height }, objects);
  });
  const given = builder.build(classes.map((name, index) => ({ id: index + 1, name })));
  const sides = await readSides(
    join(root, 'ImageSets', 'Main'),
    new Map(stems.map((stem, index) => [stem, fileNames[index]])),
  );
  return { format: 'voc', where: annotations, images: photoFolder, given, sides, hasOwnSizes: false, faults };
}

async function findPhotos(root: string, annotations: string): Promise<string> {
  for (const name of ['JPEGImages', 'images']) {
    if ((await kindOfPath(join(root, name))) === 'folder') return join(root, name);
  }
  return annotations;
}

function inFolderOf(stem: string, fileName: string | null): string {
  const folder = stem.slice(0, stem.lastIndexOf('/') + 1);
  return `${folder}${fileName ?? `${stem.slice(folder.length)}.jpg`}`;
}

/** `train.txt`, `val.txt` and `test.txt`: a stem a line. */
async function readSides(folder: string, nameOfStem: ReadonlyMap<string, string>): Promise<Map<string, string> | null> {
  const sides = new Map<string, string>();
  for (const side of ['train', 'val', 'test']) {
    const path = join(folder, `${side}.txt`);
    if ((await kindOfPath(path)) !== 'file') continue;
    for (const line of (await readText(path)).split(/\r?\n/)) {
      // A name may begin or end with a space.
      const fileName = nameOfStem.get(line) ?? nameOfStem.get(line.trim());
      if (fileName !== undefined) sides.set(fileName, side);
    }
  }
  return sides.size === 0 ? null : sides;
}
