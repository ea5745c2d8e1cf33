/** @file A red rectangle on blue, and where it is after it was augmented. */
import { augment, drawPlan, type LabelledPhoto } from '../src/image/augment.ts';
import type { AugmentationConfig } from '../src/image/augmentation-config.ts';
import { Random } from '../src/random/random.ts';

export const grey: [number, number, number] = [0.5, 0.5, 0.5];
export const none = { boxes: new Float32Array(), labels: new Int32Array(), crowdBoxes: new Float32Array() };

/** A blue photo with a red rectangle, and its labels. */
export function redRectangle(
  width: number,
  height: number,
  box: readonly [number, number, number, number],
  mask = false,
): LabelledPhoto {
  const pixels = new Uint8Array(width * height * 3);
  const [x1, y1, x2, y2] = box;
  const marked = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= x1 && x < x2 && y >= y1 && y < y2;
      pixels.set(inside ? [255, 0, 0] : [0, 0, 255], (y * width + x) * 3);
      marked[y * width + x] = inside ? 255 : 0;
    }
  }
  return {
    photo: { width, height, pixels },
    mask: mask ? { width, height, pixels: marked } : null,
    boxes: Float32Array.from(box),
    labels: Int32Array.of(3),
    crowdBoxes: new Float32Array(),
  };
}

/** The box around all pixels that are more red than anything else. */
export function redBounds({ frame }: ReturnType<typeof augment>): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++) {
      const [red, green, blue] = frame.pixels.subarray((y * frame.width + x) * 3, (y * frame.width + x) * 3 + 3);
      if (red < 128 || green > 64 || blue > 127) continue;
      [left, top, right, bottom] = [
        Math.min(left, x),
        Math.min(top, y),
        Math.max(right, x + 1),
        Math.max(bottom, y + 1),
      ];
    }
  }
  return [left, top, right, bottom];
}

/** A photo augmented without others to paste; its margin is blue. */
export function augmentAlone(
  photo: LabelledPhoto,
  config: AugmentationConfig,
  seed: number,
  size = { width: 96, height: 72 },
) {
  const random = new Random(seed);
  const plan = { ...drawPlan({ ...photo, ...photo.photo }, size, config, random), margin: [0, 0, 255] as const };
  return augment(plan, photo, [], size, config, grey, random);
}

/** Share of pixels that are red. */
export function redShare({ frame }: ReturnType<typeof augment>): number {
  let red = 0;
  for (let at = 0; at < frame.pixels.length; at += 3) if (frame.pixels[at] > 127) red++;
  return red / (frame.width * frame.height);
}
