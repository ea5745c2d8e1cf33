/** @file Light and colour of a training picture: one matrix over RGB and a shift. */
import type { Random } from '../random/random.ts';
import type { AugmentationConfig } from './augmentation-config.ts';
import type { Frame } from './photo.ts';

/** `rgb' = matrix * rgb + shift`, clipped to 0..255. */
export interface ColourMap {
  /** Row-major 3 x 3. */
  readonly matrix: readonly number[];
  readonly shift: readonly number[];
}

// Rec. 601 weights of the brightness of red, green and blue.
const luma = [0.299, 0.587, 0.114];

/** A random change of contrast, brightness, saturation and colour cast. */
export function drawColourMap(limits: NonNullable<AugmentationConfig['colour']>, random: Random): ColourMap {
  const around = (limit: number) => random.between(1 - limit, 1 + limit);
  const contrast = around(limits.contrast);
  const brightness = random.between(-limits.shift, limits.shift) * 255;
  const saturation = around(limits.saturation);
  const casts = [around(limits.channels), around(limits.channels), around(limits.channels)];
  const matrix = casts.flatMap((cast, row) =>
    luma.map((weight, column) => cast * contrast * ((1 - saturation) * weight + (row === column ? saturation : 0))),
  );
  const shift = casts.map((cast) => cast * (127.5 * (1 - contrast) + brightness));
  return { matrix, shift };
}

/** Applies a colour map in place. */
export function applyColourMap({ pixels }: Frame, { matrix, shift }: ColourMap): void {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = matrix;
  const [s0, s1, s2] = shift;
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at];
    const green = pixels[at + 1];
    const blue = pixels[at + 2];
    const newRed = m0 * red + m1 * green + m2 * blue + s0;
    const newGreen = m3 * red + m4 * green + m5 * blue + s1;
    const newBlue = m6 * red + m7 * green + m8 * blue + s2;
    pixels[at] = Math.min(255, Math.max(0, newRed));
    pixels[at + 1] = Math.min(255, Math.max(0, newGreen));
    pixels[at + 2] = Math.min(255, Math.max(0, newBlue));
  }
}
