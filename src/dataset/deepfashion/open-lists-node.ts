/** @file Finds and reads the lists and photos of a copy of DeepFashion, in the folders of newer and of older copies. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { readAttributeLabels, readAttributes, readLandmarks } from './attribute-lists.ts';
import type { ListSource } from './list-reader.ts';
import { type DeepFashionLists, readBoxes, readCategories, readPartition, readPhotoList } from './lists.ts';

/** Newer copies say which annotations they are. */
const annotationFolders = ['Anno_coarse', 'Anno'] as const;
const photoFolders = ['', 'Img'] as const;

/**
 * Reads all lists. Attributes and landmarks may be missing; the official partition is read where it is asked for.
 *
 * @param root the folder that holds `Anno_coarse` or `Anno`, and `Eval`
 */
export async function readDeepFashion(root: string, wants: { readonly partition: boolean }): Promise<DeepFashionLists> {
  const folder = await annotationFolder(root);
  const list = (name: string) => openList(join(folder, name));
  const categories = await readCategories(list('list_category_cloth.txt'));
  const photos = await readPhotoList(list('list_category_img.txt'), categories.length);
  const boxes = await readBoxes(list('list_bbox.txt'), photos);
  const partition = wants.partition
    ? await readPartition(openList(join(root, 'Eval', 'list_eval_partition.txt')), photos)
    : null;
  const landmarks = (await exists(join(folder, 'list_landmarks.txt')))
    ? await readLandmarks(list('list_landmarks.txt'), photos)
    : null;
  const hasAttributes =
    (await exists(join(folder, 'list_attr_cloth.txt'))) && (await exists(join(folder, 'list_attr_img.txt')));
  const attributes = hasAttributes ? await readAttributes(list('list_attr_cloth.txt')) : null;
  const attributeLabels =
    attributes === null ? null : await readAttributeLabels(list('list_attr_img.txt'), photos, attributes.length);
  return { categories, photos, boxes, partition, landmarks, attributes, attributeLabels };
}

/** The folder that the names of photos start from: the root, or `Img` in it. */
export async function photoFolder(root: string, firstName: string): Promise<string> {
  for (const folder of photoFolders) {
    if (await exists(join(root, folder, firstName))) return join(root, folder);
  }
  throw new DatasetError('dataset-image-missing', 'the photos are not there', {
    where: root,
    expected: photoFolders.map((folder) => join(folder, firstName)).join(' or '),
    got: 'neither',
    cure: 'Unpack img.zip there, or work from the lists alone with --without-images.',
  });
}

async function annotationFolder(root: string): Promise<string> {
  for (const folder of annotationFolders) {
    if (await exists(join(root, folder, 'list_category_img.txt'))) return join(root, folder);
  }
  throw new DatasetError('dataset-missing', 'this is not the root of DeepFashion', {
    where: root,
    expected: annotationFolders.map((folder) => `${folder}/list_category_img.txt`).join(' or '),
    got: 'neither',
    cure: 'Name the folder of the Category and Attribute Prediction Benchmark with --root.',
  });
}

function openList(path: string): ListSource {
  return { where: path, chunks: chunksOf(path) };
}

/** Pieces of a file, all in the same memory. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(1 << 20);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR' && code !== 'EACCES') throw cause;
    const got = code === 'EISDIR' ? 'a folder' : code === 'EACCES' ? 'one that may not be read' : 'nothing there';
    const facts = { where: path, expected: 'a list file of DeepFashion', got, cure: 'Copy it there.' };
    throw new DatasetError('dataset-missing', 'the list cannot be read', facts, { cause });
  } finally {
    await file?.close();
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
