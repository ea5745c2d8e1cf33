/** @file For tests: one drawn garment in the middle of a picture of its own. */
import { drawFlatLay, type FlatLayScene } from '../src/studio/flat-lay.ts';
import type { GarmentSpec } from '../src/studio/garment.ts';

export function drawGarment(
  spec: GarmentSpec,
  {
    width = 360,
    height = 480,
    surface = 'blank',
    rotate = 0,
    seed = spec.seed,
    margin = 0.1,
  }: Partial<Omit<FlatLayScene, 'spots'>> & { rotate?: number; margin?: number } = {},
) {
  const region = [margin, margin, 1 - margin, 1 - margin] as const;
  return drawFlatLay({ width, height, surface, seed, spots: [{ spec, rotate, region }] });
}
