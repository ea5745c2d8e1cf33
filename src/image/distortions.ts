/** @file The ways in which photos are made worse to test a detector: `distort-node.ts` does it. */

/** What is done to a photo, in words with figures. */
export const distortions = {
  rotation: 'turned by 15 degrees, either way',
  perspective: 'one side or end seen 0.8 as long as the other',
  blur: 'Gaussian blur, sigma 1/200 of the long side',
  noise: 'Gaussian noise of deviation 20 in 255 on every channel',
  jpeg: 'saved as JPEG of quality 20',
  dark: 'half the light',
  occlusion: 'a grey rectangle over a quarter of each garment',
  small: 'half as wide and high',
} as const;

export type Distortion = keyof typeof distortions;
export const distortionNames = Object.keys(distortions) as Distortion[];
