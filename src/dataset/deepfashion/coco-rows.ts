/**
 * @file Photos of DeepFashion as COCO, made row by row as they are written.
 *
 * Beyond COCO, an annotation carries the category that it had (`source_category`), the ids of the attributes that were
 * said to be there (`attribute_ids`, explained in the file's `attributes`), and `landmarks`: x, y, visibility one after the
 * other in DeepFashion's order, visibility as COCO has it (2 visible, 1 hidden, 0 cut off: two minus DeepFashion's).
 */
import { plural } from '../../text/plural.ts';
import type { CocoAnnotation, CocoImage, CocoRows } from '../coco.ts';
import { clipToImage, insideImage } from '../coco-boxes.ts';
import { DatasetError, listFaults } from '../dataset-error.ts';
import type { RelabelTarget } from '../relabel.ts';
import { type DeepFashionLists, maxLandmarks } from './lists.ts';
import type { DeepFashionRecipe } from './recipes.ts';
import type { Selection, Side } from './select-photos.ts';

interface DeepFashionAnnotation extends CocoAnnotation {
  readonly source_category: string;
  readonly attribute_ids?: readonly number[];
  readonly clothes_type?: number;
  readonly landmarks?: readonly number[];
}

/** Sizes and boxes of the photos that are kept, in their order. k photos. */
export interface KeptGeometry {
  /** `[k, 2]`: width, height */
  readonly sizes: Uint32Array;
  /** `[k, 4]` COCO boxes, inside their photo */
  readonly boxes: Float32Array;
  /** Boxes that overshot their photo slightly and were cut back to it. */
  readonly clipped: number;
}

/** The least size that holds the box and the landmarks: what is known of a photo that is not there. */
export function leastSizes({ photos, boxes, landmarks }: DeepFashionLists, { rows }: Selection): Uint32Array {
  const sizes = new Uint32Array(rows.length * 2);
  rows.forEach((row, index) => {
    let [width, height] = [boxes[row * 4 + 2], boxes[row * 4 + 3]];
    for (let landmark = 0; landmark < (landmarks?.count[row] ?? 0); landmark++) {
      const at = (row * maxLandmarks + landmark) * 3;
      width = Math.max(width, landmarks!.points[at]);
      height = Math.max(height, landmarks!.points[at + 1]);
    }
    if (width < 1 || height < 1) {
      throw new DatasetError('dataset-box-outside', 'a box outside its photo', {
        where: 'list_bbox.txt',
        expected: insideImage,
        got: `x_2 ${boxes[row * 4 + 2]}, y_2 ${boxes[row * 4 + 3]} of ${photos.names[row]}`,
        cure: 'Are lists and photos of one copy? Unpack both again.',
      });
    }
    sizes.set([width, height], index * 2);
  });
  return sizes;
}

/** Boxes of kept photos in COCO's form, checked against the sizes. */
export function fitBoxes({ photos, boxes }: DeepFashionLists, { rows }: Selection, sizes: Uint32Array): KeptGeometry {
  const fitted = new Float32Array(rows.length * 4);
  const outside: string[] = [];
  let clipped = 0;
  rows.forEach((row, index) => {
    const [x1, y1, x2, y2] = boxes.subarray(row * 4, row * 4 + 4);
    const given = [x1, y1, x2 - x1, y2 - y1] as const;
    const [width, height] = [sizes[index * 2], sizes[index * 2 + 1]];
    const inside = clipToImage(given, { width, height });
    if (inside === null || inside[2] <= 0 || inside[3] <= 0) {
      outside.push(`${photos.names[row]} has x_1 ${x1}, y_1 ${y1}, x_2 ${x2}, y_2 ${y2} on ${width} x ${height}`);
      return;
    }
    if (inside.some((value, side) => value !== given[side])) clipped++;
    fitted.set(inside, index * 4);
  });
  if (outside.length === 0) return { sizes, boxes: fitted, clipped };
  throw new DatasetError('dataset-box-outside', `${plural(outside.length, 'box', 'boxes')} far outside the photo`, {
    where: 'list_bbox.txt',
    expected: insideImage,
    got: listFaults(outside),
    cure: 'Are the photos those that the lists are for (img.zip, not the high-resolution ones)?',
  });
}

