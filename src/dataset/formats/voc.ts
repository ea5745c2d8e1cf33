/**
 * @file The files of Pascal VOC: one XML a photo.
 *
 * VOC counts pixels from 1 and names the last pixel that is still inside, so the pixel in the top left corner is
 * `xmin 1, xmax 1` where our box is 0 to 1: `x1 = xmin - 1`, `x2 = xmax`. Tools that count from 0 are one pixel off here,
 * at the left and top. What is written is whole pixels. `difficult` is COCO's `iscrowd`: neither right nor wrong.
 *
 * Reference: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf
 */
import { DatasetError } from '../dataset-error.ts';
import { parseXml, type XmlElement, xmlText } from './xml.ts';

export type CocoBox = readonly [x: number, y: number, width: number, height: number];

export interface VocPhoto {
  /** Null where the file does not say. */
  readonly fileName: string | null;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly objects: readonly VocObject[];
}

export interface VocObject {
  readonly name: string;
  readonly bbox: CocoBox;
  readonly difficult: boolean;
}

/** @throws DatasetError that says what is missing or wrong */
export function parseVoc(text: string, where: string): VocPhoto {
  const root = parseXml(text, where);
  const refuse = (expected: string, got: string): never => {
    throw new DatasetError('dataset-not-voc', 'this is not a Pascal VOC annotation', {
      where,
      expected,
      got,
      cure: 'Correct the file or remove it.',
    });
  };
  if (root.name !== 'annotation') refuse('<annotation>', `<${root.name}>`);
  const number = (parent: XmlElement, name: string, place: string): number => {
    const value = childText(parent, name);
    if (value === null) return refuse(`a number in <${name}> of ${place}`, 'nothing');
    // Each digit can be read in one way only: a long row of them costs no more than its length.
    const isNumber = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(value) && Number.isFinite(Number(value));
    if (!isNumber) refuse(`a number in <${name}> of ${place}`, JSON.stringify(value.slice(0, 40)));
    return Number(value);
  };
  const sizeElement = child(root, 'size');
  const width = sizeElement === null ? 0 : number(sizeElement, 'width', '<size>');
  const height = sizeElement === null ? 0 : number(sizeElement, 'height', '<size>');
  // Some tools write zeros for what they do not know.
  const isKnown = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  const objects = root.children
    .filter(({ name }) => name === 'object')
    .map((object, index): VocObject => {
      const place = `object ${index + 1}`;
      const name = childText(object, 'name') ?? '';
      if (name === '') refuse(`a class in <name> of ${place}`, 'nothing');
      const box = child(object, 'bndbox') ?? refuse(`<bndbox> in ${place}`, 'none');
      const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((edge) => number(box, edge, place));
      const bbox = [xmin! - 1, ymin! - 1, xmax! - xmin! + 1, ymax! - ymin! + 1] as const;
      return { name, bbox, difficult: childText(object, 'difficult') === '1' };
    });
  return { fileName: childText(root, 'filename') || null, size: isKnown ? { width, height } : null, objects };
}

/** The file of a photo: edges rounded to whole pixels, at least one pixel each way. */
export function writeVoc(
  photo: VocPhoto & { readonly fileName: string; readonly size: NonNullable<VocPhoto['size']> },
): string {
  const { fileName, size, objects } = photo;
  const slash = fileName.lastIndexOf('/');
  const lines = objects.flatMap(({ name, bbox: [x, y, width, height], difficult }) => {
    const [xmin, xmax] = wholePixels(x, x + width, size.width);
    const [ymin, ymax] = wholePixels(y, y + height, size.height);
    return [
      '  <object>',
      `    <name>${xmlText(name)}</name>`,
      '    <pose>Unspecified</pose>',
      '    <truncated>0</truncated>',
      `    <difficult>${difficult ? 1 : 0}</difficult>`,
      `    <bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`,
      '  </object>',
    ];
  });
  return `${[
    '<annotation>',
    '  <folder>JPEGImages</folder>',
    `  <filename>${xmlText(fileName.slice(slash + 1))}</filename>`,
    `  <size><width>${size.width}</width><height>${size.height}</height><depth>3</depth></size>`,
    '  <segmented>0</segmented>',
    ...lines,
    '</annotation>',
  ].join('\n')}\n`;
}

/** First and last pixel, from 1, of a stretch between two edges; what lies outside or is inside out stays so. */
function wholePixels(from: number, to: number, length: number): [number, number] {
  const [first, last] = [Math.round(from) + 1, Math.round(to)];
  if (to < from) return [first, last];
  // A sliver at the far edge is the last pixel.
  const inside = to <= length ? Math.min(length, first) : first;
  return [inside, Math.max(inside, last)];
}

function child(element: XmlElement, name: string): XmlElement | null {
  return element.children.find((each) => each.name === name) ?? null;
}

function childText(element: XmlElement, name: string): string | null {
  return child(element, name)?.text ?? null;
}
