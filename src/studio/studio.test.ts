import { describe, expect, it } from 'vitest';
import { drawGarment } from '../../tests/draw-garment.ts';
import { Random } from '../random/random.ts';
import { backdrops } from './backdrop.ts';
import { garmentLabels } from './cut.ts';
import { cuts, cutsOf } from './cuts.ts';
import { drawEmptyScene } from './empty-scene.ts';
import { drawFlatLay, randomFlatLay } from './flat-lay.ts';
import { randomGarment } from './garment.ts';
import { drawOutfit, randomOutfit } from './outfit.ts';
import { renderJpeg, renderPhoto } from './render-node.ts';
import { surfaces } from './surface.ts';

/** `[x1, y1, x2, y2]` around every pixel that is not white. */
async function inkBox(scene: { svg: string }): Promise<number[]> {
  const { width, height, pixels } = await renderPhoto(scene);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      // A pixel that an outline covers by less than half is not counted, as in the box.
      if (pixels[at] + pixels[at + 1] + pixels[at + 2] > 700) continue;
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x + 1);
      box[3] = Math.max(box[3], y + 1);
    }
  }
  return box;
}

describe('a drawn garment', () => {
  for (const label of garmentLabels) {
    it(`of class ${label} has the box of its pixels to within 2 px, in every cut`, async () => {
      const random = new Random(11);
      for (const [cut, { theme }] of Object.entries(cuts[label])) {
        const spec = {
          ...randomGarment(random, { theme, label }),
          cut,
          colour: 'navy' as const,
          accent: 'rust' as const,
        };
        const scene = drawGarment(spec, { rotate: random.between(-20, 20) });
        const ink = await inkBox(scene);
        expect(scene.garments).toHaveLength(1);
        scene.garments[0]?.box.forEach((edge, index) => {
          expect(Math.abs(edge - ink[index]), `${label} ${cut}, edge ${index}`).toBeLessThanOrEqual(2);
        });
      }
    });
  }

  it('is the same text for the same specification', () => {
    const spec = randomGarment(new Random(3), { theme: 'demo' });
    expect(drawGarment(spec).svg).toBe(drawGarment(spec).svg);
  });

  it('says what it is', () => {
    const spec = {
      label: 'tee',
      cut: 'boxy-tee',
      colour: 'navy',
      accent: 'white',
      pattern: 'stripe',
      fabric: 'linen',
      seed: 1,
    } as const;
    expect(drawGarment(spec).garments[0]?.attributes).toEqual({
      cut: 'boxy-tee',
      noun: 'boxy tee',
      colour: 'navy',
      hex: '#26324f',
      accent: 'white',
      pattern: 'stripe',
      fabric: 'linen',
      sleeve: 'short',
      neckline: 'crew',
      length: 'short',
      fit: 'loose',
    });
  });
});

describe('the themes', () => {
  it('each have cuts for all thirteen classes', () => {
    for (const label of garmentLabels) {
      expect(cutsOf(label, 'training').length, label).toBeGreaterThan(0);
      expect(cutsOf(label, 'demo').length, label).toBeGreaterThan(0);
    }
  });

  it('share no cut, no surface and no backdrop', () => {
    for (const label of garmentLabels) {
      const demo = new Set(cutsOf(label, 'demo'));
      expect(cutsOf(label, 'training').filter((cut) => demo.has(cut))).toEqual([]);
    }
    expect(surfaces.training.filter((name) => (surfaces.demo as readonly string[]).includes(name))).toEqual([]);
    expect(backdrops.training.filter((name) => (backdrops.demo as readonly string[]).includes(name))).toEqual([]);
  });
});

describe('random scenes', () => {
  const scenes = Array.from({ length: 60 }, (_, index) => {
    const random = new Random(500 + index);
    const theme = index % 2 === 0 ? 'training' : 'demo';
    return index % 3 === 0
      ? drawFlatLay(randomFlatLay(random, { theme, longSide: 320 }))
      : drawOutfit(randomOutfit(random, { theme, longSide: 320 }));
  });

  it('show every class', () => {
    expect(new Set(scenes.flatMap(({ garments }) => garments.map(({ label }) => label)))).toEqual(
      new Set(garmentLabels),
    );
  });

  it('have boxes inside the picture, with an area that fits in them', () => {
    for (const { width, height, garments } of scenes) {
      expect(garments.length).toBeGreaterThan(0);
      for (const { box, area } of garments) {
        const [x1, y1, x2, y2] = box;
        expect(x1).toBeGreaterThanOrEqual(0);
        expect(y1).toBeGreaterThanOrEqual(0);
        expect(x2).toBeLessThanOrEqual(width);
        expect(y2).toBeLessThanOrEqual(height);
        expect(area).toBeGreaterThan(0);
      }
    }
  });

  it('are the same text for the same seed, and another for another', () => {
    const draw = (seed: number) => drawOutfit(randomOutfit(new Random(seed), { theme: 'demo' })).svg;
    expect(draw(4)).toBe(draw(4));
    expect(draw(4)).not.toBe(draw(5));
  });

  it('become JPEG of the stated size', async () => {
    const scene = scenes[0];
    expect((await renderJpeg(scene)).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    const photo = await renderPhoto(scene);
    expect([photo.width, photo.height, photo.pixels.length]).toEqual([
      scene.width,
      scene.height,
      scene.width * scene.height * 3,
    ]);
  });
});

describe('an empty scene', () => {
  it('has no garments', () => {
    for (let seed = 0; seed < 12; seed++) {
      expect(drawEmptyScene(new Random(seed), { theme: 'training', longSide: 200 }).garments).toEqual([]);
    }
  });
});

describe('an outfit', () => {
  it('cuts the box of a tee where a closed jacket hides it', () => {
    const base = randomOutfit(new Random(9), { theme: 'demo' });
    const spec = (label: 'tee' | 'jacket', cut: string) =>
      ({ label, cut, colour: 'navy', accent: 'white', pattern: 'plain', fabric: 'cotton', seed: 5 }) as const;
    const height = (garments: ReturnType<typeof spec>[]) => {
      const tee = drawOutfit({ ...base, garments }).garments.find(({ label }) => label === 'tee');
      return tee === undefined ? 0 : tee.area;
    };
    const alone = height([spec('tee', 'boxy-tee')]);
    expect(height([spec('tee', 'boxy-tee'), spec('jacket', 'open-blazer')])).toBeLessThan(alone * 0.7);
    expect(height([spec('tee', 'boxy-tee'), spec('jacket', 'puffer')])).toBeLessThan(alone * 0.2);
  });

  it('gives a pair of shoes one box', () => {
    const base = randomOutfit(new Random(2), { theme: 'demo' });
    const shoes = {
      label: 'footwear',
      cut: 'high-top',
      colour: 'red',
      accent: 'white',
      pattern: 'plain',
      fabric: 'canvas',
      seed: 1,
    } as const;
    const drawn = drawOutfit({ ...base, scale: 2.5, stand: [0.5, 0.9], garments: [shoes] });
    expect(drawn.garments).toHaveLength(1);
    const [x1, , x2] = drawn.garments.flatMap(({ box }) => box);
    expect(x2 - x1).toBeGreaterThan(25 * 2.5);
  });
});
