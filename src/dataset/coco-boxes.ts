/** @file The boxes of COCO files: what may be put right, and what is refused. */
import { plural } from '../text/plural.ts';
import { type CocoAnnotation, type CocoFile, type CocoImage, factsOf, type GivenCoco } from './coco.ts';
import { DatasetError, type DatasetErrorCode, listFaults } from './dataset-error.ts';

/** A checked file and what was put right on the way. */
export interface CheckedCoco {
  readonly coco: CocoFile;
  /** Boxes that overshot their image slightly and were cut back to it. */
  readonly clipped: number;
  /** Boxes without an area, left out. */
  readonly empty: number;
  /** Boxes whose outline (`segmentation`: polygons or run lengths) is not kept. */
  readonly outlines: number;
}

/** How far a box may overshoot its image and be cut back instead of refused: rounding and loose hands do that much. */
const overshootPixels = 2;
const overshootShare = 0.02;

/** What is expected of a box, for messages. */
export const insideImage = `boxes inside the photo, or over its edge by at most ${overshootShare * 100} % or ${overshootPixels} pixels`;

/**
 * Checks the boxes of a file whose form is right: slight overshoots are cut back, boxes without an area left out.
 *
 * @param where the file's name, for messages
 * @throws DatasetError that names the first faults of a kind and counts the rest
 */
export function checkBoxes({ images, annotations, categories, attributes }: GivenCoco, where: string): CheckedCoco {
  const imageOf = new Map(images.map((image) => [image.id, image]));
  const kept: CocoAnnotation[] = [];
  const negative: string[] = [];
  const outside: string[] = [];
  let clipped = 0;
  let empty = 0;
  let outlines = 0;
  for (const annotation of annotations) {
    const { bbox } = annotation;
    const image = imageOf.get(annotation.image_id) as CocoImage;
    const fault = `annotation ${annotation.id} has [${bbox.join(', ')}] on a photo of ${image.width} x ${image.height}, ${image.file_name}`;
    if (bbox[2] < 0 || bbox[3] < 0) {
      negative.push(fault);
      continue;
    }
    const inside = clipToImage(bbox, image);
    if (inside === null) outside.push(fault);
    else if (inside[2] <= 0 || inside[3] <= 0) empty++;
    else {
      if (inside.some((value, side) => value !== bbox[side])) clipped++;
      if (isOutline(annotation.segmentation)) outlines++;
      const { id: annotationId, image_id, category_id, area = inside[2] * inside[3], iscrowd = 0 } = annotation;
      kept.push({ id: annotationId, image_id, category_id, bbox: inside, area, iscrowd, ...factsOf(annotation) });
    }
  }
  const boxes = (faults: readonly string[]) => plural(faults.length, 'box', 'boxes');
  refuseBoxes(where, 'dataset-box-size', `${boxes(negative)} of negative width or height`, negative, {
    expected: 'bbox as [x, y, width, height]',
    cure: 'Are they [x1, y1, x2, y2]? Convert them. deepshop doctor shows them all.',
  });
  refuseBoxes(where, 'dataset-box-outside', `${boxes(outside)} far outside the photo`, outside, {
    expected: insideImage,
    cure: 'Are they for another size or orientation of the photo? Correct or remove them.',
  });
  const named = attributes === undefined ? {} : { attributes };
  return { coco: { images, annotations: kept, categories, ...named }, clipped, empty, outlines };
}

function isOutline(segmentation: unknown): boolean {
  return Array.isArray(segmentation) ? segmentation.length > 0 : segmentation !== null && segmentation !== undefined;
}

/** The box cut back to its image; null when it lies further outside than rounding explains. */
export function clipToImage(
  [x, y, width, height]: readonly [number, number, number, number],
  image: Pick<CocoImage, 'width' | 'height'>,
): [number, number, number, number] | null {
  const slackX = Math.max(overshootPixels, image.width * overshootShare);
  const slackY = Math.max(overshootPixels, image.height * overshootShare);
  const outside = x < -slackX || y < -slackY || x + width > image.width + slackX || y + height > image.height + slackY;
  if (outside) return null;
  const left = Math.min(Math.max(0, x), image.width);
  const top = Math.min(Math.max(0, y), image.height);
  const overRight = x + width > image.width;
  const overBottom = y + height > image.height;
  return [
    left,
    top,
    overRight ? image.width - left : left === x ? width : x + width - left,
    overBottom ? image.height - top : top === y ? height : y + height - top,
  ];
}

function refuseBoxes(
  where: string,
  code: DatasetErrorCode,
  summary: string,
  faults: readonly string[],
  facts: { expected: string; cure: string },
): void {
  if (faults.length > 0) throw new DatasetError(code, summary, { where, got: listFaults(faults), ...facts });
}
