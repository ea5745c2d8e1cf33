import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Bbox } from './finding.ts';
import { turnBox, turnLandmarks, turnOutline } from './orientation.ts';

const stored = { width: 30, height: 20 };
const box: Bbox = [3, 5, 8, 4];

/** Where a red rectangle of the stored pixels is after sharp has turned the picture. */
async function turnedBySharp(orientation: number): Promise<Bbox> {
  const [left, top, width, height] = box;
  const red = sharp({ create: { width, height, channels: 3, background: '#f00' } });
  const picture = await sharp({ create: { ...stored, channels: 3, background: '#000' } })
    .composite([{ input: await red.png().toBuffer(), left, top }])
    .withMetadata({ orientation })
    .png()
    .toBuffer();
  const { data, info } = await sharp(picture).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [xs, ys]: [number[], number[]] = [[], []];
  for (let at = 0; at < info.width * info.height; at++) {
    if (data[at * 3] < 128) continue;
    xs.push(at % info.width);
    ys.push(Math.floor(at / info.width));
  }
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return [x, y, Math.max(...xs) + 1 - x, Math.max(...ys) + 1 - y];
}

describe('turning boxes as EXIF turns photos', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %d puts the box where sharp puts the pixels', async (orientation) => {
    expect(turnBox(box, orientation, stored)).toEqual(await turnedBySharp(orientation));
  });

  it('turns landmarks that are labelled, and outlines', () => {
    expect(turnLandmarks([3, 5, 2, 0, 0, 0], 6, stored)).toEqual([15, 3, 2, 0, 0, 0]);
    expect(turnOutline([3, 5, 11, 9], 8, stored)).toEqual([5, 27, 9, 19]);
  });
});
