import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { studioCommand } from './studio.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-studio-'));
});
afterAll(() => rm(folder, { recursive: true }));

const studio = (...args: string[]) => {
  const command = studioCommand();
  for (const child of [command, ...command.commands]) child.exitOverride();
  return captureOutput(() => command.parseAsync(args, { from: 'user' }));
};

describe('deepshop studio', () => {
  it('draws training pictures with their boxes', async () => {
    const out = join(folder, 'training');
    await studio('training', '--out', out, '--count', '2', '--seed', '5', '--long-side', '160');
    expect(await readdir(join(out, 'images'))).toEqual(['000000.jpg', '000001.jpg']);
    expect(JSON.parse(await readFile(join(out, 'annotations.json'), 'utf8')).categories).toHaveLength(13);
  });

  it('draws the demo shop and its query', async () => {
    await studio('catalogue', '--out', folder, '--count', '2');
    expect((await readFile(join(folder, 'catalogue.csv'), 'utf8')).split('\n')).toHaveLength(4);
    await studio('query', '--out', join(folder, 'query.jpg'));
    expect((await readFile(join(folder, 'query.jpg'))).length).toBeGreaterThan(5000);
  });

  it.each([
    ['training', '--out', 'x', '--count', 'many'],
    ['training', '--out', 'x', '--seed', '-1'],
    ['training', '--out', 'x', '--theme', 'winter'],
    ['catalogue'],
  ])('refuses %s %s %s %s %s', async (...args) => {
    await expect(studio(...args.filter((arg) => arg !== undefined))).rejects.toThrow();
  });
});
