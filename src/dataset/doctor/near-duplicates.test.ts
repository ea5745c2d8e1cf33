import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawGarments } from '../../../tests/fixtures/drawn-set.ts';
import { hashDistance, type PhotoPrint, printOf, thumbnailCorrelation } from '../../image/perceptual-hash.ts';
import { nearDuplicates } from './near-duplicates.ts';

async function print(jpeg: Uint8Array): Promise<PhotoPrint> {
  return printOf(await sharp(jpeg).resize(32, 32, { fit: 'fill' }).removeAlpha().raw().toBuffer());
}

function printLike(high: number, low: number, grey = 0): PhotoPrint {
  const thumbnail = Uint8Array.from({ length: 192 }, (_, at) => Math.min(255, at + grey));
  return { high: high >>> 0, low: low >>> 0, thumbnail };
}

describe('near duplicates', () => {
  it('finds a photo saved badly, made smaller, brighter or of more contrast, and no two garments', async () => {
    const originals = (await drawGarments(20)).map(({ jpeg }) => jpeg);
    const copies = await Promise.all([
      sharp(originals[0]).jpeg({ quality: 20 }).toBuffer(),
      sharp(originals[1]).resize(60).jpeg().toBuffer(),
      sharp(originals[2]).modulate({ brightness: 1.1 }).jpeg().toBuffer(),
      sharp(originals[3]).linear(1.15, -20).png().toBuffer(),
    ]);
    const prints = await Promise.all([...originals, ...copies].map(print));
    expect(nearDuplicates(prints)).toEqual([
      [0, 20],
      [1, 21],
      [2, 22],
      [3, 23],
    ]);
  });

  it('takes no garment in another colour for a copy', async () => {
    const [{ jpeg }] = await drawGarments(1);
    const tinted = await sharp(jpeg).recomb([[0, 0, 1], [0, 1, 0], [1, 0, 0]]).jpeg().toBuffer(); // biome-ignore format: a matrix
    expect(nearDuplicates([await print(jpeg), await print(tinted)])).toEqual([]);
  });

  it('tells plain pictures of one colour from those of another, and finds all of one', async () => {
    const plain = (background: string) =>
      sharp({ create: { width: 40, height: 40, channels: 3, background } })
        .png()
        .toBuffer();
    const prints = await Promise.all(
      ['#fff', '#000', '#fff', '#fefefe', '#d33'].map(async (c) => print(await plain(c))),
    );
    expect(nearDuplicates(prints)).toEqual([[0, 2, 3]]);
  });

  it('finds every pair whose hashes differ in few bits, wherever they are', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const bits = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 10 });
    fc.assert(
      fc.property(word, word, bits, (high, low, flipped) => {
        const flip = (from: number) =>
          flipped.reduce((sum, bit) => sum ^ (bit >= from && bit < from + 32 ? 1 << (bit - from) : 0), 0);
        const [a, b] = [printLike(high, low), printLike(high ^ flip(0), low ^ flip(32), 1)];
        expect(hashDistance(a, b)).toBe(flipped.length);
        expect(nearDuplicates([a, b])).toEqual([[0, 1]]);
      }),
      { seed: 1 },
    );
  });

  it('asks for more likeness where more bits differ', () => {
    const [a, near, far] = [printLike(0, 0), printLike(15, 0), printLike(31, 0)];
    const blurred = a.thumbnail.map((value, at) => (at % 7 === 0 ? Math.max(0, value - 35) : value));
    const correlation = thumbnailCorrelation(a, { ...near, thumbnail: blurred });
    expect(correlation).toBeGreaterThan(0.97);
    expect(correlation).toBeLessThan(0.993);
    expect(nearDuplicates([a, { ...near, thumbnail: blurred }])).toEqual([[0, 1]]);
    expect(nearDuplicates([a, { ...far, thumbnail: blurred }])).toEqual([]);
  });

  it('joins copies of copies in one group', () => {
    expect(nearDuplicates([printLike(0, 0), printLike(-1, -1), printLike(0x3ff, 0), printLike(0xfffff, 0)])).toEqual([
      [0, 2, 3],
    ]);
  });
});
