/** @file Everything that the app shows, as one value; `shop-reducer.ts` says how it changes. */
import type { Box, SearchAnswer, SimilarItem } from '../../client/client.ts';
import type { DeviceDescription } from '../finder/garment-finder.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import type { FailureKind } from '../results/failure-kind.ts';
import type { FilterChoice } from './filter-choice.ts';
import type { View } from './view.ts';

export interface Garment {
  /** Of this session: `g1`, `g2`... */
  readonly id: string;
  readonly box: Box;
  readonly label: string | null;
  readonly score: number | null;
  /** Of a device; null where the server knows the photo, and until a box that was moved is described anew. */
  readonly description: DeviceDescription | null;
  /** Why a device could not describe the box; null where it could, or has not yet. */
  readonly trouble: Failure | null;
  /** Its place among the garments that the finder found; null once it was moved, or drawn. */
  readonly found: number | null;
  /** Class that the shopper says it is; null leaves it to the finder. */
  readonly wantedLabel: string | null;
  readonly like: readonly ItemBrief[];
  readonly not: readonly ItemBrief[];
}

/** What is kept of an item that was saved or chosen as an example. */
export interface ItemBrief {
  readonly id: string;
  readonly title: string;
  readonly image: string | null;
  readonly price: number | null;
  readonly currency: string | null;
  readonly url: string | null;
  readonly brand: string | null;
}

export interface Photo extends PreparedPhoto {
  /** In the memory of the server; null where it was never sent. */
  readonly photoId: string | null;
  /** Of a device's vectors; null where the server has found the garments. */
  readonly spaceId: string | null;
  /** Of a device: the photo as a whole. */
  readonly whole: DeviceDescription | null;
}

export type PhotoStage =
  | { readonly step: 'none' | 'preparing' }
  | { readonly step: 'finding'; readonly prepared: PreparedPhoto }
  | { readonly step: 'found'; readonly photo: Photo }
  /** With the photo, where it could be read: it can be tried again. */
  | { readonly step: 'failed'; readonly failure: Failure; readonly prepared: PreparedPhoto | null };

export interface Failure {
  readonly kind: FailureKind;
  /** Of the API, for whoever runs the shop. */
  readonly code: string;
  /** Seconds, where the shop says when to come again. */
  readonly retryAfterS?: number | undefined;
}

export type Answer =
  | { readonly step: 'asked' }
  | { readonly step: 'answered'; readonly answer: SearchAnswer }
  | { readonly step: 'failed'; readonly failure: Failure };

/** An item that is looked at closely. */
export interface OpenedItem {
  readonly item: SimilarItem;
  readonly queryId: string | null;
  /** The garment that it was found for; null on pages without a photo. */
  readonly garment: string | null;
}

export interface ShopState {
  readonly view: View;
  readonly stage: PhotoStage;
  readonly garments: readonly Garment[];
  /** Id of a garment; null for the whole look. */
  readonly chosen: string | null;
  readonly isDrawing: boolean;
  readonly filter: FilterChoice;
  /** By the key of what was asked; see `asks.ts`. */
  readonly answers: { readonly [key: string]: Answer };
  /** Pages that are shown of what is being looked at. */
  readonly numPages: number;
  readonly opened: OpenedItem | null;
  readonly favourites: readonly ItemBrief[];
  readonly isOnline: boolean;
  /** Counts the occasions on which what failed is asked again: by the shopper, with a new photo, or with the connection back. */
  readonly numTries: number;
  /** Counts what was drawn, for ids. */
  readonly numDrawn: number;
}

export function briefOf(item: SimilarItem): ItemBrief {
  const { id, title, image, price, currency, url, attributes } = item;
  const brand = typeof attributes.brand === 'string' ? attributes.brand : null;
  return { id, title, image, price, currency, url, brand };
}
