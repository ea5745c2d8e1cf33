/** @file What a page and its garment worker say to each other. */
import type { BoxTuple } from '../../boxes/boxes.ts';
import type { GarmentDetection, VectorSpace } from '../../embedding/descriptor.ts';
import type { WebBuild } from '../../onnx/session-web.ts';
import type { GarmentFacts } from '../../retrieval/garment-facts.ts';
import type { SentError } from './sent-error.ts';

export interface LoadSettings {
  /** Of the server, without a slash at the end; '' for the page's own. */
  readonly server: string;
  readonly key: string | undefined;
  /** `webgpu` where there is one and it answers as the server does; else `wasm`. */
  readonly prefer: WebBuild;
  /** Why WebGPU is not to be used though it is preferred: another worker has tried it. Null where none has. */
  readonly missed: string | null;
  /** 0 for as many as there are cores, four at most. */
  readonly threads: number;
}

export interface LoadProgress {
  readonly stage: 'download' | 'open' | 'check';
  readonly backend: WebBuild;
  readonly loadedBytes: number;
  /** Of model and runtime. */
  readonly totalBytes: number;
}

/** What was loaded. */
export interface DeviceModel {
  readonly modelId: string;
  readonly classes: readonly string[];
  /** The server's; vectors are sent with its id. */
  readonly space: VectorSpace;
  readonly backend: WebBuild;
  /** Of wasm. */
  readonly threads: number;
  /** Why it is not the one that was preferred; null where it is. */
  readonly fallback: string | null;
  /** Nothing was fetched but the name of the model, or not even that: it works offline. */
  readonly isFromCache: boolean;
}

/** A picture on its way to the worker. */
export type SentPicture =
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'bitmap'; readonly bitmap: ImageBitmap }
  /** `[height, width, 4]` uint8 */
  | { readonly kind: 'rgba'; readonly width: number; readonly height: number; readonly pixels: Uint8ClampedArray };

/** What a box is searched by, and its reasons: what is known of it in place of its pixels. */
export interface BoxDescription {
  /** `[dimension]` float32 */
  readonly vector: Float32Array;
  readonly facts: GarmentFacts;
}

export interface DescribedGarment extends GarmentDetection, BoxDescription {
  /** Looked among first, as on the server: the label, then others that are nearly as likely. */
  readonly classes: readonly string[];
}

/** What was found in a photo. */
export interface FoundGarments {
  /** For {@link DeviceFinder.describe}, while this photo is one of the last four. */
  readonly photo: number;
  readonly width: number;
  readonly height: number;
  /** By descending score; boxes in pixels of the photo. As on the server, one of doubt where there is no other. */
  readonly garments: readonly DescribedGarment[];
  /** The photo as a whole. */
  readonly whole: BoxDescription;
}

export type Request =
  | { readonly kind: 'load'; readonly settings: LoadSettings }
  | {
      readonly kind: 'find';
      readonly number: number;
      readonly picture: SentPicture;
      readonly minScore?: number | undefined;
    }
  | { readonly kind: 'describe'; readonly number: number; readonly photo: number; readonly boxes: readonly BoxTuple[] }
  | { readonly kind: 'cancel'; readonly number: number };

export type Reply =
  | { readonly kind: 'progress'; readonly progress: LoadProgress }
  | { readonly kind: 'loaded'; readonly model: DeviceModel }
  | { readonly kind: 'load-failed'; readonly error: SentError }
  | { readonly kind: 'found'; readonly number: number; readonly found: FoundGarments }
  | { readonly kind: 'described'; readonly number: number; readonly boxes: readonly BoxDescription[] }
  | { readonly kind: 'failed'; readonly number: number; readonly error: SentError };
