/**
 * @file Labelled photos as a reader hands them over, whatever their format: the form is right, boxes may be anything.
 *
 * Boxes are COCO's `[x, y, width, height]`. What can be wrong with them: `coco.ts` refuses it, `doctor/` explains it.
 */
import type { GivenCoco } from './coco.ts';

export type SetFormat = 'prepared' | 'coco' | 'deepfashion2' | 'voc' | 'yolo';

export interface LabelledSet {
  readonly format: SetFormat;
  /** The file or folder of the labels, for messages. */
  readonly where: string;
  /** Folder that file names start from. */
  readonly images: string;
  readonly given: GivenCoco;
  /** Where the format has a split: `train`, `val` or another part by file name. */
  readonly sides: ReadonlyMap<string, string> | null;
  /** Whether the sizes were read from the photos (upright), for lack of sizes in the labels. */
  readonly hasOwnSizes: boolean;
  /** Labels that are not in `given`, because their photo could not be read and without its size they say nothing. */
  readonly faults: readonly PhotoFault[];
}

export interface PhotoFault {
  readonly fileName: string;
  readonly code: string;
  readonly message: string;
}
