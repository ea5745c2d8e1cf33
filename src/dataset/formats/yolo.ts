/**
 * @file The label files of YOLO: a text file a photo, a line an object: number of the class from 0, then the centre and
 * the size of the box as shares of the upright photo's width and height.
 *
 * Lines of polygons (`yolo-seg`) are read as the box around the polygon. We write ten decimals and round to a
 * ten-thousandth of a pixel on reading, so boxes of that precision come back exactly; other programs write six decimals.
 *
 * Reference: https://docs.ultralytics.com/datasets/detect/
 */
import { DatasetError } from '../dataset-error.ts';
import type { CocoBox } from './voc.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface YoloObject {
  /** From 0. */
  readonly classIndex: number;
  readonly bbox: CocoBox;
}

/** Share of the photo by which rounding to six decimals may push an edge outside: half a unit of centre, a quarter of size. */
const sixDecimals = 0.8e-6;

/** @param numClasses how many classes the data set names */
export function parseYolo(text: string, where: string, size: Size, numClasses: number): YoloObject[] {
  return text.split(/\r\n?|\n/).flatMap((line, index): YoloObject[] => {
    const words = line.trim().split(/\s+/);
    if (words[0] === '') return [];
    const refuse = (expected: string, cure = 'Correct the line or remove it.'): never => {
      throw new DatasetError('dataset-not-yolo', 'this is not a line of YOLO labels', {
        where: `${where}, line ${index + 1}`,
        expected,
        got: JSON.stringify(line.trim().slice(0, 80)),
        cure,
      });
    };
    const numbers = words.map((word) =>
      /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(word) ? Number(word) : Number.NaN,
    );
    if (!numbers.every(Number.isFinite)) refuse('numbers');
    const [classIndex, ...shares] = numbers as [number, ...number[]];
    if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= numClasses) {
      refuse(`a class from 0 to ${numClasses - 1}`, 'Do the class names belong to these labels?');
    }
    if (shares.length === 5)
      refuse(
        'class, centre x, centre y, width, height',
        'A sixth number is a score: these are detections, not labels.',
      );
    if (shares.length < 4 || shares.length % 2 === 1) refuse('class, centre x, centre y, width, height; or a polygon');
    if (shares.some((share) => Math.abs(share) > 2)) {
      refuse('shares of the photo, 0 to 1', "Divide x and width by the photo's width, y and height by its height.");
    }
    const [left, right, top, bottom] = shares.length === 4 ? edgesOfBox(shares) : edgesOfPolygon(shares);
    const [x1, x2] = [inPixels(left, size.width), inPixels(right, size.width)];
    const [y1, y2] = [inPixels(top, size.height), inPixels(bottom, size.height)];
    return [{ classIndex, bbox: [x1, y1, rounded(x2 - x1), rounded(y2 - y1)] }];
  });
}

/** A line without its end. */
export function yoloLine({ classIndex, bbox: [x, y, width, height] }: YoloObject, size: Size): string {
  const shares = [
    (x + width / 2) / size.width,
    (y + height / 2) / size.height,
    width / size.width,
    height / size.height,
  ];
  return [classIndex, ...shares.map((share) => Number(share.toFixed(10)))].join(' ');
}

function edgesOfBox(shares: readonly number[]): [left: number, right: number, top: number, bottom: number] {
  const [centreX, centreY, width, height] = shares as [number, number, number, number];
  return [centreX - width / 2, centreX + width / 2, centreY - height / 2, centreY + height / 2];
}

function edgesOfPolygon(shares: readonly number[]): [left: number, right: number, top: number, bottom: number] {
  const xs = shares.filter((_, index) => index % 2 === 0);
  const ys = shares.filter((_, index) => index % 2 === 1);
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
}

function inPixels(share: number, length: number): number {
  if (share < 0 && share > -sixDecimals) return 0;
  if (share > 1 && share < 1 + sixDecimals) return length;
  return rounded(share * length);
}

function rounded(pixels: number): number {
  return Math.round(pixels * 1e4) / 1e4;
}
