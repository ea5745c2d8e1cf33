/** @file One view of a garment as a detector sees it: a photo of it as it is, or photographed again. */
import { type BoxTuple, boxAt } from '../boxes/boxes.ts';
import type { DatasetRecord } from '../dataset/dataset.ts';
import { makeQueryPhoto, type QuerySource } from '../dataset/rephotographed-queries-node.ts';
import { readPhoto } from '../image/decode-node.ts';
import { type PreparedPhoto, type PreprocessingConfig, preprocess } from '../image/preprocess.ts';
import { Random, seedFrom } from '../random/random.ts';
import type { ViewRequest } from './garment-views.ts';

export interface ViewSource extends QuerySource {
  readonly records: readonly DatasetRecord[];
  readonly preprocessing: PreprocessingConfig;
}

export interface View {
  readonly prepared: PreparedPhoto;
  /** Pixels of the photo: the labelled box, its edges a little off as a detector's are. */
  readonly box: BoxTuple;
}

/** Standard deviation of an edge, as a share of the box: detections overlap the truth by 0.85 or so. */
const edgeNoise = 0.03;

export async function makeView(source: ViewSource, { record: at, box: boxIndex, again }: ViewRequest): Promise<View> {
  const record = source.records[at];
  const { photo, box } =
    again === 0
      ? { photo: await readPhoto(record.photoPath), box: boxAt(record.boxes, boxIndex) }
      : await makeQueryPhoto(record, again, source);
  const random = new Random(seedFrom(source.seed, 'box', record.fileName, boxIndex, again));
  const [x1, y1, x2, y2] = box;
  const moved = (edge: number, extent: number, limit: number) =>
    Math.min(limit, Math.max(0, edge + edgeNoise * extent * random.normal()));
  return {
    prepared: preprocess(photo, source.preprocessing),
    box: [
      moved(x1, x2 - x1, photo.width),
      moved(y1, y2 - y1, photo.height),
      moved(x2, x2 - x1, photo.width),
      moved(y2, y2 - y1, photo.height),
    ],
  };
}
