/**
 * @file CIE L*a*b*, in which distances are about as large as people see them.
 *
 * L in `[0, 100]`, a and b about `[-128, 128]`; white is D65. A distance (delta E, CIE 1976) of 2.3 is just noticed.
 *
 * Reference: IEC 61966-2-1 (sRGB), CIE 15.
 */

/** `[L, a, b]` */
export type Lab = readonly [lightness: number, a: number, b: number];

/** X, Y and Z of D65 white. */
const white = [0.95047, 1, 1.08883] as const;

/** Linear light of each value of a channel. */
const linear = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** @param red an integer in 0..255, as the others */
export function labFromRgb(red: number, green: number, blue: number): Lab {
  const lab: [number, number, number] = [0, 0, 0];
  writeLab(red, green, blue, lab, 0);
  return lab;
}

/** The same, into three places of many. */
export function writeLab(red: number, green: number, blue: number, target: Float64Array | number[], at: number): void {
  const [r, g, b] = [linear[red], linear[green], linear[blue]];
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white[0]);
  const y = bend((0.2126729 * r + 0.7151522 * g + 0.072175 * b) / white[1]);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / white[2]);
  target[at] = 116 * y - 16;
  target[at + 1] = 500 * (x - y);
  target[at + 2] = 200 * (y - z);
}

/** `[red, green, blue]`, integers in 0..255; what no screen shows is clipped. */
export function rgbFromLab([lightness, a, b]: Lab): [number, number, number] {
  const y = (lightness + 16) / 116;
  const x = white[0] * unbend(y + a / 500);
  const z = white[2] * unbend(y - b / 200);
  const height = white[1] * unbend(y);
  return [
    channel(3.2404542 * x - 1.5371385 * height - 0.4985314 * z),
    channel(-0.969266 * x + 1.8760108 * height + 0.041556 * z),
    channel(0.0556434 * x - 0.2040259 * height + 1.0572252 * z),
  ];
}

/** Delta E of 1976: the straight distance. */
export function colourDistance(one: Lab, other: Lab): number {
  const lightness = one[0] - other[0];
  const a = one[1] - other[1];
  const b = one[2] - other[2];
  // Not Math.hypot, whose care for huge numbers takes ten times as long.
  return Math.sqrt(lightness * lightness + a * a + b * b);
}

function bend(share: number): number {
  return share > 216 / 24389 ? Math.cbrt(share) : (share * 24389) / 3132 + 16 / 116;
}

function unbend(value: number): number {
  return value > 6 / 29 ? value ** 3 : ((value - 16 / 116) * 3132) / 24389;
}

function channel(light: number): number {
  const share = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.max(0, Math.min(1, share)));
}
