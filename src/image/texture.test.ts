import { expect, test } from 'vitest';
import type { Photo } from './photo.ts';
import { sampleGarment } from './sample-garment.ts';
import { decodeTexture, encodeTexture, measureTexture, plainEnergy, textureSimilarity } from './texture.ts';

const box = [10, 10, 118, 118] as const;

/** Grey levels on white, 128 x 128. */
function paint(levelAt: (x: number, y: number) => number): Photo {
  const pixels = new Uint8Array(3 * 128 * 128).fill(255);
  for (let y = 10; y < 118; y++)
    for (let x = 10; x < 118; x++) pixels.fill(levelAt(x, y), 3 * (y * 128 + x), 3 * (y * 128 + x) + 3);
  return { width: 128, height: 128, pixels };
}

const measure = (levelAt: (x: number, y: number) => number) => measureTexture(sampleGarment(paint(levelAt), box));
const plain = measure(() => 90);
const upright = measure((x) => (x % 16 < 8 ? 60 : 160));
const level = measure((_, y) => (y % 16 < 8 ? 60 : 160));
const checked = measure((x, y) => (x % 16 < 8 === y % 16 < 8 ? 60 : 160));

test('plain cloth has no energy, however large its outline', () => {
  expect(plain).toEqual({ energy: 0, directions: [0, 0, 0, 0, 0, 0, 0, 0] });
});

test('stripes are strong in one direction: across them', () => {
  expect(upright.energy).toBeGreaterThan(plainEnergy);
  expect(upright.directions).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect(level.directions).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
});

test('similarity: 1 for equals and for two plain ones, 0 to 1 for the rest, the same both ways', () => {
  for (const texture of [plain, upright, level, checked]) expect(textureSimilarity(texture, texture)).toBeCloseTo(1, 1);
  expect(
    textureSimilarity(
      plain,
      measure((x) => 90 + (x % 3)),
    ),
  ).toBe(1);
  const pairs = [
    [plain, upright],
    [upright, level],
    [upright, checked],
  ] as const;
  for (const [one, other] of pairs) {
    expect(textureSimilarity(one, other)).toBeLessThan(0.75);
    expect(textureSimilarity(one, other)).toBeGreaterThanOrEqual(0);
    expect(textureSimilarity(one, other)).toBe(textureSimilarity(other, one));
  }
  expect(textureSimilarity(upright, checked)).toBeGreaterThan(textureSimilarity(upright, level));
});

test('the text form comes back as it was; anything else is none', () => {
  expect(encodeTexture(plain)).toBe('0.00:0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00');
  for (const texture of [plain, upright, checked]) expect(decodeTexture(encodeTexture(texture))).toEqual(texture);
  for (const text of [
    '',
    '4',
    '4.00:1.00',
    '-1.00:0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00',
    `${encodeTexture(plain)} `,
  ])
    expect(decodeTexture(text)).toBeNull();
});
