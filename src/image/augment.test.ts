import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { augmentAlone, none, redBounds, redRectangle } from '../../tests/red-rectangle.ts';
import { Random } from '../random/random.ts';
import { drawMap, mapBoxes, settleLabels } from './augment-geometry.ts';
import { augmentationSchema, noAugmentation } from './augmentation-config.ts';
import { chain, identity, rotation, scaling, translation } from './homography.ts';
import { type Mask, maskOutline } from './mask.ts';
import type { Photo } from './photo.ts';

describe('the defaults of a recipe', () => {
  it('come from an empty object, and each part can be off', () => {
    expect(augmentationSchema.parse({})).toMatchObject({
      flip: 0.5,
      zoom: { range: [0.6, 1.3] },
      copyPaste: { garments: 2 },
    });
    expect(augmentationSchema.parse({ zoom: null, colour: null, copyPaste: null })).toMatchObject({
      zoom: null,
      colour: null,
      copyPaste: null,
    });
    expect(augmentationSchema.safeParse({ zom: null }).success).toBe(false);
  });
});

describe('boxes follow their picture', () => {
  const photo = redRectangle(128, 96, [30, 24, 80, 70]);

  it('without augmentation they are scaled to the frame', () => {
    const sample = augmentAlone(photo, noAugmentation, 1);
    expect([...sample.boxes]).toEqual([22.5, 18, 60, 52.5]);
    expect([...sample.labels]).toEqual([3]);
    expect(sample.crowdBoxes.length).toBe(0);
  });

  it('mirrored, zoomed and stretched they lie on the pixels, to a pixel', () => {
    const config = augmentationSchema.parse({
      zoom: { probability: 1, range: [0.5, 1.4] },
      stretch: 1.2,
      rotation: null,
      perspective: null,
      colour: null,
      copyPaste: null,
      minVisible: 0,
    });
    for (let seed = 0; seed < 40; seed++) {
      const sample = augmentAlone(photo, config, seed);
      if (sample.labels.length === 0) continue;
      redBounds(sample).forEach((edge, side) => {
        expect(Math.abs(edge - sample.boxes[side]), `seed ${seed}`).toBeLessThanOrEqual(1);
      });
    }
  });

  it('turned and tilted they lie on the pixels of what the mask marks', () => {
    const config = augmentationSchema.parse({
      zoom: null,
      stretch: 1,
      rotation: { probability: 1, degrees: 30 },
      perspective: { probability: 1, strength: 0.3 },
      colour: null,
      copyPaste: null,
      minVisible: 0,
    });
    const masked = redRectangle(128, 96, [40, 30, 80, 70], true);
    for (let seed = 0; seed < 20; seed++) {
      const sample = augmentAlone(masked, config, seed);
      redBounds(sample).forEach((edge, side) => {
        expect(Math.abs(edge - sample.boxes[side]), `seed ${seed}`).toBeLessThanOrEqual(1.5);
      });
    }
  });

  it('without a mask a turned box grows less than its corners would make it', () => {
    const turned = mapBoxes(Float32Array.of(-10, -10, 10, 10), rotation(45), null);
    const cornersReach = 10 * Math.SQRT2;
    expect(turned[2]).toBeGreaterThan(10);
    expect(turned[2]).toBeLessThan(cornersReach - 3);
    expect([...mapBoxes(Float32Array.of(1, 2, 3, 5), identity, null)]).toEqual([1, 2, 3, 5]);
  });

  it('always stay in the frame, with positive sides, one label a box', () => {
    const config = augmentationSchema.parse({
      zoom: { probability: 1, range: [0.3, 3] },
      rotation: { probability: 0.5, degrees: 180 },
      perspective: { probability: 0.5, strength: 0.5 },
      copyPaste: null,
    });
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { boxes, labels, crowdBoxes, frame } = augmentAlone(photo, config, seed);
        expect(boxes.length).toBe(labels.length * 4);
        for (const list of [boxes, crowdBoxes]) {
          for (let at = 0; at < list.length; at += 4) {
            const [x1, y1, x2, y2] = list.subarray(at, at + 4);
            expect(x1 >= 0 && y1 >= 0 && x2 <= frame.width && y2 <= frame.height && x2 > x1 && y2 > y1).toBe(true);
          }
        }
        expect(frame.pixels.every((value) => value >= 0 && value <= 255)).toBe(true);
      }),
      { seed: 2, numRuns: 60 },
    );
  });
});

describe('what is out of view', () => {
  const frame = { width: 100, height: 100 };
  const settle = (box: number[]) =>
    settleLabels({ ...none, boxes: Float32Array.from(box), labels: Int32Array.of(1) }, frame, 0.4);

  it('is clipped while enough is seen', () => {
    expect([...settle([-50, 0, 50, 100]).boxes]).toEqual([0, 0, 50, 100]);
  });

  it('is a region to ignore when less is seen', () => {
    const { boxes, crowdBoxes } = settle([-70, 0, 30, 100]);
    expect([boxes.length, [...crowdBoxes]]).toEqual([0, [0, 0, 30, 100]]);
  });

  it('is nothing when hardly anything is seen', () => {
    expect(settle([-95, 0, 5, 100])).toEqual(none);
    expect(settle([200, 0, 300, 100])).toEqual(none);
  });

  it('is a region to ignore when it is too small to learn from', () => {
    expect(settle([10, 10, 13, 50])).toMatchObject({
      labels: new Int32Array(),
      crowdBoxes: Float32Array.of(10, 10, 13, 50),
    });
  });
});

describe('masks', () => {
  it('have their outline at the ends of their rows', () => {
    const mask: Mask = { width: 4, height: 3, pixels: Uint8Array.from([0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0]) };
    expect([...maskOutline(mask, 8, 6)]).toEqual([2, 2, 6, 2, 2, 4, 6, 4]);
    expect(maskOutline({ ...mask, pixels: new Uint8Array(12) }, 8, 6).length).toBe(0);
  });
});

describe('the map of a sample', () => {
  it('fills the frame when everything is off, and is the same for the same seed', () => {
    const [photo, frame] = [
      { width: 128, height: 96 },
      { width: 64, height: 48 },
    ];
    const expected = chain(translation(-64, -48), scaling(0.5, 0.5), translation(32, 24));
    expect(drawMap(photo, frame, noAugmentation, new Random(1))).toEqual(expected);
    const config = augmentationSchema.parse({});
    expect(drawMap(photo, frame, config, new Random(8))).toEqual(drawMap(photo, frame, config, new Random(8)));
  });

  it('changes colours within limits and leaves geometry alone', () => {
    const photo: Photo = { width: 8, height: 8, pixels: new Uint8Array(192).fill(128) };
    const config = { ...noAugmentation, colour: augmentationSchema.parse({}).colour };
    const seen = new Set<number>();
    for (let seed = 0; seed < 10; seed++) {
      const { frame } = augmentAlone({ photo, mask: null, ...none }, config, seed, { width: 8, height: 8 });
      expect(new Set(frame.pixels.filter((_, at) => at % 3 === 0)).size).toBe(1);
      expect(Math.abs(frame.pixels[0] - 128)).toBeLessThan(45);
      seen.add(frame.pixels[0]);
    }
    expect(seen.size).toBe(10);
  });
});
