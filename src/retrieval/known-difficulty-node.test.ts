import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { knownDifficulty } from './known-difficulty-node.ts';
import { openRephotographedTest } from './rephotographed-test-node.ts';

let folder = '';
let set: Awaited<ReturnType<typeof writeLabelledPhotos>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'difficulty-'));
  set = await writeLabelledPhotos(join(folder, 'photos'), { count: 12 });
  for (const name of ['data', 'moved']) await prepareCoco({ ...set, out: join(folder, name) });
});
afterAll(() => rm(folder, { recursive: true }));

const idOf = async (others: Partial<Parameters<typeof openRephotographedTest>[0]> = {}) => {
  const options = { data: join(folder, 'data'), part: 'val', grounds: [], numQueries: 2, seed: 1 } as const;
  return (await openRephotographedTest({ ...options, ...others })).id;
};

test('a test has one id wherever its data set lies, and another with other settings', async () => {
  const id = await idOf();
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(await idOf({ data: join(folder, 'moved') })).toBe(id);
  const others = [{ seed: 2 }, { numQueries: 1 }, { part: 'train' as const }, { grounds: [join(folder, 'moved')] }];
  const ids = await Promise.all(others.map(idOf));
  expect(new Set([id, ...ids]).size).toBe(5);
});

test('what was measured is told of the same test, and of no other', async () => {
  const id = await idOf();
  const path = join(folder, 'measured.json');
  const measured = { test: id, of: 'drawn', measuredOn: '2026-11-28', given: 0.75, whole: 0.25 };
  await writeFile(path, JSON.stringify([measured]));
  expect(await knownDifficulty(id, path)).toEqual({ given: 0.75, whole: 0.25, measuredOn: '2026-11-28' });
  expect(await knownDifficulty(await idOf({ seed: 2 }), path)).toBeNull();
  // The file of the package can be read, and does not know this one.
  expect(await knownDifficulty(id)).toBeNull();
});
