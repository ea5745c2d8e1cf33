import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { tinyPhotos, writeTinyDeepFashion } from '../../tests/fixtures/deepfashion-lists.ts';
import { prepareCommand } from './prepare.ts';

let folder = '';
const root = () => join(folder, 'deepfashion');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-prepare-deepfashion-cli-'));
  const photos = tinyPhotos(['Tee', 'Tee', 'Blouse', 'Tee', 'Jacket', 'Tee', 'Tank', 'Sweater', 'Cardigan', 'Jeans']);
  await writeTinyDeepFashion(root(), { photos });
});
afterAll(() => rm(folder, { recursive: true }));

async function prepare(...args: string[]): Promise<string> {
  const command = prepareCommand();
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ writeErr: () => {} });
  const given = ['deepfashion', '--root', root(), ...args];
  return (await captureOutput(() => command.parseAsync(given, { from: 'user' }))).out;
}

describe('deepshop prepare deepfashion', () => {
  it('prints counts and what to know about them, and draws examples of each class', async () => {
    const out = join(folder, 'a');
    const text = await prepare('--out', out, '--val', '2', '--cap', '3', '--seed', '5');
    expect(text).toMatch(/^ +all +train +val\n/);
    expect(text).toMatch(/\ntee +3 +\d +\d\n/);
    expect(text).toContain('8 photos of 10 in the lists: 6 to train on and 2 for validation, by seed 5.');
    expect(text).toContain('At most 3 photos of blouse, tee, by seed 5.');
    expect(text).toContain(`written to ${out}`);
    expect(await readdir(out)).toContain('contact-sheet.jpg');
    const { format, width } = await sharp(await readFile(join(out, 'contact-sheet.jpg'))).metadata();
    expect(format).toBe('jpeg');
    expect(width).toBeGreaterThan(300);
  });

  it('--json prints one document', async () => {
    const printed = JSON.parse(await prepare('--out', join(folder, 'b'), '--recipe', 'street13', '--json'));
    expect(printed).toMatchObject({
      report: { recipe: 'street13', photos: { kept: 10 } },
      dataset: { formatVersion: 1 },
    });
  });

  it('--without-images draws no examples, and removes those of another run', async () => {
    const out = join(folder, 'c');
    await prepare('--out', out);
    await prepare('--out', out, '--without-images');
    expect(await readdir(out)).not.toContain('contact-sheet.jpg');
  });

  it('refuses wrong usage', async () => {
    const out = join(folder, 'd');
    await expect(prepare('--out', out, '--partition', '--val', '2')).rejects.toMatchObject({ code: 'usage' });
    await expect(prepare('--out', out, '--val', '9')).rejects.toMatchObject({ code: 'usage' });
    await expect(prepare('--out', out, '--recipe', 'table2')).rejects.toThrow(/table1, street13/);
    await expect(prepare('--out', out, '--cap', '0')).rejects.toThrow(/whole number above 0/);
  });
});
