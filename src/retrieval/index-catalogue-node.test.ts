import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { type CatalogueEntry, catalogueSchema } from '../catalogue/catalogue.ts';
import { readCatalogue } from '../catalogue/read-catalogue-node.ts';
import { readPhoto } from '../image/decode-node.ts';
import { MemoryStore } from '../stores/memory-store.ts';
import { indexCatalogue, mostFailures } from './index-catalogue-node.ts';
import { recommendForPhoto } from './recommend.ts';

const engine = createColourEngine();
let root: string;
let store: MemoryStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deepshop-index-'));
  store = new MemoryStore({ ...engine.space('garment'), schema: catalogueSchema });
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Rectangles `[x, y, width, height, colour]` on white, 96 x 96. */
async function draw(name: string, ...shapes: [number, number, number, number, string][]): Promise<string> {
  const rectangles = shapes.map(
    ([x, y, w, h, fill]) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96">${rectangles.join('')}</svg>`;
  const path = join(root, name);
  await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).png().toFile(path);
  return path;
}

const index = (source = root) => indexCatalogue(readCatalogue(source), { engine, store, descriptor: 'garment' });

test('pictures are added once, and a picture that changed is embedded again', async () => {
  await draw('red.png', [24, 32, 48, 32, '#e02020']);
  await draw('blue.png', [24, 32, 48, 32, '#2020e0']);
  expect(await index()).toEqual({ added: 2, updated: 0, unchanged: 0, removed: 0, numFailed: 0, failed: [] });
  expect(await index()).toEqual({ added: 0, updated: 0, unchanged: 2, removed: 0, numFailed: 0, failed: [] });
  await draw('red.png', [24, 32, 48, 32, '#20e020']);
  expect(await index()).toEqual({ added: 0, updated: 1, unchanged: 1, removed: 0, numFailed: 0, failed: [] });
  expect(await store.stats()).toEqual({ rows: 2, products: 2, wholePictures: 0 });
});

test('a bad picture is a line of the report', async () => {
  await draw('good.png', [24, 32, 48, 32, '#e02020']);
  await writeFile(join(root, 'empty.jpg'), '');
  await writeFile(join(root, 'text.png'), 'not a picture');
  const report = await index();
  expect(report.added).toBe(1);
  expect(report.failed.map(({ source }) => source)).toEqual(['empty.jpg', 'text.png']);
  expect(report.failed[0].reason).toContain('empty');
});

test('of very many that fail all are counted and told, and so many are kept', async () => {
  async function* broken(): AsyncGenerator<CatalogueEntry> {
    for (let at = 0; at < mostFailures + 5; at++)
      yield { kind: 'problem', source: `${at}`, reason: 'no image', product: null };
  }
  const told: string[] = [];
  const onFailure = ({ source }: { source: string }) => told.push(source);
  const report = await indexCatalogue(broken(), { engine, store, descriptor: 'garment', onFailure });
  expect(report.numFailed).toBe(mostFailures + 5);
  expect(report.failed.map(({ source }) => source)).toEqual(told.slice(0, mostFailures));
  expect(told.at(-1)).toBe(`${mostFailures + 4}`);
});

test('a new price or path of a known picture updates its row without embedding it again', async () => {
  await draw('a.png', [24, 32, 48, 32, '#e02020']);
  const feed = join(root, 'feed.jsonl');
  const write = (row: object) => writeFile(feed, JSON.stringify({ id: 1, image: 'a.png', price: 5, ...row }));
  await write({});
  await index(feed);
  const counting = { ...engine, analyse: () => Promise.reject(new Error('embedded again')) };
  const again = () => indexCatalogue(readCatalogue(feed), { engine: counting, store, descriptor: 'garment' });
  await write({ price: 6 });
  expect(await again()).toMatchObject({ updated: 1, failed: [] });
  await rename(join(root, 'a.png'), join(root, 'b.png'));
  await write({ price: 6, image: 'b.png' });
  expect(await again()).toMatchObject({ updated: 1, failed: [] });
  const rows = await store.rowsOf('1');
  expect(rows).toMatchObject([{ image: 'b.png', attributes: { price: 6 } }]);
});

