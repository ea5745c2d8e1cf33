/** @file List files as DeepFashion writes them: the number of rows, the names of the columns, rows apart by runs of spaces. */
import { deepFashionCategories } from '../dataset/deepfashion/categories.ts';
import { attributeKinds } from '../dataset/deepfashion/lists.ts';

/** Names are followed by spaces up to this column, as in the real lists. */
const nameWidth = 70;

/** The text of a list. */
export function listText(columns: readonly string[], rows: readonly string[]): string {
  return `${rows.length}\n${columns.join('  ')}\n${rows.map((row) => `${row}\n`).join('')}`;
}

/** A row: a name that may hold spaces, then fields. */
export function listRow(name: string, fields: readonly (string | number)[], gap = '  '): string {
  return `${name.padEnd(nameWidth)}${gap}${fields.join(gap === '' ? ' ' : gap)}`;
}

/** Coordinates of boxes and landmarks stand in three digits. */
export function threeDigits(value: number): string {
  return String(value).padStart(3, '0');
}

/** Names of the columns of each list. */
export const listColumns = {
  categories: ['category_name', 'category_type'],
  photos: ['image_name', 'category_label'],
  boxes: ['image_name', 'x_1', 'y_1', 'x_2', 'y_2'],
  attributes: ['attribute_name', 'attribute_type'],
  attributeLabels: ['image_name', 'attribute_labels'],
  landmarks: [
    'image_name',
    'clothes_type',
    'variation_type',
    ...Array.from({ length: 8 }, (_, index) => index + 1).flatMap((number) => [
      `landmark_visibility_${number}`,
      `landmark_location_x_${number}`,
      `landmark_location_y_${number}`,
    ]),
  ],
  partition: ['image_name', 'evaluation_status'],
} as const;

/** `list_category_cloth.txt`, all fifty rows. */
export function categoriesText(): string {
  return listText(
    listColumns.categories,
    deepFashionCategories.map(({ name, type }) => listRow(name, [type])),
  );
}

/** `list_attr_cloth.txt`. */
export function attributesText(
  attributes: readonly { readonly name: string; readonly kind: (typeof attributeKinds)[number] }[],
): string {
  return listText(
    listColumns.attributes,
    attributes.map(({ name, kind }) => listRow(name, [attributeKinds.indexOf(kind) + 1])),
  );
}
