/** @file What the doctor finds: one finding a kind, with the photos that it is about and what to do. */
import type { GivenAnnotation } from '../coco.ts';
import type { LabelledSet, PhotoFault } from '../labelled-set.ts';
import type { SurveyedPhoto } from './survey-node.ts';

/** An error makes figures or training wrong; a warning may; a note asks for a look. */
export type Severity = 'error' | 'warning' | 'note';

/** In the order of a report: errors, warnings, notes. */
export type FindingKind =
  | 'leak'
  | 'photo-unreadable'
  | 'photo-rotated'
  | 'photo-other-size'
  | 'corners-as-sizes'
  | 'sizes-as-corners'
  | 'box-outside'
  | 'box-negative'
  | 'duplicate'
  | 'box-overshoot'
  | 'box-empty'
  | 'box-tiny'
  | 'class-names'
  | 'class-missing'
  | 'class-imbalance'
  | 'rotation-unsure';

/** COCO box. */
export type Bbox = readonly [x: number, y: number, width: number, height: number];

/** A box that is meant, as it is given and as it should be (null where that is not certain, or where it should not be). */
export interface FoundBox {
  readonly annotationId: number;
  readonly className: string;
  readonly given: Bbox;
  readonly corrected: Bbox | null;
}

export interface FoundPhoto {
  /** Name of the data set. */
  readonly source: string;
  readonly fileName: string;
  /** Part of a split. */
  readonly side: string | null;
  readonly boxes: readonly FoundBox[];
  /** Photos of one group, from 0, belong together: copies of each other. */
  readonly group: number | null;
  readonly detail: string | null;
}

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly title: string;
  /** What is wrong and how it is known. */
  readonly explanation: string;
  readonly cure: string;
  /** Certain enough that `--fix` corrects it in its copy. */
  readonly isFixable: boolean;
  readonly photos: readonly FoundPhoto[];
  /** What is found that is not of single photos: classes, one a line. */
  readonly classes: readonly string[];
  /** How many: boxes, photos, groups of photos or classes, as the title says. */
  readonly count: number;
}

/** A data set under examination. */
export interface Subject {
  readonly name: string;
  readonly set: LabelledSet;
  /** In the order of the set's images. */
  readonly survey: readonly (SurveyedPhoto | PhotoFault)[];
  readonly annotationsOf: ReadonlyMap<number, readonly GivenAnnotation[]>;
  /** By category id. */
  readonly classNames: ReadonlyMap<number, string>;
}

/** A photo for a finding. */
export function foundPhoto(
  subject: Subject,
  fileName: string,
  about: Partial<Pick<FoundPhoto, 'boxes' | 'group' | 'detail'>> = {},
): FoundPhoto {
  const { boxes = [], group = null, detail = null } = about;
  return { source: subject.name, fileName, side: sideOf(subject, fileName), boxes, group, detail };
}

/** A box for a finding. */
export function foundBox(
  { classNames }: Subject,
  { id, category_id, bbox }: GivenAnnotation,
  corrected: Bbox | null,
): FoundBox {
  return { annotationId: id, className: classNames.get(category_id)!, given: bbox, corrected };
}

/** The part of a split that a photo belongs to. A set without a split may be a part itself: `val.json`, `instances_train2017.json`. */
export function sideOf({ name, set }: Subject, fileName: string): string | null {
  if (set.sides !== null) return set.sides.get(fileName) ?? null;
  const word = /(?<![a-z])(train|val|valid|validation|test)(?![a-z])/i.exec(name)?.[1]?.toLowerCase();
  return word?.startsWith('val') ? 'val' : (word ?? null);
}
