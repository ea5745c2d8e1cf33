/**
 * @file The standing test of a search: garments of a data set photographed again, looked for among the photos that they
 * come from. Figures mean nothing without the gallery, so its definition comes with it.
 */
import { boxAt } from '../boxes/boxes.ts';
import { type DatasetPart, type DatasetRecord, isMaskedGarment, standardDevFold } from '../dataset/dataset.ts';
import { DatasetError } from '../dataset/dataset-error.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { makeQueryPhoto, type QuerySource } from '../dataset/rephotographed-queries-node.ts';
import { sha256 } from '../dataset/write-prepared-node.ts';
import { ModelError } from '../detector/model-directory.ts';
import { type DescriptorName, descriptorNames, type GarmentEngine, type VectorSpace } from '../embedding/descriptor.ts';
import { openPlainTrunk } from '../embedding/plain-trunk-node.ts';
import { colourHistogram } from '../image/colour-histogram.ts';
import { readPhoto } from '../image/decode-node.ts';
import { standardRephotograph } from '../image/rephotograph.ts';
import { Random, seedFrom } from '../random/random.ts';
import { plural } from '../text/plural.ts';
import type { Describer, GalleryItem, TestQuery } from './retrieval-test.ts';

/** Of how pictures are made from what an id names: to be raised with any change that gives other pictures. */
const testVersion = 1;

export interface RephotographedTest {
  /** SHA-256 of all that it is made from: labels, settings, count and seed, whatever the folders are called. */
  readonly id: string;
  readonly gallery: readonly GalleryItem[];
  readonly queries: readonly TestQuery[];
  /** What both are, for people: stands beside every figure. */
  readonly definition: { readonly gallery: string; readonly queries: string };
}

export interface RephotographedOptions {
  /** A prepared data set with masks. */
  readonly data: string;
  readonly part: DatasetPart;
  /** Prepared data sets whose photos lend their surroundings; the data set itself is among them. */
  readonly grounds: readonly string[];
  /** At most so many garments are asked for; null for all. */
  readonly numQueries: number | null;
  readonly seed: number;
}

/** @throws DatasetError where the data set has no photo of one garment with a mask */
export async function openRephotographedTest(options: RephotographedOptions): Promise<RephotographedTest> {
  const { data, part, numQueries, seed } = options;
  const { records, classes, hash } = await openDataset(data, part);
  const garments = records.filter(isMaskedGarment);
  if (garments.length === 0) throw withoutMasks(data, part);
  const grounds = await Promise.all(options.grounds.map((directory) => openDataset(directory, part)));
  const lent = [...records, ...grounds.flatMap((ground) => ground.records)];
  const source: QuerySource = { seed, grounds: lent };
  const labelOf = ({ labels }: DatasetRecord) => classes[labels[0] - 1];
  const order = new Random(seedFrom(seed, 'queries')).shuffle(garments.map((_, index) => index));
  const asked = order.slice(0, numQueries ?? garments.length).sort((a, b) => a - b);
  const { width, height, size, degrees } = standardRephotograph;
  const hashes = [hash, ...grounds.map((ground) => ground.hash)];
  return {
    id: sha256(JSON.stringify([testVersion, hashes, asked.length, seed, standardRephotograph])),
    gallery: garments.map((record) => ({
      id: record.fileName,
      label: labelOf(record),
      load: async () => ({ photo: await readPhoto(record.photoPath), box: boxAt(record.boxes, 0) }),
    })),
    queries: asked.map((index) => ({
      label: labelOf(garments[index]),
      relevant: [garments[index].fileName],
      load: () => makeQueryPhoto(garments[index], 0, source),
    })),
    definition: {
      gallery: `${plural(garments.length, 'item')}, one a photo: every photo of ${data} (${describePart(part)}) that shows one whole garment and has a mask`,
      queries: `${asked.length} of its garments photographed again, seed ${seed}: cut out by their masks, ${width} x ${height} pixels, ${percent(size[0])} to ${percent(size[1])} of the picture, turned by up to ${degrees} degrees, tilted, lit and coloured anew, partly out of view, on grounds of the same part of ${[data, ...options.grounds].join(', ')}, saved as JPEG; one item is right for each`,
    },
  };
}

/**
 * The descriptors that an engine has, and colours; each with the boxes that it can be asked about.
 *
 * @throws ModelError for an engine that has no descriptor
 */
export function describersOf(engine: GarmentEngine): Describer[] {
  const colours: Describer = {
    name: 'colour histogram',
    metric: 'cosine',
    modes: ['given', 'detected'],
    describe: async (photo, boxes) => boxes.map((box) => colourHistogram(photo, box)),
  };
  const own = descriptorNames.flatMap((name) => describerOf(engine, name) ?? []);
  if (own.length === 0) engine.space('garment');
  const [first, ...others] = own;
  return [first, colours, ...others];
}

/** Null for a descriptor that the engine lacks. */
export function describerOf(engine: GarmentEngine, name: DescriptorName): Describer | null {
  let space: VectorSpace;
  try {
    space = engine.space(name);
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
  return {
    name,
    metric: space.metric,
    modes: space.seesWholePhoto ? ['whole'] : ['given', 'detected', 'listed', 'whole'],
    describe: (photo, boxes) => engine.embedBoxes(photo, boxes, name),
  };
}

/** Name of the describer that nothing was trained for. */
export const untrainedName = 'untrained Lite0';

/** @param weights EfficientNet-Lite0's of ImageNet */
export async function openUntrained(weights: string, threads = 0): Promise<Describer & { release(): Promise<void> }> {
  const trunk = await openPlainTrunk(weights, { threads });
  return {
    name: untrainedName,
    metric: 'cosine',
    modes: ['given', 'detected', 'whole'],
    describe: (photo, boxes) => trunk.describe(photo, boxes),
    release: () => trunk.release(),
  };
}

function describePart(part: DatasetPart): string {
  return part === 'dev' ? `dev: ${percent(standardDevFold.share)} of the training side, by sender` : part;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function withoutMasks(data: string, part: DatasetPart): DatasetError {
  return new DatasetError('dataset-empty', 'no photo shows one whole garment with a mask', {
    where: `${data}, ${part}`,
    expected: 'photos of one garment, and masks',
    cure: 'Prepare a data set of flat lays with --masks.',
  });
}
