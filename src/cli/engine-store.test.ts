/** @file Every command that takes a store, with one in OpenSearch. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';
import {
  askEngine,
  engineAddress,
  engineStore,
  engineTitle,
  hasEngine,
  removeEngineStores,
} from '../../tests/opensearch-engine.ts';
import { shapes, shapesEngine } from '../../tests/shapes-engine.ts';
import { allRows, comparable } from '../../tests/store-rows.ts';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { run } from './main.ts';

const ids = Array.from({ length: 12 }, (_, at) => `item-${at}`);
let folder = '';
const startedIn = process.cwd();

async function deepshop(argv: readonly string[], engine: GarmentEngine = shapesEngine) {
  process.exitCode = undefined;
  const { out, err } = await captureOutput(() => run(['node', 'deepshop', ...argv], async () => engine));
  return { status: process.exitCode ?? 0, out, err };
}

async function feedOf(name: string, some: readonly string[], price = 5): Promise<string> {
  const path = join(folder, name);
  const lines = some.map((id, at) => `${id},${id}.png,${price + at},Brand "${at % 3}"`.replaceAll('"', '""'));
  await writeFile(path, ['id,image,price,brand', ...lines].join('\n'));
  return path;
}

async function productsOf(store: string): Promise<string[]> {
  const opened = await openAnyStore(store);
  try {
    return (await allRows(opened)).map(({ product }) => product).sort();
  } finally {
    await opened.close();
  }
}

describe.skipIf(!hasEngine)(engineTitle('deepshop with a store in OpenSearch'), () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepshop-engine-store-'));
    // What lies beside a store in an engine is in the working directory.
    process.chdir(folder);
    for (const [at, id] of ids.entries()) {
      const { width, height, pixels } = shapes([20, 20, 50, 30, [20 * at, 240 - 20 * at, 60]]);
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(join(folder, `${id}.png`));
    }
  });
  afterEach(() => {
    process.exitCode = undefined;
  });
  afterAll(async () => {
    process.chdir(startedIn);
    await rm(folder, { recursive: true });
    await removeEngineStores();
  });

  test('a catalogue is indexed, changes nothing the second time, follows its feed, and answers as a folder does', async () => {
    const store = engineStore('follows');
    const feed = await feedOf('follows.csv', ids);
    const first = await deepshop(['index', feed, '--store', store, '--json']);
    expect(JSON.parse(first.out)).toMatchObject({ added: 12, updated: 0, unchanged: 0, failed: [] });
    const again = await deepshop(['index', feed, '--store', store, '--prune', '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ added: 0, updated: 0, unchanged: 12, removed: 0 });
    const shorter = await feedOf('follows.csv', ids.slice(2), 7);
    const pruned = await deepshop(['index', shorter, '--store', store, '--prune', '--json']);
    expect(JSON.parse(pruned.out)).toMatchObject({ updated: 10, removed: 2 });
    const cut = await feedOf('follows.csv', ids.slice(8));
    const refused = await deepshop(['index', cut, '--store', store, '--prune']);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/nothing was removed/);
    expect(await productsOf(store)).toEqual(ids.slice(2).sort());

    const local = join(folder, 'local');
    expect((await deepshop(['store', 'snapshot', store, local])).out).toMatch(/^10 rows of opensearch:/);
    const question = [
      'recommend',
      join(folder, 'item-5.png'),
      '--filter',
      'price >= 8 and brand != "Brand \\"1\\""',
      '--json',
    ];
    const [here, there] = [
      await deepshop([...question, '--store', local]),
      await deepshop([...question, '--store', store]),
    ];
    expect(there.status, there.err).toBe(0);
    const [expected, found] = [here, there].map(({ out }) => JSON.parse(out).photos[0].garments[0]);
    expect(found.items.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
    const like = await deepshop(['recommend', '--like', 'item-5', '--exact', '--store', store, '--json']);
    expect(JSON.parse(like.out).photos[0].garments[0].items).toHaveLength(3);
  });

  test('shards fill one store at the same time, each prunes its own, and twice is as good as once', async () => {
    const store = engineStore('shards', { shards: 3 });
    const feed = await feedOf('shards.csv', ids);
    const { indexSource } = await import('./index-catalogue.ts');
    const index = (source: string, part: number, prune = false) =>
      indexSource(source, {
        store,
        model: '',
        descriptor: 'garment',
        loadEngine: async () => shapesEngine,
        shard: { index: part, count: 3 },
        prune,
        force: prune,
        commitEveryMs: 20,
      });
    // Each share by two machines at once.
    const reports = await Promise.all([1, 2, 3, 1, 2, 3].map((part) => index(feed, part)));
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    expect(await productsOf(store)).toEqual([...ids].sort());
    const few = await feedOf('few.csv', ids.slice(0, 3));
    const [one] = await Promise.all([1, 2].map((part) => index(few, part, true)));
    expect(one!.removed).toBeGreaterThan(0);
    const left = await productsOf(store);
    expect(left).toEqual(expect.arrayContaining(ids.slice(0, 3)));
    const opened = await openAnyStore(store);
    expect((await opened.stats()).products).toBe(left.length);
    await opened.close();
    await index(few, 3, true);
    expect(await productsOf(store)).toEqual(ids.slice(0, 3).sort());
  });

  test('a snapshot is restored into the engine whole, and only where no store is', async () => {
    const [store, back] = [engineStore('origin'), engineStore('back')];
    await deepshop(['index', await feedOf('origin.csv', ids), '--store', store]);
    const rowsOf = async (place: string) => {
      const opened = await openAnyStore(place);
      const rows = (await allRows(opened)).map(comparable);
      await opened.close();
      return rows;
    };
    const snapshot = join(folder, 'origin-copy');
    await deepshop(['store', 'snapshot', store, snapshot]);
    expect((await deepshop(['store', 'restore', snapshot, back])).out).toMatch(/^12 rows of .* copied to opensearch:/);
    expect(await rowsOf(back)).toEqual(await rowsOf(store));
    const twice = await deepshop(['store', 'restore', snapshot, back]);
    expect(twice.status).toBe(1);
    expect(twice.err).toMatch(/there is a store already/);
    const kind = await deepshop(['store', 'restore', snapshot, engineStore('kind'), '--store-kind', 'exact']);
    expect(kind.err).toMatch(/of the kind that the address says/);
  });

  test('a copy that was killed answers to nobody, and the next one begins anew', async () => {
    const { name } = engineAddress('killed');
    const store = engineStore('killed');
    const opened = await import('../stores/open-store-node.ts');
    const want = { space: shapesEngine.space('garment'), modelId: 'x', schema: { title: 'string' } } as const;
    const half = await opened.openNewStore(store, want);
    const facts = { variant: '', image: '', region: 0, box: [0, 0, 1, 1], label: null, score: null } as const;
    const row = { ...facts, contentHash: '', attributes: {}, vector: Float32Array.of(1, 2, 3) };
    await half.upsert([{ ...row, product: 'stale' }]);
    await half.commit();
    await half.close();
    expect((await deepshop(['recommend', '--like', 'x', '--store', store])).err).toMatch(/there is no store here/);
    const early = await deepshop(['index', await feedOf('killed.csv', ids), '--store', store]);
    expect(early.err).toMatch(/a copy is being made here, or was not finished.*deepshop store restore again/);
    const source = join(folder, 'whole');
    await deepshop(['index', await feedOf('killed.csv', ids), '--store', source, '--store-kind', 'exact']);
    expect((await deepshop(['store', 'restore', source, store])).status).toBe(0);
    expect(await productsOf(store)).toEqual([...ids].sort());
    expect(Object.keys(Object(await askEngine('GET', `/${name}.rows-*`)))).toEqual([`${name}.rows-1`]);
  });

  test('a store is moved to another model while it answers; writers are kept out of the old one', async () => {
    const store = engineStore('moved');
    const feed = await feedOf('moved.csv', ids);
    const colour = createColourEngine();
    await deepshop(['index', feed, '--store', store]);
    const reader = await openAnyStore(store);
    const { openAnyStoreForWriting } = await import('../stores/open-store-node.ts');
    const space = shapesEngine.space('garment');
    const late = await openAnyStoreForWriting(store, { space, modelId: 'late', schema: reader.manifest.attributes });
    const [some] = await allRows(reader);

    const migrated = await deepshop(['index', 'migrate', store, '--json'], colour);
    expect(JSON.parse(migrated.out)).toEqual({ embedded: 12, known: 0, hasSwitched: true, failed: [] });
    expect(JSON.parse((await deepshop(['index', 'migrate', store, '--json'], colour)).out)).toMatchObject({
      embedded: 0,
    });
    expect(await allRows(reader)).toHaveLength(12);
    await reader.close();
    await late.upsert([{ ...some!, contentHash: 'late' }]);
    await expect(late.commit()).rejects.toThrow(/is being moved to another model, or was/);
    await late.close();
    const old = await deepshop(['recommend', join(folder, 'item-1.png'), '--store', store]);
    expect(old.err).toMatch(/another model or descriptor.*deepshop index migrate/);
    const answer = await deepshop(['recommend', join(folder, 'item-0.png'), '--store', store, '--json'], colour);
    expect(JSON.parse(answer.out).photos[0].garments[0].items[0].product).toBe('item-0');
    expect(JSON.parse((await deepshop(['index', feed, '--store', store, '--json'], colour)).out).unchanged).toBe(12);
  });

  test('a migration that cannot end leaves the store as it was, and lets writers in', async () => {
    const store = engineStore('stuck');
    const some = ids.slice(0, 3);
    const feed = await feedOf('stuck.csv', some);
    await deepshop(['index', feed, '--store', store]);
    const picture = join(folder, 'item-1.png');
    const bytes = await readFile(picture);
    await rm(picture);
    try {
      const { status, out } = await deepshop(['index', 'migrate', store], createColourEngine());
      expect(status).toBe(1);
      expect(out).toMatch(/2 ready, 1 failed/);
    } finally {
      await writeFile(picture, bytes);
    }
    expect(JSON.parse((await deepshop(['index', feed, '--store', store, '--json'])).out).unchanged).toBe(3);
    // Killed in its last step, a migration leaves writers out until it is ended, or given up.
    await askEngine('PUT', `/${engineAddress('stuck').name}.rows-1/_block/write`);
    const changed = await feedOf('stuck.csv', some, 50);
    expect((await deepshop(['index', changed, '--store', store])).err).toMatch(/being moved to another model.*killed/);
    expect((await deepshop(['index', 'migrate', store])).out).toMatch(/of this model and descriptor already/);
    expect(JSON.parse((await deepshop(['index', changed, '--store', store, '--json'])).out).updated).toBe(3);
    const rest = await deepshop(['index', 'migrate', store, '--json'], createColourEngine());
    expect(JSON.parse(rest.out)).toMatchObject({ hasSwitched: true, failed: [] });
  });

  test('an index of somebody else is left alone', async () => {
    const { name } = engineAddress('foreign');
    await askEngine('PUT', `/${name}`, {});
    const foreign = await deepshop(['index', await feedOf('foreign.csv', ids), '--store', engineStore('foreign')]);
    expect(foreign.status).toBe(1);
    expect(foreign.err).toMatch(/that is not a store has this name/);
  });
});
