/** @file The searcher of a store and a model on disk. */
import { randomBytes } from 'node:crypto';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { readPhotoWithin } from '../image/decode-node.ts';
import { createSearcher, type SearcherParts } from './create-searcher.ts';
import { type PhotoLimits, PhotoMemory } from './photo-memory.ts';
import { createPictureStock, type StockOptions } from './picture-stock-node.ts';
import type { Searcher } from './searcher.ts';
import { openStoreAccess, type StorePatience } from './store-access-node.ts';
import { writeItems } from './write-items-node.ts';

/** Can be sent to a thread. */
export interface SearcherSettings {
  readonly store: string;
  /** Of stores in an engine. */
  readonly patience?: StorePatience | undefined;
  readonly photos: PhotoLimits;
  readonly stock: StockOptions;
  /** Of a photo that is sent. */
  readonly maxPixels: number;
  /** Which thread this is: photo ids say it, so that a photo is asked about where it is remembered. */
  readonly thread: number;
}

/** Photos are decoded to this many pixels at most along the longer side: several times what the network looks at. */
const decodedSide = 1280;
/** What nobody asks about is looked for so often. */
const forgetEveryMs = 10_000;

export async function openSearcher(
  engine: GarmentEngine,
  { store, patience, photos: limits, stock, maxPixels, thread }: SearcherSettings,
  { onStage, now }: Pick<SearcherParts, 'onStage'> & { readonly now?: () => number } = {},
): Promise<Searcher> {
  const photos = new PhotoMemory(limits, { newId: () => newPhotoId(thread), ...(now === undefined ? {} : { now }) });
  const sweep = setInterval(() => photos.forgetExpired(), forgetEveryMs);
  sweep.unref();
  const pictures = createPictureStock(stock);
  const searcher = createSearcher({
    engine,
    stores: await openStoreAccess(store, engine, patience),
    photos,
    decode: (bytes) => readPhotoWithin(bytes, { maxSide: decodedSide, maxPixels, where: 'photo' }),
    writeItems: (opened, operations) => writeItems(opened, operations, { engine, stock: pictures, maxPixels }),
    onStage,
  });
  return {
    ...searcher,
    async close() {
      clearInterval(sweep);
      await searcher.close();
    },
  };
}

function newPhotoId(thread: number): string {
  return `ph_${thread.toString(36)}_${randomBytes(16).toString('base64url')}`;
}

/** Which thread remembers a photo. */
export function threadOf(photoId: string): number {
  return Number.parseInt(photoId.split('_')[1] ?? '0', 36);
}
