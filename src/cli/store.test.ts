import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { shapes, shapesEngine } from '../../tests/shapes-engine.ts';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { run } from './main.ts';

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-store-command-'));
  await Promise.all(
    ['red', 'green'].map((name, index) => {
      const { width, height, pixels } = shapes([20, 20, 50, 30, index === 0 ? [200, 0, 0] : [0, 200, 0]]);
      return sharp(pixels, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(join(folder, `${name}.png`));
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

async function deepshop(argv: readonly string[], engine: GarmentEngine = shapesEngine) {
  process.exitCode = undefined;
  const { out, err } = await captureOutput(() => run(['node', 'deepshop', ...argv], async () => engine));
  return { status: process.exitCode ?? 0, out, err };
}

test('a shop is indexed in either kind, kept as a snapshot, restored, and moved to another model', async () => {
  const source = at('red.png').slice(0, -'red.png'.length);
  expect((await deepshop(['index', source, '--store', at('new')])).out).toMatch(/^2 added/);
  expect((await readdir(at('new'))).sort()).toEqual(['store.json', 'tables']);
  expect((await deepshop(['index', source, '--store', at('exact'), '--store-kind', 'exact'])).status).toBe(0);
  expect((await readdir(at('exact'))).sort()).toEqual(['rows.bin', 'store.json']);
  const again = await deepshop(['index', source, '--store', at('exact'), '--store-kind', 'lancedb']);
  expect(again.status).toBe(1);
  expect(again.err).toMatch(/of another kind; expected lancedb; got exact.*--store-kind/);
  expect((await deepshop(['index', source, '--store', at('exact')])).out).toMatch(/2 unchanged/);

  const { out } = await deepshop(['store', 'snapshot', at('new'), at('copy')]);
  expect(out).toMatch(/^2 rows of .*new copied to .*copy/);
  expect((await deepshop(['store', 'restore', at('copy'), at('back')])).status).toBe(0);
  expect((await openAnyStore(at('back'))).manifest).toEqual({
    ...(await openAnyStore(at('new'))).manifest,
    version: expect.any(Number),
    commit: 1,
  });
  expect((await deepshop(['store', 'restore', at('copy'), at('back')])).err).toMatch(/there is a store already/);

  const migrated = await deepshop(['index', 'migrate', at('back'), '--json'], createColourEngine());
  expect(JSON.parse(migrated.out)).toEqual({ embedded: 2, known: 0, hasSwitched: true, failed: [] });
  expect((await openAnyStore(at('back'))).manifest.spaceId).toBe('colour-histogram-64/1');
  const old = await deepshop(['recommend', at('red.png'), '--store', at('back')]);
  expect(old.status).toBe(1);
  expect(old.err).toMatch(/another model or descriptor.*deepshop index migrate/);
  const answer = await deepshop(['recommend', at('red.png'), '--store', at('back'), '--json'], createColourEngine());
  expect(JSON.parse(answer.out).photos[0].garments[0].items[0].product).toBe('red.png');
});

test('a migration that cannot end says so and how to go on', async () => {
  const source = at('red.png').slice(0, -'red.png'.length);
  await deepshop(['index', source, '--store', at('torn'), '--store-kind', 'exact']);
  await rm(at('green.png'));
  const { status, out, err } = await deepshop(['index', 'migrate', at('torn')], createColourEngine());
  expect(status).toBe(1);
  expect(out).toMatch(/1 ready, 1 failed; .*torn answers as before/);
  expect(err).toMatch(/green\.png: .*ENOENT.*\n.*--drop-failed/);
  const dropped = await deepshop(['index', 'migrate', at('torn'), '--drop-failed'], createColourEngine());
  expect(dropped.out).toMatch(/1 moved, 1 left out/);
});

test('what cannot be asked for is refused', async () => {
  const missing = await deepshop(['index', folder]);
  expect(missing.status).toBe(2);
  expect(missing.err).toMatch(/no store to fill; expected --store DIR or --store opensearch/);
  const address = await deepshop(['recommend', '--like', 'x', '--store', 'nosql://localhost/shop']);
  expect(address.status).toBe(1);
  expect(address.err).toMatch(/no kind of store has such an address/);
  expect((await deepshop(['index', 'migrate', at('nowhere')])).err).toMatch(/there is no store here/);
});
