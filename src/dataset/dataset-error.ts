/** @file Why a set of labelled photos was refused. One code a reason. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

export type DatasetErrorCode =
  | 'dataset-missing'
  | 'dataset-too-large'
  | 'dataset-not-utf8'
  | 'dataset-not-json'
  | 'dataset-not-coco'
  | 'dataset-duplicate-id'
  | 'dataset-unknown-category'
  | 'dataset-unknown-image'
  | 'dataset-box-size'
  | 'dataset-box-outside'
  | 'dataset-file-name'
  | 'dataset-image-missing'
  | 'dataset-image-size'
  | 'dataset-relabelling'
  | 'dataset-split'
  | 'dataset-classes-differ'
  | 'dataset-version'
  | 'dataset-torn'
  | 'dataset-list'
  | 'dataset-list-rows'
  | 'dataset-empty'
  | 'dataset-not-xml'
  | 'dataset-not-voc'
  | 'dataset-not-yolo'
  | 'dataset-not-yaml'
  | 'dataset-not-deepfashion2'
  | 'dataset-unknown-format'
  | 'dataset-out-taken'
  | 'dataset-name-clash';

/** A data set that cannot be used as it is. */
export class DatasetError extends DeepShopError {
  declare readonly code: DatasetErrorCode;

  constructor(code: DatasetErrorCode, summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(code, summary, facts, options);
  }
}

/** The first few of a list of faults, and how many there are in all. */
export function listFaults(faults: readonly string[], shown = 3): string {
  const rest = faults.length - shown;
  return faults.slice(0, shown).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
