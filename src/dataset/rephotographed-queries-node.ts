/**
 * @file Questions with known answers out of a data set with masks: each garment photographed again on the ground of
 * another photo.
 *
 * Every random number comes from (seed, file name, view): a query is the same bytes whoever makes it, in whatever order.
 */
import { type BoxTuple, boxAt } from '../boxes/boxes.ts';
import { drawGround } from '../image/augment-paste.ts';
import { readPhoto } from '../image/decode-node.ts';
import { readMask } from '../image/mask-node.ts';
import type { Frame, Photo } from '../image/photo.ts';
import { cropGround, type RephotographConfig, rephotograph, standardRephotograph } from '../image/rephotograph.ts';
import { savedPhoto } from '../image/rephotograph-node.ts';
import { Random, seedFrom } from '../random/random.ts';
import type { DatasetRecord } from './dataset.ts';

export interface QueryPhoto {
  readonly photo: Photo;
  /** Of the garment, pixels of the photo. */
  readonly box: BoxTuple;
}

export interface QuerySource {
  /** Photos whose surroundings become grounds. */
  readonly grounds: readonly DatasetRecord[];
  readonly seed: number;
  /** Left out: {@link standardRephotograph}. */
  readonly config?: RephotographConfig;
  /** The share of plain, soft grounds, as walls and tables are. Left out: 0.2. */
  readonly plainGrounds?: number;
}

/** @param view another number gives another picture of the same garment */
export async function makeQueryPhoto(record: DatasetRecord, view: number, source: QuerySource): Promise<QueryPhoto> {
  const { config = standardRephotograph, seed } = source;
  const random = new Random(seedFrom(seed, 'rephotograph', record.fileName, view));
  const ground = await makeGround(record, source, config, random);
  const [photo, mask] = await Promise.all([readPhoto(record.photoPath), readMask(record.maskPath!)]);
  const { frame, box } = rephotograph({ photo, mask, box: boxAt(record.boxes, 0) }, ground, config, random);
  const quality = Math.round(random.between(...config.quality));
  return { photo: await savedPhoto(frame, quality), box };
}

async function makeGround(
  { fileName }: DatasetRecord,
  { grounds, plainGrounds = 0.2 }: QuerySource,
  config: RephotographConfig,
  random: Random,
): Promise<Frame> {
  if (random.chance(plainGrounds)) return drawGround(config, random);
  const others = grounds.length > 1 ? grounds.filter((other) => other.fileName !== fileName) : grounds;
  const { photoPath, boxes, crowdBoxes } = random.pick(others);
  return cropGround(await readPhoto(photoPath), Float32Array.from([...boxes, ...crowdBoxes]), config, random);
}
