import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { shapes, shapesEngine } from '../../tests/shapes-engine.ts';
import { allRows } from '../../tests/store-rows.ts';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { readPhoto } from '../image/decode-node.ts';
import { migrateStore } from './migrate-store-node.ts';
import { openAnyStore, openAnyStoreForWriting } from './open-store-node.ts';
import type { Row } from './row.ts';
import { readManifest, type StoreKind, storeKinds } from './store-manifest-node.ts';

const colour = createColourEngine();
const schema = { title: 'string', file: 'string' } as const;
let folder: string;
let store: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-migrate-'));
  store = join(folder, 'shop');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A store of mean colours: one picture a product. */
async function index(kind: StoreKind, count = 6): Promise<void> {
  const opened = await openAnyStoreForWriting(
    store,
    { space: shapesEngine.space('garment'), modelId: 'shapes', schema },
    { kind },
  );
  await mkdir(join(folder, 'pictures'), { recursive: true });
  for (let at = 0; at < count; at++) {
    const file = join(folder, 'pictures', `${at}.png`);
    const { width, height, pixels } = shapes([20, 20, 50, 30, [40 * at, 200 - 30 * at, 90]]);
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(file);
    const [found] = (await shapesEngine.analyse(await readPhoto(file), { descriptor: 'garment' })).detections;
    const row: Row = {
      product: `p${at}`,
      variant: '',
      image: `${at}.png`,
      region: 0,
      box: found!.box,
      label: found!.label,
      score: found!.score,
      contentHash: createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
      attributes: { title: `Item ${at}`, file },
      vector: found!.vector,
    };
    await opened.upsert([row]);
  }
  await opened.commit();
  await opened.close();
}

const migrate = (engine: GarmentEngine = colour, dropFailed = false) =>
  migrateStore(store, { engine, descriptor: 'garment', dropFailed });
const withoutVectors = async () => (await allRows(await openAnyStore(store))).map(({ vector: _, ...facts }) => facts);

describe.each(storeKinds)('a store of kind %s', (kind) => {
  test('has vectors of the other model afterwards, and all else as it was', async () => {
    await index(kind);
    const before = await withoutVectors();
    const reader = await openAnyStore(store);
    expect(await migrate()).toEqual({ embedded: 6, known: 0, hasSwitched: true, numFailed: 0, failed: [] });
    expect(await withoutVectors()).toEqual(before);
    const opened = await openAnyStore(store);
    expect(opened.manifest).toMatchObject({
      ...colour.space('garment'),
      modelId: 'colour-histogram',
      attributes: schema,
    });
    const photo = await readPhoto(join(folder, 'pictures', '3.png'));
    const [found] = (await colour.analyse(photo, { descriptor: 'garment' })).detections;
    const [hit] = await opened.query({ vector: found!.vector, k: 1 });
    expect(hit!.row.product).toBe('p3');
    expect(hit!.similarity).toBeCloseTo(1, 5);
    // Who had it open keeps the old one, whole.
    expect((await reader.query({ vector: Float32Array.of(1, 2, 3), k: 9 })).length).toBe(6);
    expect(await migrate()).toMatchObject({ embedded: 0, hasSwitched: false, failed: [] });
    expect((await readdir(store)).sort()).toEqual(
      kind === 'exact' ? ['rows-2.bin', 'rows.bin', 'store.json'] : ['store.json', 'tables'],
    );
    // And on, to a third number.
    expect(await migrate(shapesEngine)).toMatchObject({ embedded: 6, hasSwitched: true });
    expect(await withoutVectors()).toEqual(before);
    expect((await openAnyStore(store)).manifest.dimension).toBe(3);
  });

  test('stays as it is where a picture is gone or another, until that is said to be fine', async () => {
    await index(kind);
    await rm(join(folder, 'pictures', '1.png'));
    await writeFile(join(folder, 'pictures', '2.png'), 'other');
    const report = await migrate();
    expect(report).toMatchObject({ embedded: 4, hasSwitched: false, numFailed: 2 });
    expect(report.failed.map(({ source }) => source).sort()).toEqual(['1.png', '2.png']);
    expect((await openAnyStore(store)).manifest.spaceId).toBe('mean-colour/1');
    expect(await migrate(colour, true)).toMatchObject({ embedded: 0, known: 4, hasSwitched: true });
    expect((await withoutVectors()).map(({ product }) => product)).toEqual(['p0', 'p3', 'p4', 'p5']);
  });

  test('what changes while a migration rests is in it when it ends', async () => {
    await index(kind);
    await rm(join(folder, 'pictures', '5.png'));
    await migrate();
    const writer = await openAnyStoreForWriting(store, {
      space: shapesEngine.space('garment'),
      modelId: 'shapes',
      schema,
    });
    const [first] = await writer.rowsOf('p0');
    await writer.upsert([{ ...first!, attributes: { ...first!.attributes, title: 'New title' } }]);
    await writer.delete([...(await writer.rowsOf('p1')), ...(await writer.rowsOf('p5'))]);
    await writer.commit();
    await writer.close();
    expect(await migrate()).toEqual({ embedded: 1, known: 3, hasSwitched: true, numFailed: 0, failed: [] });
    expect((await withoutVectors()).map(({ attributes }) => attributes.title)).toEqual([
      'New title',
      'Item 2',
      'Item 3',
      'Item 4',
    ]);
  });

  test('a model that does not know its classes is refused; one begun for another model is forgotten', async () => {
    await index(kind);
    await expect(migrate({ ...colour, classes: ['dress'] })).rejects.toMatchObject({ code: 'store-space' });
    await rm(join(folder, 'pictures', '5.png'));
    await migrate();
    const third: GarmentEngine = { ...colour, space: (name) => ({ ...colour.space(name), spaceId: 'third/1' }) };
    expect(await migrate(third, true)).toMatchObject({ embedded: 5, known: 0, hasSwitched: true });
  });

  test.skipIf(process.platform === 'win32')(
    'killed in between, the old vectors answer and the next run goes on',
    async () => {
      await index(kind, 40);
      const here = (name: string) => JSON.stringify(join(import.meta.dirname, name));
      const script = `
      const { migrateStore } = await import(${here('migrate-store-node.ts')});
      const { createColourEngine } = await import(${here('../../tests/colour-engine.ts')});
      await migrateStore(process.argv[1], { engine: createColourEngine(), descriptor: 'garment', commitEveryMs: 0,
        onRow: ({ embedded }) => console.log(embedded) });`;
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, store], {
        env: { ...process.env, TSX_DISABLE_CACHE: '1' },
      });
      const exited = once(child, 'exit');
      let embedded = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data) => {
          embedded = Number(String(data).trim().split('\n').at(-1));
          if (embedded >= 10) resolve();
        });
        child.once('exit', () => resolve());
      });
      child.kill('SIGKILL');
      await exited;
      expect(embedded).toBeLessThan(40);
      expect((await readManifest(store)).spaceId).toBe('mean-colour/1');
      expect(await withoutVectors()).toHaveLength(40);
      const report = await migrate();
      expect(report).toMatchObject({ hasSwitched: true, numFailed: 0, failed: [] });
      expect(report.known).toBeGreaterThanOrEqual(embedded - 1);
      expect(report.known + report.embedded).toBe(40);
    },
  );
});
