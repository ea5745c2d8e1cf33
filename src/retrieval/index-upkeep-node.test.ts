/** @file A store that is kept up to date: what is described again, what is removed, and what is in it when a feed breaks off. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { tinyParts } from '../../tests/tiny-detector.ts';
import { type CatalogueEntry, type CataloguePicture, catalogueSchema, noFacts } from '../catalogue/catalogue.ts';
import { isInShard } from '../catalogue/shard.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { readPhoto } from '../image/decode-node.ts';
import { MemoryStore } from '../stores/memory-store.ts';
import { keyText, type Row } from '../stores/row.ts';
import { factAttributes, factsSchema } from './garment-facts.ts';
import { type IndexOptions, indexCatalogue } from './index-catalogue-node.ts';

const engine = createColourEngine();
const schema = { ...catalogueSchema, ...factsSchema };
let root: string;
let store: MemoryStore;
/** Pictures that were described. */
let numDescribed: number;
const counting: GarmentEngine = {
  ...engine,
  analyse(photo, options) {
    numDescribed += 1;
    return engine.analyse(photo, options);
  },
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deepshop-upkeep-'));
  store = new MemoryStore({ ...engine.space('garment'), schema });
  numDescribed = 0;
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function draw(name: string, fill: string): Promise<void> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect x="24" y="32" width="48" height="32" fill="${fill}"/></svg>`;
  await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).png().toFile(join(root, name));
}

function entry(product: string, image: string, others: Partial<CataloguePicture> = {}): CataloguePicture {
  const place = { kind: 'file', file: join(root, image) } as const;
  return {
    ...noFacts,
    kind: 'picture',
    source: product,
    row: 1,
    product,
    variant: '',
    image,
    title: '',
    place,
    ...others,
  };
}

function index(entries: Iterable<CatalogueEntry> | AsyncIterable<CatalogueEntry>, options: Partial<IndexOptions> = {}) {
  const feed = (async function* () {
    yield* entries;
  })();
  return indexCatalogue(feed, { engine: counting, store, descriptor: 'garment', ...options });
}

const pruning = (numEntries: number) => ({ prune: { force: false, numEntries, isOurs: () => true } });

async function allRows(of: MemoryStore = store): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of of.rows()) rows.push(row);
  return rows.sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
}

test('a picture that variants share is described once a product, and later variants take it from the store', async () => {
  await draw('tee.png', '#e02020');
  const variants = ['S', 'M', 'L', 'XL', ''].map((variant) => entry('tee', 'tee.png', { variant }));
  expect(await index(variants)).toMatchObject({ added: 5, failed: [] });
  expect(numDescribed).toBe(1);
  expect(await index([...variants, entry('tee', 'tee.png', { variant: 'XXL' })])).toMatchObject({
    added: 1,
    unchanged: 5,
  });
  expect(numDescribed).toBe(1);
  // Another product may have it as another garment, and another category chooses again.
  await index([entry('look', 'tee.png'), entry('tee', 'tee.png', { variant: 'S', category: 'Jeans' })]);
  expect(numDescribed).toBe(3);
  const rows = await store.rowsOf('tee');
  expect(new Set(rows.map(({ vector }) => vector.join())).size).toBe(1);
});

test('rows say the colours and the texture of the garment, and keep them when a price changes', async () => {
  await draw('tee.png', '#e02020');
  await index([entry('tee', 'tee.png')]);
  const [row] = await store.rowsOf('tee');
  const facts = factAttributes(await readPhoto(join(root, 'tee.png')), row!.box);
  expect(facts.colours).toMatch(/^#e02020:1\.00$/);
  expect(row!.attributes).toMatchObject(facts);
  expect(await index([entry('tee', 'tee.png', { price: 5 })])).toMatchObject({ updated: 1 });
  expect((await store.rowsOf('tee'))[0].attributes).toMatchObject({ ...facts, price: 5 });
  expect(numDescribed).toBe(1);
});

test('rows without colours stay as they are until they are refreshed', async () => {
  await draw('tee.png', '#e02020');
  await index([entry('tee', 'tee.png')]);
  const [row] = await store.rowsOf('tee');
  const { colours: _, texture: __, ...old } = row!.attributes;
  await store.upsert([{ ...row!, attributes: old }]);
  expect(await index([entry('tee', 'tee.png')])).toMatchObject({ unchanged: 1 });
  expect(await index([entry('tee', 'tee.png')], { refresh: true })).toMatchObject({ updated: 1 });
  expect(await store.rowsOf('tee')).toEqual([row]);
});

test('what the feed dropped is removed, what failed stays', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await draw(`${name}.png`, '#e02020');
  const entries = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => entry(id, `${id}.png`));
  await index(entries);
  await writeFile(join(root, 'b.png'), 'damaged');
  await rm(join(root, 'c.png'));
  const lost: CatalogueEntry = { kind: 'problem', source: 'd', reason: 'no image', product: 'd' };
  const next = [entries[1], entry('c', 'c-new.png'), lost, entries[4], entries[5]];
  const report = await index(next, pruning(5));
  expect(report).toMatchObject({ removed: 1, unchanged: 2 });
  expect(report.failed.map(({ source }) => source)).toEqual(['b', 'c', 'd']);
  expect((await allRows()).map(({ product }) => product)).toEqual(['b', 'c', 'd', 'e', 'f']);
});

test('a duplicate in the feed holds nothing back', async () => {
  for (const name of ['a', 'b']) await draw(`${name}.png`, name === 'a' ? '#e02020' : '#20e020');
  await index([entry('a', 'a.png'), entry('a', 'b.png')]);
  const duplicate: CatalogueEntry = { kind: 'problem', source: 'x', reason: 'again', product: 'a', duplicateOf: 1 };
  expect(await index([entry('a', 'a.png'), duplicate], pruning(2))).toMatchObject({ removed: 1, unchanged: 1 });
});

test('a refusal is part of the report, and what was indexed is kept', async () => {
  for (const name of ['a', 'b', 'c']) await draw(`${name}.png`, '#e02020');
  await index([entry('a', 'a.png'), entry('b', 'b.png')]);
  const report = await index([entry('c', 'c.png')], pruning(1));
  expect(report).toMatchObject({ added: 1, removed: 0, refusal: { code: 'prune-refused' } });
  expect(await allRows()).toHaveLength(3);
});

test('of a feed that breaks off, what came before is committed and nothing is removed', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await draw(`${name}.png`, '#e02020');
  await index(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => entry(id, `${id}.png`)));
  let commits = 0;
  store.commit = async () => {
    commits += 1;
  };
  const broken = async function* () {
    for (const id of ['a', 'b', 'c', 'd', 'e']) yield entry(id, `${id}.png`, { price: 7 });
    throw new Error('cut off');
  };
  await expect(index(broken(), pruning(5))).rejects.toThrow('cut off');
  expect(commits).toBe(1);
  const rows = await allRows();
  expect(rows).toHaveLength(6);
  expect(rows.some(({ attributes }) => attributes.price === 7)).toBe(true);
});

test('commits are told with the entries that they cover, and an unchanged run makes none', async () => {
  for (const name of ['a', 'b', 'c']) await draw(`${name}.png`, '#e02020');
  const entries = ['a', 'b', 'c'].map((id) => entry(id, `${id}.png`));
  let commits = 0;
  store.commit = async () => {
    commits += 1;
  };
  const told: number[] = [];
  // A commit that takes a millisecond would put the next one off.
  const clock = vi.spyOn(Date, 'now').mockReturnValue(0);
  await index(entries, { commitEveryMs: 0, onCommit: (count) => told.push(count) });
  expect(told).toEqual([1, 2, 3, 3]);
  expect(commits).toBe(3);
  await index(entries, { commitEveryMs: 0 });
  expect(commits).toBe(3);
  clock.mockRestore();
});

test('shards that are indexed and pruned one by one make the store that the whole feed makes', async () => {
  for (const name of ['a', 'b', 'c']) await draw(`${name}.png`, name === 'a' ? '#e02020' : '#20e020');
  const product = fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    image: fc.constantFrom('a.png', 'b.png', 'c.png'),
  });
  const products = fc.uniqueArray(product, { selector: ({ id }) => id, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(products, products, fc.integer({ min: 1, max: 5 }), async (first, second, count) => {
      const stores = [new MemoryStore(store.config), new MemoryStore(store.config)] as const;
      for (const feed of [first, second]) {
        const entries = feed.map(({ id, image }) => entry(id, image));
        const force = { force: true, numEntries: entries.length };
        await index(entries, { store: stores[0], prune: { ...force, isOurs: () => true } });
        for (let at = 1; at <= count; at++) {
          const isOurs = (id: string) => isInShard(id, { index: at, count });
          const ours = entries.filter((each) => isOurs(each.product));
          await index(ours, { store: stores[1], prune: { ...force, numEntries: ours.length, isOurs } });
        }
      }
      expect(await allRows(stores[1])).toEqual(await allRows(stores[0]));
      expect((await stores[1].stats()).products).toBe(second.length);
    }),
    { numRuns: 15 },
  );
});

test('threads make the rows that one thread makes, in the order of the feed; a bad picture fails alone', async () => {
  const model = join(root, 'model');
  await writeModel(model, {
    ...tinyParts(),
    name: 'tiny',
    minScore: 0.3,
    descriptors: { garment: { kind: 'regions', maps: ['P3', 'P4'], size: 3, samplingRatio: 2 } },
  });
  const opened = await openEngine(model);
  const colours = ['#e02020', '#20e020', '#2020e0', '#e0e020', '#20e0e0', '#e020e0'];
  for (const [at, fill] of colours.entries()) await draw(`${at}.png`, fill);
  await writeFile(join(root, '3.png'), 'damaged');
  const entries = colours.map((_, at) => entry(`p${at}`, `${at}.png`));
  const rowsOf = async (workers: number) => {
    const made = new MemoryStore({ ...opened.space('garment'), schema });
    const report = await index(entries, { engine: opened, store: made, workers });
    expect(report).toMatchObject({ added: 5, failed: [{ source: 'p3' }] });
    expect(made.rowFacts().map(({ product }) => product)).toEqual(['p0', 'p1', 'p2', 'p4', 'p5']);
    return allRows(made);
  };
  try {
    const [alone, abreast] = [await rowsOf(0), await rowsOf(2)];
    for (const [at, row] of abreast.entries()) {
      const { vector, box, score, ...same } = alone[at];
      expect(row).toMatchObject(same);
      for (const [i, value] of row.vector.entries()) expect(value).toBeCloseTo(vector[i], 5);
      for (const [i, edge] of row.box.entries()) expect(edge).toBeCloseTo(box[i], 2);
      expect(row.score ?? 0).toBeCloseTo(score ?? 0, 5);
    }
  } finally {
    await opened.release();
  }
});
