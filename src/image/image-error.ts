/** @file Why a picture was refused. One code a reason, so that a caller can answer each in its own words. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

export type ImageErrorCode =
  | 'image-missing'
  | 'image-empty'
  | 'image-truncated'
  | 'image-damaged'
  | 'image-not-an-image'
  | 'image-svg'
  | 'image-pdf'
  | 'image-heic'
  | 'image-unsupported'
  | 'image-too-large';

/** A picture that cannot be read. */
export class ImageError extends DeepShopError {
  declare readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(code, summary, facts, options);
  }
}
