/** @file What training and evaluation read from a prepared data set: a list of photos with their boxes. */
import { Random, seedFrom } from '../random/random.ts';
import type { CocoFile, CocoImage, GarmentFacts } from './coco.ts';

/** One photo and what is known about it. Boxes are in pixels of the upright photo. n boxes, c regions to ignore. */
export interface DatasetRecord {
  readonly imageId: number;
  readonly fileName: string;
  readonly photoPath: string;
  readonly maskPath: string | null;
  readonly width: number;
  readonly height: number;
  /** `[n, 4]` float32 */
  readonly boxes: Float32Array;
  /** `[n]` int32, 1..classes */
  readonly labels: Int32Array;
  /** Of each box: which item it is, where that is known. Boxes of one item, on whichever photos, show the same garment. */
  readonly items: readonly (string | null)[];
  /** `[c, 4]` float32; a region that may hide several classes stands here once */
  readonly crowdBoxes: Float32Array;
}

/** `train` leaves the dev fold out; `all` is everything, on whichever side of a split. */
/** True of a photo that shows one whole garment, of which a mask says where it is. */
export function isMaskedGarment({ maskPath, boxes, crowdBoxes }: DatasetRecord): boolean {
  return maskPath !== null && boxes.length === 4 && crowdBoxes.length === 0;
}

export type DatasetPart = 'train' | 'dev' | 'train+dev' | 'val' | 'all';

export interface Dataset {
  readonly directory: string;
  readonly part: DatasetPart;
  /** Label i + 1 is class i. */
  readonly classes: readonly string[];
  readonly records: readonly DatasetRecord[];
  /** The same photos as a COCO file, for evaluation. */
  readonly coco: CocoFile;
  /** SHA-256 of the file, the part and the fold that chose the records; a resumed run compares it. */
  readonly hash: string;
}

/** How the dev fold is drawn from the training side. */
export interface DevFold {
  readonly share: number;
  readonly seed: number;
}

/** The fold on which checkpoints and settings are chosen: the same for every run, whatever the run's own seed. */
export const standardDevFold: DevFold = { share: 0.1, seed: 0 };

/**
 * Ids of the images in the dev fold: as near to the share as whole senders allow. All photos of a sender are on one
 * side; a photo without a sender is its own.
 */
export function devImageIds(images: readonly CocoImage[], { share, seed }: DevFold): Set<number> {
  const groups = new Map<string, CocoImage[]>();
  for (const image of images) {
    const key = image.sender === undefined ? `photo ${image.file_name}` : `sender ${image.sender}`;
    const group = groups.get(key);
    if (group) group.push(image);
    else groups.set(key, [image]);
  }
  const order = new Random(seedFrom(seed, 'dev fold')).shuffle([...groups.keys()].sort());
  const wanted = Math.round(images.length * share);
  const chosen = new Set<number>();
  for (const key of order) {
    const group = groups.get(key) as CocoImage[];
    if (chosen.size + group.length > wanted) continue;
    for (const { id } of group) chosen.add(id);
  }
  return chosen;
}

/** Records of a COCO file, in the order of its images. */
export function recordsOf(
  coco: CocoFile,
  locate: (fileName: string) => Pick<DatasetRecord, 'photoPath' | 'maskPath'>,
): DatasetRecord[] {
  const annotationsOf = new Map<number, CocoFile['annotations'][number][]>(coco.images.map(({ id }) => [id, []]));
  for (const annotation of coco.annotations) annotationsOf.get(annotation.image_id)?.push(annotation);
  return coco.images.map(({ id, file_name, width, height }) => {
    const annotations = annotationsOf.get(id) ?? [];
    const solid = annotations.filter(({ iscrowd }) => iscrowd === 0);
    const regions = new Map(
      annotations.filter(({ iscrowd }) => iscrowd === 1).map(({ bbox }) => [bbox.join(), bbox] as const),
    );
    return {
      imageId: id,
      fileName: file_name,
      ...locate(file_name),
      width,
      height,
      boxes: cornerBoxes(solid.map(({ bbox }) => bbox)),
      labels: Int32Array.from(solid, ({ category_id }) => category_id),
      items: solid.map(itemOf),
      crowdBoxes: cornerBoxes([...regions.values()]),
    };
  });
}

/** DeepFashion2's rule: one pair and one style above 0 are one item. */
function itemOf({ pair_id: pair, style }: GarmentFacts): string | null {
  return pair === undefined || style === undefined || style <= 0 ? null : `${pair}/${style}`;
}

function cornerBoxes(boxes: readonly CocoFile['annotations'][number]['bbox'][]): Float32Array {
  return Float32Array.from(boxes.flatMap(([x, y, width, height]) => [x, y, x + width, y + height]));
}
