/** @file A decoded photo, the form in which every picture enters the program. How it is decoded: `decode-node.ts`. */

/** An sRGB picture of 8 bits a channel, upright (EXIF applied), transparency laid on white. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]` uint8, row-major RGB */
  readonly pixels: Uint8Array;
}

/** A picture between decoding and tensor: the same layout as a {@link Photo} in float, so that nothing is rounded twice. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]` float32, row-major RGB in 0..255 */
  readonly pixels: Float32Array;
}

/** A frame of one colour. */
export function plainFrame(width: number, height: number, rgb: readonly [number, number, number]): Frame {
  const pixels = new Float32Array(width * height * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    pixels[at] = rgb[0];
    pixels[at + 1] = rgb[1];
    pixels[at + 2] = rgb[2];
  }
  return { width, height, pixels };
}