/**
 * The kept photos of a side, or all of them. An image's id is its row in `list_category_img.txt`, from 1: the same in every
 * data set made of the same lists. Its `sender` is the folder, so that photos of one garment stay in one fold.
 */
export function cocoRows(
  lists: DeepFashionLists,
  { classes }: DeepFashionRecipe,
  selection: Selection,
  geometry: KeptGeometry,
  side: Exclude<Side, null> | 'all',
): CocoRows & { readonly info: unknown; readonly attributes?: readonly unknown[] } {
  const isOnSide = (index: number) => side === 'all' || selection.sides[index] === side;
  const { attributes } = lists;
  return {
    info: { description: 'DeepFashion, Category and Attribute Prediction Benchmark, prepared by deep-shopping' },
    images: {
      *[Symbol.iterator]() {
        for (let index = 0; index < selection.rows.length; index++) {
          if (isOnSide(index)) yield imageOf(lists, selection, geometry, index);
        }
      },
    },
    annotations: {
      *[Symbol.iterator]() {
        let id = 1;
        for (let index = 0; index < selection.rows.length; index++) {
          if (isOnSide(index)) yield* annotationsOf(lists, classes, selection, geometry, index, id);
          id += classesOf(selection.targets[lists.photos.categories[selection.rows[index]] - 1]).length;
        }
      },
    },
    categories: classes.map((name, index) => ({ id: index + 1, name })),
    ...(attributes === null
      ? {}
      : { attributes: attributes.map(({ name, kind }, index) => ({ id: index + 1, name, supercategory: kind })) }),
  };
}

function imageOf({ photos }: DeepFashionLists, { rows }: Selection, { sizes }: KeptGeometry, index: number): CocoImage {
  const row = rows[index];
  const name = photos.names[row];
  const folder = /^(?:.*[\\/])?([^\\/]+)[\\/][^\\/]*$/.exec(name)?.[1];
  const [width, height] = [sizes[index * 2], sizes[index * 2 + 1]];
  return { id: row + 1, file_name: name, width, height, ...(folder === undefined ? {} : { sender: folder }) };
}

function annotationsOf(
  { photos, categories, attributeLabels, landmarks }: DeepFashionLists,
  classes: readonly string[],
  { rows, targets }: Selection,
  { boxes }: KeptGeometry,
  index: number,
  firstId: number,
): DeepFashionAnnotation[] {
  const row = rows[index];
  const category = photos.categories[row] - 1;
  const target = targets[category];
  const [x, y, width, height] = boxes.subarray(index * 4, index * 4 + 4);
  const carried = {
    source_category: categories[category].name,
    ...(attributeLabels === null ? {} : { attribute_ids: idsOf(attributeLabels, row) }),
    ...(landmarks === null ? {} : { clothes_type: landmarks.clothesType[row], landmarks: pointsOf(landmarks, row) }),
  };
  return classesOf(target).map((name, place) => ({
    id: firstId + place,
    image_id: row + 1,
    category_id: classes.indexOf(name) + 1,
    bbox: [x, y, width, height],
    area: width * height,
    iscrowd: typeof target === 'string' ? 0 : 1,
    ...carried,
  }));
}

function classesOf(target: RelabelTarget | undefined): readonly string[] {
  return typeof target === 'string' ? [target] : (target?.ignore ?? []);
}

function idsOf({ start, count, ids }: NonNullable<DeepFashionLists['attributeLabels']>, row: number): number[] {
  return Array.from(ids.subarray(start[row], start[row] + count[row]));
}

function pointsOf({ points, count }: NonNullable<DeepFashionLists['landmarks']>, row: number): number[] {
  const first = row * maxLandmarks * 3;
  return Array.from(points.subarray(first, first + count[row] * 3), (value, place) =>
    place % 3 === 2 ? 2 - value : value,
  );
}
