import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { type LabelledPhotos, writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { prepareCommand } from './prepare.ts';

let folder = '';
let photos: LabelledPhotos;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-prepare-cli-'));
  photos = await writeLabelledPhotos(folder, {
    change: (coco) => {
      coco.categories[0].name = 'co\u001b[31mat';
    },
  });
});
afterAll(() => rm(folder, { recursive: true }));

async function prepare(...args: string[]): Promise<string> {
  const command = prepareCommand();
  for (const each of [command, ...command.commands]) each.exitOverride();
  return (await captureOutput(() => command.parseAsync(args, { from: 'user' }))).out;
}
const given = () => ['coco', '--annotations', photos.annotations, '--images', photos.images];

describe('deepshop prepare coco', () => {
  it('prints a table of counts and where it wrote', async () => {
    const out = join(folder, 'a');
    const text = await prepare(...given(), '--split', photos.split, '--masks', photos.masks, '--out', out);
    expect(text).toMatch(/^ +all +train +val\n/);
    expect(text).toMatch(/\ntop +4 +4 +0\n/);
    expect(text).toMatch(/\nphotos +12 +8 +4\n/);
    expect(text).toContain(`written to ${out}`);
    expect(await readdir(out)).toContain('dataset.json');
  });

  it('does not let a label command the terminal', async () => {
    const text = await prepare(...given(), '--out', join(folder, 'b'));
    expect(text).not.toContain('\u001b');
    expect(text).toContain('co\ufffd[31mat');
  });

  it('warns of labels that the relabelling lists and the set does not have, ten of them by name', async () => {
    const misspelt = Array.from({ length: 12 }, (_, index) => [`Tpo${index}\u001b[2J`, 'tee']);
    const rules = join(folder, 'rules.json');
    const write = (labels: readonly string[][]) =>
      writeFile(
        rules,
        JSON.stringify({ classes: ['tee'], sources: { own: { top: 'tee', ...Object.fromEntries(labels) } } }),
      );
    await write(misspelt);
    const text = await prepare(...given(), '--relabel', rules, '--out', join(folder, 'e'));
    expect(text).toMatch(/\nwarning: 12 labels of the relabelling are none of this data set: "Tpo0\ufffd\[2J", "Tpo1/);
    expect(text).toMatch(/"Tpo9\ufffd\[2J" and 2 more\n/);
    expect(text).not.toContain('Tpo10');
    await write([]);
    expect(await prepare(...given(), '--relabel', rules, '--out', join(folder, 'f'))).not.toContain('warning');
  });

  it('--json prints one document', async () => {
    const report = JSON.parse(await prepare(...given(), '--out', join(folder, 'c'), '--json'));
    expect(report).toMatchObject({ out: join(folder, 'c'), dataset: { counts: { all: { images: 12, boxes: 12 } } } });
  });

  it('refuses wrong usage and says what is missing', async () => {
    await expect(prepare('coco', '--annotations', 'x', '--images', 'y')).rejects.toThrow(/--out/);
    await expect(prepare(...given(), '--out', join(folder, 'd'), '--source', 'ccp')).rejects.toMatchObject({
      code: 'usage',
    });
  });
});
