import { expect, test } from 'vitest';
import { Random } from '../random/random.ts';
import { distortPhoto } from './distort-node.ts';
import { distortionNames } from './distortions.ts';
import type { Photo } from './photo.ts';

/** A blue photo with a red garment. */
const box = [30, 20, 70, 90] as const;
const photo: Photo = { width: 100, height: 120, pixels: new Uint8Array(3 * 100 * 120) };
for (let y = 0; y < photo.height; y++) {
  for (let x = 0; x < photo.width; x++) {
    const inside = x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
    photo.pixels.set(inside ? [230, 10, 10] : [10, 10, 230], 3 * (y * photo.width + x));
  }
}

const distort = (name: (typeof distortionNames)[number], seed: number) =>
  distortPhoto(name, photo, Float32Array.from(box), new Random(seed));

/** The box around the red pixels, and how many they are. */
function redIn({ width, height, pixels }: Photo) {
  let [left, top, right, bottom, count] = [width, height, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      if (pixels[at] < 1.7 * pixels[at + 2] || pixels[at] < 1.7 * pixels[at + 1]) continue;
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x + 1),
        Math.max(bottom, y + 1),
      ];
      count += 1;
    }
  }
  return { bounds: [left, top, right, bottom], count };
}

test.each(distortionNames)('%s: the box stays around the garment, and the photo is changed', async (name) => {
  for (const seed of [1, 2, 3, 4]) {
    const distorted = await distort(name, seed);
    const { bounds, count } = redIn(distorted.photo);
    expect(count).toBeGreaterThan(400);
    expect(distorted.boxes).toHaveLength(4);
    // A turned box is that of an octagon, and what hides a garment may hide a side of it.
    const slack = name === 'rotation' ? 9 : name === 'occlusion' ? 1 : 4;
    for (const [side, edge] of bounds.entries()) expect(Math.abs(edge - distorted.boxes[side]!)).toBeLessThan(slack);
    expect(Buffer.compare(distorted.photo.pixels, photo.pixels)).not.toBe(0);
    expect(Buffer.compare((await distort(name, seed)).photo.pixels, distorted.photo.pixels)).toBe(0);
  }
});

test('an occlusion hides a quarter, half of the light is half of the light', async () => {
  const whole = redIn(photo).count;
  expect(redIn((await distort('occlusion', 5)).photo).count / whole).toBeCloseTo(0.75, 1);
  const dark = (await distort('dark', 5)).photo.pixels[2]! / 255;
  expect(dark ** 2.2 / (230 / 255) ** 2.2).toBeCloseTo(0.5, 1);
});
