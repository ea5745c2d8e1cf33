/** @file Colours and textures of drawn garments, whose cloth is known. */
import { expect, test } from 'vitest';
import { readPhoto } from '../src/image/decode-node.ts';
import { dominantColours, paletteDistance } from '../src/image/dominant-colours.ts';
import { sampleGarment } from '../src/image/sample-garment.ts';
import { measureTexture } from '../src/image/texture.ts';
import { demoCatalogue } from '../src/studio/catalogue.ts';
import { drawFlatLay } from '../src/studio/flat-lay.ts';
import { colours } from '../src/studio/palette.ts';
import { renderJpeg } from '../src/studio/render-node.ts';

const drawn = await Promise.all(
  demoCatalogue(1, 39).map(async ({ scene, spec }) => {
    const { svg, garments } = drawFlatLay(scene);
    const photo = await readPhoto(await renderJpeg({ svg }));
    const { box } = garments[0];
    const sample = sampleGarment(photo, box);
    return { spec, palette: dominantColours(sample), texture: measureTexture(sample) };
  }),
);
const paint = (name: keyof typeof colours) => [{ hex: colours[name], share: 1 }];

test('plain garments: the cloth as it was dyed is nearer than most other dyes', () => {
  const plain = drawn.filter(({ spec }) => spec.pattern === 'plain');
  expect(plain.length).toBeGreaterThan(15);
  const ranks = plain.map(({ spec, palette }) => {
    const distance = paletteDistance(palette, paint(spec.colour));
    expect(distance, `${spec.label} of ${spec.colour}`).toBeLessThan(30);
    const nearer = Object.values(colours).filter((hex) => paletteDistance(palette, [{ hex, share: 1 }]) < distance);
    return nearer.length;
  });
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  // Light and shade move a colour, so the nearest dye may be its neighbour. Chance is half of them.
  expect(mean).toBeLessThan(Object.keys(colours).length / 6);
});

test('patterned garments have more texture than plain ones', () => {
  const median = (isPlain: boolean) => {
    const energies = drawn
      .filter(({ spec }) => (spec.pattern === 'plain') === isPlain)
      .map(({ texture }) => texture.energy);
    return energies.sort((a, b) => a - b)[energies.length >> 1];
  };
  expect(median(false)).toBeGreaterThan(2 * median(true));
});