test('a product has as many pictures as its feed has, the same bytes under two names too', async () => {
  await draw('a.png', [24, 32, 48, 32, '#e02020']);
  await draw('b.png', [24, 32, 48, 32, '#20e020']);
  const feed = join(root, 'feed.csv');
  const images = async () => (await store.rowsOf('1')).map(({ image }) => image).sort();
  await writeFile(feed, 'id,image\n1,a.png\n1,b.png\n');
  expect(await index(feed)).toMatchObject({ added: 2, updated: 0 });
  expect(await index(feed)).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
  // Copies before and after the known one: nothing is embedded, nothing lost, and the next run changes nothing.
  const counting = { ...engine, analyse: () => Promise.reject(new Error('embedded again')) };
  for (const name of ['0.png', 'c.png']) await copyFile(join(root, 'a.png'), join(root, name));
  await writeFile(feed, 'id,image\n1,0.png\n1,a.png\n1,c.png\n1,b.png\n');
  const again = () => indexCatalogue(readCatalogue(feed), { engine: counting, store, descriptor: 'garment' });
  expect(await again()).toMatchObject({ failed: [] });
  expect(await images()).toEqual(['0.png', 'a.png', 'b.png', 'c.png']);
  expect(await again()).toMatchObject({ added: 0, updated: 0, unchanged: 4, failed: [] });
});

test('further attributes of the feed are attributes of the rows', async () => {
  await draw('a.png', [24, 32, 48, 32, '#e02020']);
  const feed = join(root, 'feed.csv');
  await writeFile(feed, 'id,image,size,availability\n1,a.png,41,in stock\n');
  const mapping = { attributes: { size: 'number' } } as const;
  store = new MemoryStore({ ...engine.space('garment'), schema: { ...catalogueSchema, ...mapping.attributes } });
  await indexCatalogue(readCatalogue(feed, { mapping }), { engine, store, descriptor: 'garment' });
  expect(await store.rowsOf('1')).toMatchObject([{ attributes: { size: 41, inStock: true, gender: null } }]);
});

test('of several garments the one that fits the category is indexed, and a new category chooses again', async () => {
  // Wide and large, tall and small.
  await draw('both.png', [8, 8, 80, 40, '#e02020'], [40, 60, 12, 32, '#2020e0']);
  const feed = join(root, 'feed.csv');
  const label = async (category: string) => {
    await writeFile(feed, `id,image,category\n1,both.png,${category}\n`);
    await index(feed);
    return (await store.rowsOf('1')).map((row) => row.label);
  };
  expect(await label('Jeans')).toEqual(['trousers']);
  expect(await label('')).toEqual(['tee']);
  expect(await label('Pants')).toEqual(['trousers']);
});

test('a picture without a garment is indexed whole, and marked', async () => {
  await draw('plain.png');
  expect(await index()).toMatchObject({ added: 1 });
  expect(await store.rowsOf('plain.png')).toMatchObject([{ label: null, score: null, box: [0, 0, 96, 96] }]);
});

test('a photo is answered with the nearest item of each of its garments', async () => {
  await draw('red.png', [24, 32, 48, 32, '#e02020']);
  await draw('blue.png', [36, 16, 24, 64, '#2020e0']);
  await draw('green.png', [24, 32, 48, 32, '#20e020']);
  await index();
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-query-'));
  const path = await draw(
    join('..', folder.split('/').at(-1)!, 'query.png'),
    [8, 8, 80, 40, '#d83030'],
    [40, 60, 12, 32, '#3030d8'],
  );
  const answers = await recommendForPhoto(await readPhoto(path), { engine, store, descriptor: 'garment' }, { top: 2 });
  await rm(folder, { recursive: true });
  expect(answers.map(({ label, wholePicture, items }) => [label, wholePicture, items[0].id, items.length])).toEqual([
    ['tee', false, 'red.png', 2],
    ['trousers', false, 'blue.png', 2],
  ]);
});

test('a photo without a garment is answered for the whole picture', async () => {
  await draw('white.png');
  await index();
  const photo = await readPhoto(join(root, 'white.png'));
  const answers = await recommendForPhoto(photo, { engine, store, descriptor: 'garment' }, { top: 3 });
  expect(answers).toMatchObject([{ wholePicture: true, label: null, score: null, box: [0, 0, 96, 96] }]);
  expect(answers[0].items).toMatchObject([{ id: 'white.png', similarity: 1 }]);
});
