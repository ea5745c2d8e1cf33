import { expect, it } from 'vitest';
import type { GarmentQuery } from '../retrieval/garment-query.ts';
import { PhotoMemory } from './photo-memory.ts';

const decoded = {
  photo: { pixels: new Uint8Array(12), width: 2, height: 2 },
  upright: { width: 2, height: 2 },
};

function memoryOf(maxBytes: number): PhotoMemory {
  let count = 0;
  return new PhotoMemory({ keepMs: 1000, maxBytes, maxDecodedBytes: 1e6 }, { newId: () => `photo ${count++}` });
}

function garment(dimension: number): GarmentQuery {
  return {
    source: 'detected',
    box: [0, 0, 1, 1],
    label: 'tee',
    score: 0.5,
    vector: new Float32Array(dimension),
    classes: ['tee'],
    facts: { colours: null, texture: null },
    isPlain: true,
  };
}

it('keeps fewer tiny photos than their files alone would allow', () => {
  const photos = memoryOf(1e6);
  for (let count = 0; count < 20_000; count++) photos.add(new Uint8Array(50), decoded);
  // Each is counted as 2,098 bytes.
  expect(photos.numPhotos).toBe(476);
});

it('counts what was found in a photo, and forgets the oldest for it', async () => {
  const photos = memoryOf(100_000);
  const [first, second] = [0, 1].map(() => photos.add(new Uint8Array(1000), decoded));
  const before = photos.numBytes;
  await second.garmentsBy(async () => [garment(1000), garment(1000)]);
  expect(photos.numBytes - before).toBe(2 * (4000 + 2048));
  await second.garmentsBy(() => Promise.reject(new Error('looked again')));
  expect(photos.numBytes - before).toBe(2 * (4000 + 2048));
  const third = photos.add(new Uint8Array(1000), decoded);
  await third.garmentsBy(async () => [garment(25_000)]);
  expect(() => photos.get(first.id)).toThrow(/forgotten/);
  expect(() => photos.get(second.id)).toThrow(/forgotten/);
  expect(photos.get(third.id)).toBe(third);
  // Of one that is forgotten nothing is counted, though it is still asked about.
  const after = photos.numBytes;
  await first.garmentsBy(async () => [garment(1000)]);
  expect(photos.numBytes).toBe(after);
});

it('looks again for what could not be found', async () => {
  const known = memoryOf(1e6).add(new Uint8Array(10), decoded);
  await expect(known.garmentsBy(() => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
  expect(await known.garmentsBy(async () => [])).toEqual([]);
});

it('keeps the bytes of the file, and not the buffer that they were read into', () => {
  const all = new Uint8Array(8192).map((_, at) => at % 256);
  const { bytes } = memoryOf(1e6).add(all.subarray(256, 266), decoded);
  expect([...bytes]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(bytes.buffer.byteLength).toBe(10);
});
