/**
 * @file Puts right what is certain: boxes in the wrong form, and boxes made on the pixels before EXIF turned them.
 *
 * The checks of boxes look at the result, so that one cause is one finding.
 */
import { z } from 'zod';
import type { PhotoSize } from '../../image/decode-node.ts';
import type { CocoImage, GivenAnnotation } from '../coco.ts';
import { clipToImage } from '../coco-boxes.ts';
import type { Bbox, Subject } from './finding.ts';
import { turnBox, turnLandmarks, turnOutline } from './orientation.ts';
import type { SurveyedPhoto } from './survey-node.ts';

/** `corners`: the four numbers are x1, y1, x2, y2. `differences`: sizes were taken for corners and x, y subtracted. */
export type BoxForm = 'sizes' | 'corners' | 'differences';

export interface CorrectedPhoto {
  /** With the upright size where boxes were turned. */
  readonly image: CocoImage;
  readonly given: readonly GivenAnnotation[];
  /** One for each given. */
  readonly annotations: readonly GivenAnnotation[];
  readonly isTurned: boolean;
}

export interface Corrected {
  readonly form: BoxForm;
  /** How many boxes show the form: as sizes they are impossible. */
  readonly formEvidence: number;
  readonly photos: readonly CorrectedPhoto[];
}

/** Fewer boxes than this prove nothing about a whole data set. */
const minBoxes = 10;
/** As many must be impossible as sizes. */
const minEvidence = 3;
const minEvidenceShare = 0.1;
/** As many must be possible in the other form: a slip or two in a large data set is another matter. */
const minPossibleShare = 0.99;

export function correct(subject: Subject): Corrected {
  const { form, evidence } = formOf(subject);
  const photos = subject.set.given.images.map((image, index): CorrectedPhoto => {
    const given = subject.annotationsOf.get(image.id)!;
    const surveyed = subject.survey[index];
    const formed = given.map((annotation) => withBox(annotation, restore(annotation.bbox, form)));
    if ('code' in surveyed || !wasLabelledUnturned(image, formed, surveyed)) {
      return { image, given, annotations: formed, isTurned: false };
    }
    const { orientation, stored, upright } = surveyed;
    const annotations = formed.map((annotation) => turnAnnotation(annotation, orientation, stored));
    return { image: { ...image, ...upright }, given, annotations, isTurned: true };
  });
  return { form, formEvidence: evidence, photos };
}

/** Whether a box fits a frame but for rounding. */
export function fits(bbox: Bbox, frame: { readonly width: number; readonly height: number }): boolean {
  return bbox[2] >= 0 && bbox[3] >= 0 && clipToImage(bbox, frame) !== null;
}

/** Box, outline, landmarks and key points; a mask (run lengths of the stored pixels) is left out. */
function turnAnnotation(annotation: GivenAnnotation, orientation: number, stored: PhotoSize): GivenAnnotation {
  const { segmentation, ...rest } = annotation;
  const outlines = z.array(z.array(z.number())).safeParse(segmentation);
  const points = z.array(z.number()).safeParse(annotation.keypoints);
  const { landmarks } = annotation;
  return {
    ...withBox(rest, turnBox(annotation.bbox, orientation, stored)),
    ...(outlines.success && {
      segmentation: outlines.data.map((outline) => turnOutline(outline, orientation, stored)),
    }),
    ...(points.success && { keypoints: turnLandmarks(points.data, orientation, stored) }),
    ...(landmarks !== undefined && { landmarks: turnLandmarks(landmarks, orientation, stored) }),
  };
}

/**
 * The form of a whole data set. It is another than COCO's only if a good part of the boxes are impossible as sizes and
 * all but very few are possible in the other form.
 */
function formOf({ set, survey, annotationsOf }: Subject): { form: BoxForm; evidence: number } {
  const counts = { all: 0, beyond: 0, negative: 0, asCorners: 0, asDifferences: 0 };
  set.given.images.forEach((image, index) => {
    const surveyed = survey[index];
    // Where turning exchanges the sides, a box may be beyond the photo for that reason.
    if (!('code' in surveyed) && surveyed.orientation > 4) return;
    for (const { bbox } of annotationsOf.get(image.id)!) {
      counts.all++;
      if (bbox[2] < 0 || bbox[3] < 0) counts.negative++;
      else if (!fits(bbox, image)) counts.beyond++;
      if (fits(restore(bbox, 'corners'), image)) counts.asCorners++;
      if (fits(restore(bbox, 'differences'), image)) counts.asDifferences++;
    }
  });
  const { all, beyond, negative, asCorners, asDifferences } = counts;
  const shows = (evidence: number, possible: number) =>
    all >= minBoxes && evidence >= Math.max(minEvidence, all * minEvidenceShare) && possible >= all * minPossibleShare;
  if (shows(beyond, asCorners)) return { form: 'corners', evidence: beyond };
  if (shows(negative, asDifferences)) return { form: 'differences', evidence: negative };
  return { form: 'sizes', evidence: 0 };
}

function restore([x, y, a, b]: Bbox, form: BoxForm): Bbox {
  if (form === 'corners') return [x, y, a - x, b - y];
  return form === 'differences' ? [x, y, a + x, b + y] : [x, y, a, b];
}

/**
 * The labels' size is that of the stored pixels, or upright with a box that lies outside and fits the stored pixels. Where
 * boxes fit only the upright photo, turning them would make them worse, whatever size the labels say.
 */
function wasLabelledUnturned(
  image: CocoImage,
  annotations: readonly GivenAnnotation[],
  { orientation, stored, upright }: SurveyedPhoto,
): boolean {
  if (orientation < 5 || stored.width === stored.height) return false;
  const allFit = (frame: PhotoSize) => annotations.every(({ bbox }) => fits(bbox, frame));
  if (image.width === stored.width && image.height === stored.height) return allFit(stored) || !allFit(upright);
  const isUpright = image.width === upright.width && image.height === upright.height;
  return isUpright && !allFit(upright) && allFit(stored);
}

/** An area that was the product of the sides stays it; one from a mask stays as it is. */
function withBox(annotation: GivenAnnotation, [x, y, width, height]: Bbox): GivenAnnotation {
  const { bbox, area } = annotation;
  if (bbox[0] === x && bbox[1] === y && bbox[2] === width && bbox[3] === height) return annotation;
  const wasProduct = area === undefined || Math.abs(area - bbox[2] * bbox[3]) < 1e-3 * Math.abs(area);
  return { ...annotation, bbox: [x, y, width, height], ...(wasProduct && { area: width * height }) };
}
