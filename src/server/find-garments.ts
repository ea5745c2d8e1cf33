/** @file From a request to what a store is asked: the garments of a photo, a drawn box, items, vectors of a device. */
import type { SearchRequest } from '../api/search.ts';
import type { BoxTuple } from '../boxes/boxes.ts';
import type { DescriptorName, GarmentDetection, GarmentEngine } from '../embedding/descriptor.ts';
import type { PhotoWithin } from '../image/decode-node.ts';
import { type GarmentQuery, garmentIn, garmentsOf } from '../retrieval/garment-query.ts';
import type { OpenedStore } from '../stores/vector-store.ts';
import { ApiError } from './api-error.ts';
import type { KnownPhoto } from './photo-memory.ts';
import { readVector } from './read-vector.ts';

export interface Looking {
  readonly engine: GarmentEngine;
  readonly store: OpenedStore;
  readonly descriptor: DescriptorName;
}

/** A box that nobody knows. */
const noBox: BoxTuple = [0, 0, 1, 1];

/** Every garment of a photo. The network sees a photo once: later questions are answered from what was found. */
export function garmentsInPhoto(
  known: KnownPhoto,
  { photo }: PhotoWithin,
  looking: Looking,
): Promise<readonly GarmentQuery[]> {
  return known.garmentsBy(() => garmentsOf(photo, looking));
}

/** @param drawn in pixels of the upright photo */
export async function garmentInBox(
  known: KnownPhoto,
  decoded: PhotoWithin,
  { drawn, ...looking }: Looking & { readonly drawn: BoxTuple },
): Promise<GarmentQuery> {
  const { engine } = looking;
  const scale = scaleOf(decoded);
  const detections = (await garmentsInPhoto(known, decoded, looking)).flatMap(asDetection);
  const [x1, y1, x2, y2] = drawn;
  const box = [x1 / scale, y1 / scale, x2 / scale, y2 / scale] as const;
  const { width, height } = decoded.upright;
  if (x1 >= width || y1 >= height || x2 <= 0 || y2 <= 0) {
    throw new ApiError('box-outside', 'nothing of the box is in the photo', {
      where: 'box',
      expected: `x1,y1,x2,y2 within ${width} x ${height} pixels`,
      got: drawn.join(','),
      cure: 'Boxes are in pixels of the upright photo, as /v1/detect gives them.',
    });
  }
  return garmentIn(decoded.photo, box, { ...looking, engine: { ...engine, detect: async () => detections } });
}

/** Pixels of the upright photo in one of the decoded. */
export function scaleOf({ photo, upright }: PhotoWithin): number {
  return upright.width / photo.width;
}

/**
 * What a device found by itself.
 *
 * A class that the model does not have is left out, as if it were not known: it would else stand in the log of queries, in files of
 * events and in query sets. It is no error, since the classes of a model may change while its space stays (`spaceIds`): a page that
 * was loaded before goes on searching.
 *
 * @throws ApiError `store-space`
 */
export function garmentsOfDevice(
  request: SearchRequest,
  { engine, store }: Pick<Looking, 'engine' | 'store'>,
): GarmentQuery[] {
  const { spaceId } = store.manifest;
  if (request.spaceId !== spaceId) {
    throw new ApiError('store-space', 'the vector is of another space than the store', {
      where: 'spaceId',
      expected: spaceId,
      got: request.spaceId ?? 'none',
      cure: 'Load the model of this server anew: GET /v1/model.',
    });
  }
  const { vector, label, classes, facts, drawn, box } = request;
  const single = vector === undefined ? [] : [{ vector, label, classes, facts, drawn, box, score: null }];
  const garments = request.garments ?? single;
  const isOfModel = (name: string) => engine.classes.includes(name);
  return garments.map((garment): GarmentQuery => {
    const known = garment.label != null && isOfModel(garment.label) ? garment.label : null;
    const isWhole = garment.box == null;
    return {
      source: isWhole ? 'whole' : garment.drawn === true ? 'drawn' : 'detected',
      box: garment.box ?? noBox,
      label: known,
      score: garment.score ?? null,
      vector: readVector(garment.vector, store.config),
      classes: garment.classes?.filter(isOfModel) ?? (known === null ? [] : [known]),
      facts: garment.facts ?? { colours: null, texture: null },
      isPlain: !isWhole,
    };
  });
}

/** Classes of a query are those that the detector held to be likely. */
function asDetection({ source, box, label, score, classes }: GarmentQuery): GarmentDetection[] {
  if (source !== 'detected' || label === null || score === null) return [];
  return [{ box, label, score, alternatives: classes.slice(1).map((other) => ({ label: other, score })) }];
}
