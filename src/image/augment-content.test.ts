import { describe, expect, it } from 'vitest';
import { augmentAlone, grey, none, redBounds, redRectangle, redShare } from '../../tests/red-rectangle.ts';
import { Random } from '../random/random.ts';
import { augment, drawPlan, type LabelledPhoto } from './augment.ts';
import { type AugmentationConfig, augmentationSchema, noAugmentation } from './augmentation-config.ts';
import type { Mask } from './mask.ts';

describe('pasting garments', () => {
  const ground: LabelledPhoto = {
    ...redRectangle(96, 72, [40, 30, 56, 46]),
    photo: { width: 96, height: 72, pixels: new Uint8Array(96 * 72 * 3).fill(30) },
  };
  const { photo, mask, boxes } = redRectangle(60, 60, [20, 10, 40, 50], true);
  const garment = { photo, mask: mask as Mask, box: boxes, label: 7 };
  const config = augmentationSchema.parse({
    flip: 0,
    zoom: null,
    stretch: 1,
    rotation: null,
    perspective: null,
    colour: null,
    copyPaste: { size: [0.3, 0.6] },
  });

  it('adds a box that lies on the garment', () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed);
      const size = { width: 96, height: 72 };
      const plan = drawPlan({ ...ground, ...ground.photo }, size, config, random);
      const sample = augment(plan, { ...ground, ...none }, [garment], size, config, grey, random);
      if (sample.labels.length === 0) continue;
      expect([...sample.labels]).toEqual([7]);
      redBounds(sample).forEach((edge, side) => {
        // The edge of a cut-out is drawn in a little.
        expect(Math.abs(edge - sample.boxes[side]), `seed ${seed}`).toBeLessThanOrEqual(2.5);
      });
    }
  });

  it('drops or ignores what it hides', () => {
    let hidden = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const size = { width: 96, height: 72 };
      const plan = drawPlan({ ...ground, ...ground.photo }, size, config, random);
      const sample = augment(plan, ground, [garment], size, config, grey, random);
      const seen = [...sample.labels].filter((label) => label === 3).length;
      const redShare = share(sample.frame, 40, 30, 56, 46);
      if (redShare > 0.85) expect(seen).toBe(0);
      if (redShare < 0.4) expect(seen).toBe(1);
      if (seen === 0) hidden++;
    }
    expect(hidden).toBeGreaterThan(0);
  });

  it('may lie on a plain ground', () => {
    const random = new Random(5);
    const size = { width: 96, height: 72 };
    const plan = drawPlan({ ...ground, ...ground.photo }, size, config, random);
    const sample = augment(plan, null, [garment], size, config, grey, random);
    expect([...sample.labels]).toEqual([7]);
  });

  function share(
    frame: { width: number; pixels: Float32Array },
    x1: number,
    y1: number,
    x2: number,
    y2: number,
  ): number {
    let red = 0;
    for (let y = y1; y < y2; y++)
      for (let x = x1; x < x2; x++) if (frame.pixels[(y * frame.width + x) * 3] > 128) red++;
    return red / ((x2 - x1) * (y2 - y1));
  }
});

describe('a part without garments', () => {
  const config: AugmentationConfig = { ...noAugmentation, background: 1 };

  it('is shown where there is one', () => {
    for (let seed = 0; seed < 20; seed++) {
      const sample = augmentAlone(redRectangle(90, 60, [60, 0, 90, 60]), config, seed);
      expect(sample.boxes).toHaveLength(0);
      expect(redShare(sample)).toBeLessThan(0.04);
    }
  });

  it('is not made up where there is none', () => {
    const sample = augmentAlone(redRectangle(90, 60, [2, 2, 88, 58]), config, 1);
    expect(sample.boxes).toHaveLength(4);
  });
});
