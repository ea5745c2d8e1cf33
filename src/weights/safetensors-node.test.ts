import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { float32 } from '../tensor/tensor.ts';
import { readSafetensors, writeSafetensors } from './safetensors-node.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-weights-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is written, replaced and read', async () => {
  const path = join(folder, 'w.safetensors');
  await writeSafetensors(path, new Map([['a', float32([1])]]));
  await writeSafetensors(path, new Map([['a', float32([2, 3])]]), { note: 'second' });
  const { tensors, metadata } = await readSafetensors(path);
  expect(tensors.get('a')).toEqual(float32([2, 3]));
  expect(metadata.get('note')).toBe('second');
  expect(await readdir(folder)).toEqual(['w.safetensors']);
});

test('a damaged file is named in the error', async () => {
  const path = join(folder, 'cut.safetensors');
  await writeFile(path, 'short');
  await expect(readSafetensors(path)).rejects.toThrow(/cut\.safetensors: too short/);
});

test('a write that fails leaves the old file and nothing else', async () => {
  const path = join(folder, 'kept');
  await writeFile(path, 'old');
  const broken = {
    [Symbol.iterator]: () => ({
      next: () => {
        throw new Error('disk full');
      },
    }),
  };
  await expect(writeFileAtomically(path, broken)).rejects.toThrow('disk full');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['kept']);
});
