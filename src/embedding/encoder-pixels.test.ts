import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoxTuple } from '../boxes/boxes.ts';
import type { Photo } from '../image/photo.ts';
import { cutOut, type EncoderPixels, writeEncoderPixels } from './encoder-pixels.ts';

const plain: EncoderPixels = {
  size: { height: 2, width: 3 },
  fit: { kind: 'squash' },
  region: { kind: 'photo' },
  interpolation: 'bilinear-antialias',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  channels: 'rgb',
  layout: 'NCHW',
};
/** Red counts the columns, green the rows, blue is 200. */
function ramp(width: number, height: number): Photo {
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, at) => {
    const place = Math.floor(at / 3);
    return [place % width, Math.floor(place / width), 200][at % 3];
  });
  return { width, height, pixels };
}
/** In 0..255, of one picture. */
function drawn(photo: Photo, change: Partial<EncoderPixels>, box: BoxTuple = [0, 0, 1, 1]): number[] {
  const definition = { ...plain, ...change };
  const batch = new Float32Array(3 * definition.size.height * definition.size.width);
  writeEncoderPixels(photo, box, definition, batch, 0);
  return Array.from(batch, (value) => Math.round(1000 * 255 * value) / 1000);
}

describe('layouts', () => {
  const photo = ramp(3, 2);
  const [reds, greens, blues] = [
    [0, 1, 2, 0, 1, 2],
    [0, 0, 0, 1, 1, 1],
    [200, 200, 200, 200, 200, 200],
  ];
  test('planes, red or blue first', () => {
    expect(drawn(photo, {})).toEqual([...reds, ...greens, ...blues]);
    expect(drawn(photo, { channels: 'bgr' })).toEqual([...blues, ...greens, ...reds]);
  });

  test('pixels, red or blue first', () => {
    const rows = reds.flatMap((red, at) => [red, greens[at], blues[at]]);
    expect(drawn(photo, { layout: 'NHWC' })).toEqual(rows);
    expect(drawn(photo, { layout: 'NHWC', channels: 'bgr' }).slice(0, 3)).toEqual([200, 0, 0]);
  });

  test('mean and std are those of the named channel whatever the order', () => {
    const batch = new Float32Array(3);
    const one = { size: { height: 1, width: 1 }, mean: [0.1, 0.2, 0.3], std: [1, 2, 4] } as const;
    writeEncoderPixels(
      { width: 1, height: 1, pixels: Uint8Array.of(255, 255, 255) },
      [0, 0, 1, 1],
      { ...plain, size: one.size, mean: [...one.mean], std: [...one.std], channels: 'bgr' },
      batch,
      0,
    );
    expect([...batch].map((value) => value.toFixed(4))).toEqual(['0.1750', '0.4000', '0.9000']);
  });

  test('a picture of a batch has its own place', () => {
    const batch = new Float32Array(2 * 18).fill(-1);
    writeEncoderPixels(photo, [0, 0, 1, 1], plain, batch, 1);
    expect([...batch.subarray(0, 18)]).toEqual(Array(18).fill(-1));
    expect(batch.subarray(18)).not.toContain(-1);
  });
});

describe('fits', () => {
  test('crop keeps the middle of what is too wide or too tall', () => {
    expect(drawn(ramp(9, 2), { fit: { kind: 'crop' } }).slice(0, 3)).toEqual([3, 4, 5]);
    expect(drawn(ramp(3, 8), { fit: { kind: 'crop' } }).slice(6, 12)).toEqual([3, 3, 3, 4, 4, 4]);
  });

  test('pad keeps all and puts its colour on both sides', () => {
    const fit = { kind: 'pad', colour: [9, 8, 7] } as const;
    expect(drawn(ramp(1, 2), { fit: { ...fit, colour: [9, 8, 7] } })).toEqual([
      ...[9, 0, 9, 9, 0, 9],
      ...[8, 0, 8, 8, 1, 8],
      ...[7, 200, 7, 7, 200, 7],
    ]);
  });

  test('a sliver, however long, is neither refused nor drawn in full', () => {
    const long: Photo = { width: 20_000, height: 1, pixels: new Uint8Array(60_000).fill(50) };
    for (const interpolation of ['bilinear', 'bilinear-antialias'] as const) {
      for (const kind of ['crop', 'squash'] as const) {
        const size = { height: 64, width: 64 };
        expect(new Set(drawn(long, { size, interpolation, fit: { kind } }))).toEqual(new Set([50]));
      }
    }
  });

  test('a photo of one colour stays so, whatever the fit, the sizes and the box', () => {
    const length = fc.integer({ min: 1, max: 40 });
    const edge = fc.double({ min: -60, max: 60, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ width: length, height: length }),
        fc.record({ width: length, height: length }),
        fc.constantFrom('squash', 'crop', 'pad'),
        fc.constantFrom('bilinear', 'bilinear-antialias'),
        fc.tuple(edge, edge, edge, edge),
        ({ width, height }, size, kind, interpolation, [x, y, w, h]) => {
          const photo = { width, height, pixels: new Uint8Array(3 * width * height).fill(77) };
          const fit = kind === 'pad' ? { kind, colour: [77, 77, 77] as [number, number, number] } : { kind };
          const region = { kind: 'box', margin: 0.25 } as const;
          const box: BoxTuple = [x, y, x + Math.abs(w), y + Math.abs(h)];
          const values = drawn(photo, { size, fit, interpolation, region }, box);
          expect(values.filter((value) => Math.abs(value - 77) > 0.01)).toEqual([]);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

test('a box is rounded outward, widened by its margin, and kept to the photo', () => {
  const photo = ramp(20, 10);
  const placeOf = (box: BoxTuple, margin: number) => {
    const { width, height, pixels } = cutOut(photo, box, margin);
    return [pixels[0], pixels[1], width, height];
  };
  expect(placeOf([4.2, 2, 8, 6.1], 0)).toEqual([4, 2, 4, 5]);
  expect(placeOf([4, 2, 8, 6], 0.5)).toEqual([2, 0, 8, 8]);
  expect(placeOf([15, 5, 99, 99], 0)).toEqual([15, 5, 5, 5]);
  expect(placeOf([50, -20, 60, -10], 0)).toEqual([19, 0, 1, 1]);
});
