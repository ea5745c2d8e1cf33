/** @file Prepares a data set from a copy of DeepFashion: read, relabelled, cut down, split, written in one go. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Random, seedFrom } from '../../random/random.ts';
import { plural, wordFor } from '../../text/plural.ts';
import type { CocoRows } from '../coco.ts';
import { DatasetError, listFaults } from '../dataset-error.ts';
import { requirePhotoSizes } from '../photo-sizes-node.ts';
import type { DatasetDescription } from '../prepared.ts';
import { writePrepared } from '../write-prepared-node.ts';
import { cocoRows, fitBoxes, type KeptGeometry, leastSizes } from './coco-rows.ts';
import { deepFashionLicence, licenceFile } from './licence.ts';
import type { DeepFashionLists } from './lists.ts';
import { photoFolder, readDeepFashion } from './open-lists-node.ts';
import { type DeepFashionRecipe, type RecipeName, recipes } from './recipes.ts';
import { type DeepFashionReport, describeReport, reportOn } from './report.ts';
import { type Selection, type SelectionOptions, selectPhotos } from './select-photos.ts';

export interface PrepareDeepFashionOptions extends SelectionOptions {
  readonly root: string;
  readonly out: string;
  readonly recipe: RecipeName;
  /** The official split instead of one by the seed. */
  readonly partition: boolean;
  /** Work from the lists alone. */
  readonly withoutImages: boolean;
  readonly onPhotos?: (done: number, total: number) => void;
}

export interface PreparedDeepFashion {
  readonly out: string;
  readonly dataset: DatasetDescription;
  readonly report: DeepFashionReport;
  /** Some training photos of each class, by the seed; boxes are `[x1, y1, x2, y2]`. */
  readonly examples: readonly {
    readonly name: string;
    readonly photos: readonly { readonly fileName: string; readonly box: readonly [number, number, number, number] }[];
  }[];
}

/** The paper's figure 3 has a few photos of each class. */
const examplesPerClass = 6;

/** Prepares a data set. Nothing is written unless everything is in order; the same seed gives the same bytes. */
export async function prepareDeepFashion(options: PrepareDeepFashionOptions): Promise<PreparedDeepFashion> {
  const { root, out, seed, withoutImages } = options;
  const recipe = recipes[options.recipe];
  const lists = await readDeepFashion(root, { partition: options.partition });
  const labelled = { ...lists, categoryOf: lists.photos.categories };
  const selection = selectPhotos(labelled, recipe, options);
  const names = Array.from(selection.rows, (row) => lists.photos.names[row]);
  const images = withoutImages ? root : await photoFolder(root, names[0]);
  const sizes = withoutImages ? leastSizes(lists, selection) : await sizesOf(images, names, options);
  const geometry = fitBoxes(lists, selection, sizes);

  const sides = ['all', 'train', 'val'] as const;
  const parts = new Map<string, CocoRows>(
    sides.map((side) => [side, cocoRows(lists, recipe, selection, geometry, side)]),
  );
  const report = reportOn(lists, selection, {
    recipe: options.recipe,
    seed,
    sizes: withoutImages ? 'the least that hold box and landmarks' : 'headers of the photos',
    clipped: geometry.clipped,
  });
  const licence = await licenceOf(root);
  const beside = new Map([
    ['report.json', () => `${JSON.stringify(report, null, 2)}\n`],
    ['report.md', (counts: DatasetDescription['counts']) => describeReport(report, counts)],
    [licenceFile, () => licence],
  ]);
  const dataset = await writePrepared(out, { images, masks: null, relabelling: recipe, parts, beside });
  // Of an earlier preparation: it may show other photos.
  await rm(join(out, contactSheetFile), { force: true });
  return { out, dataset, report, examples: examplesOf(lists, recipe, selection, geometry, seed) };
}

/** Drawn by the command that prepares, from what was written. */
export const contactSheetFile = 'contact-sheet.jpg';

async function sizesOf(
  images: string,
  names: readonly string[],
  { onPhotos }: PrepareDeepFashionOptions,
): Promise<Uint32Array> {
  const sizes = new Uint32Array(names.length * 2);
  let done = 0;
  const missing = await requirePhotoSizes(images, names, (index, { width, height }) => {
    sizes.set([width, height], index * 2);
    onPhotos?.(++done, names.length);
  });
  if (missing.length === 0) return sizes;
  const what = `${missing.length} of ${plural(names.length, 'photo')} ${wordFor(missing.length, 'is', 'are')} missing`;
  throw new DatasetError('dataset-image-missing', what, {
    where: images,
    expected: 'every photo that is kept',
    got: `no ${listFaults(missing)}`,
    cure: 'Unpack img.zip again, or work from the lists alone with --without-images.',
  });
}

function examplesOf(
  { photos }: DeepFashionLists,
  { classes }: DeepFashionRecipe,
  { rows, sides, targets }: Selection,
  { boxes }: KeptGeometry,
  seed: number,
): PreparedDeepFashion['examples'] {
  return classes.map((name) => {
    const ofClass: number[] = [];
    rows.forEach((row, index) => {
      if (sides[index] === 'train' && targets[photos.categories[row] - 1] === name) ofClass.push(index);
    });
    const shown = new Random(seedFrom(seed, 'examples', name)).shuffle(ofClass).slice(0, examplesPerClass);
    return {
      name,
      photos: shown.map((index) => {
        const [x, y, width, height] = Array.from(boxes.subarray(index * 4, index * 4 + 4)) as [
          number,
          number,
          number,
          number,
        ];
        return { fileName: photos.names[rows[index]], box: [x, y, x + width, y + height] as const };
      }),
    };
  });
}

/** Data that bring a note of their own keep it: the drawn miniature does. */
async function licenceOf(root: string): Promise<string> {
  return readFile(join(root, licenceFile), 'utf8').catch(() => deepFashionLicence);
}
