/** @file For tests: an engine whose vector of a box is its mean colour, three numbers; boxes are the colour engine's. */
import type { BoxTuple } from '../src/boxes/boxes.ts';
import type { GarmentEngine } from '../src/embedding/descriptor.ts';
import type { Photo } from '../src/image/photo.ts';
import { createColourEngine } from './colour-engine.ts';

const colour = createColourEngine();

/** Of what is not white. */
function meanColour({ width, height, pixels }: Photo, [x1, y1, x2, y2]: BoxTuple): Float32Array {
  const sum = new Float32Array(3);
  for (let y = Math.max(0, Math.floor(y1)); y < Math.min(height, y2); y++) {
    for (let x = Math.max(0, Math.floor(x1)); x < Math.min(width, x2); x++) {
      const rgb = pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
      if (rgb.every((value) => value === 255)) continue;
      rgb.forEach((value, channel) => {
        sum[channel] += value;
      });
    }
  }
  // A white box has a direction too.
  return sum.every((value) => value === 0) ? Float32Array.of(1, 1, 1) : sum;
}

export const shapesEngine: GarmentEngine = {
  ...colour,
  space: (descriptor) => ({ ...colour.space(descriptor), spaceId: 'mean-colour/1', dimension: 3 }),
  async analyse(photo, options) {
    const { detections } = await colour.analyse(photo, options);
    return {
      detections: detections.map((detection) => ({ ...detection, vector: meanColour(photo, detection.box) })),
      whole: async () => meanColour(photo, [0, 0, photo.width, photo.height]),
      embed: async (boxes) => boxes.map((box) => meanColour(photo, box)),
    };
  },
  embedBoxes: async (photo, boxes) => boxes.map((box) => meanColour(photo, box)),
};

/** Rectangles `[x, y, width, height, colour]` on white, 96 x 96. */
export function shapes(...drawn: [number, number, number, number, [number, number, number]][]): Photo {
  const pixels = new Uint8Array(3 * 96 * 96).fill(255);
  for (const [left, top, width, height, rgb] of drawn) {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) pixels.set(rgb, 3 * (96 * y + x));
    }
  }
  return { width: 96, height: 96, pixels };
}
