import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CocoFile, cocoPieces } from './coco.ts';

describe('the text of a COCO file in pieces', () => {
  it('is what JSON.stringify gives, whatever the other keys', () => {
    const value = fc.jsonValue();
    const rows = fc.array(fc.dictionary(fc.string(), value), { maxLength: 4 });
    const file = fc.record({
      info: fc.dictionary(fc.string(), value),
      images: rows,
      annotations: rows,
      categories: rows,
    });
    fc.assert(
      fc.property(file, (coco) => {
        const given = JSON.parse(JSON.stringify(coco));
        expect([...cocoPieces(given as CocoFile)].join('')).toBe(JSON.stringify(given));
      }),
      { seed: 1 },
    );
  });

  it('comes in several pieces where it is long, and rows may be made as they are read', () => {
    const images = Array.from({ length: 3000 }, (_, id) => ({ id, file_name: `img/${id}.jpg`, width: 5, height: 5 }));
    const pieces = [...cocoPieces({ images: new Set(images), annotations: [], categories: [] })];
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(JSON.stringify({ images, annotations: [], categories: [] }));
  });
});
