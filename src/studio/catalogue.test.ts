import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { demoCatalogue, demoQuery, titleOf } from './catalogue.ts';
import { catalogueCsv, writeDemoCatalogue } from './catalogue-node.ts';
import { garmentLabels } from './cut.ts';
import { cutOf } from './garment.ts';
import { drawOutfit } from './outfit.ts';
import { writeTrainingSet } from './training-set-node.ts';

async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'deepshop-studio-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe('the demo catalogue', () => {
  const items = demoCatalogue(1);

  it('has 300 items of all classes with different ids, brands, whole prices and pictures', () => {
    expect(items).toHaveLength(300);
    expect(new Set(items.map(({ id }) => id)).size).toBe(300);
    expect(new Set(items.map(({ image }) => image)).size).toBe(300);
    for (const label of garmentLabels)
      expect(items.filter((item) => item.label === label).length, label).toBeGreaterThanOrEqual(23);
    for (const { price, brand, title } of items) {
      expect(price).toBeGreaterThan(5);
      expect(price).toBeLessThan(500);
      expect(brand).not.toBe('');
      expect(title).toMatch(/^[A-Z].*, [a-z]+$/);
    }
  });

  it('is the same for the same seed, shorter when asked, and another for another seed', () => {
    expect(demoCatalogue(1)).toEqual(items);
    expect(demoCatalogue(1, 20)).toEqual(items.slice(0, 20));
    expect(demoCatalogue(2)).not.toEqual(items);
  });

  it('uses cuts that are never trained on', () => {
    for (const { spec } of items) expect(cutOf(spec).theme).toBe('demo');
  });

  it('names items as a shop does', () => {
    expect(
      titleOf({
        label: 'tee',
        cut: 'boxy-tee',
        colour: 'navy',
        accent: 'white',
        pattern: 'stripe',
        fabric: 'linen',
        seed: 1,
      }),
    ).toBe('Striped linen boxy tee, navy');
  });

  it('quotes titles that hold commas, quotes and line ends, and reads back', () => {
    const first = items[0];
    const odd = [{ ...first, title: 'Tee "Été", <b>2</b>\nblue & white' }];
    const [row] = parse(catalogueCsv(odd), { columns: true }) as Record<string, string>[];
    expect(row).toMatchObject({
      id: 'ds-0001',
      title: 'Tee "Été", <b>2</b>\nblue & white',
      image: 'images/ds-0001.jpg',
      category: first.label,
      currency: 'EUR',
    });
  });

  it('is written as pictures and a CSV', async () => {
    await inFolder(async (dir) => {
      const told: number[] = [];
      await writeDemoCatalogue(dir, { count: 5, onProgress: (done) => told.push(done) });
      expect(told).toEqual([1, 2, 3, 4, 5]);
      expect((await readdir(join(dir, 'images'))).sort()).toEqual(items.slice(0, 5).map(({ image }) => image));
      const rows = parse(await readFile(join(dir, 'catalogue.csv')), { columns: true }) as Record<string, string>[];
      expect(rows.map(({ title }) => title)).toEqual(items.slice(0, 5).map(({ title }) => title));
    });
  });
});

describe('the demo query', () => {
  it('wears items of the catalogue and shows all of them', () => {
    const query = demoQuery(1);
    expect(query.matches.every((ids) => ids.length > 0)).toBe(true);
    expect(drawOutfit(query.scene).garments.map(({ label }) => label)).toEqual(
      query.scene.garments.map(({ label }) => label),
    );
  });
});

describe('the training set', () => {
  it('is COCO in thirteen classes, and the same for the same seed', async () => {
    await inFolder(async (dir) => {
      const options = { count: 8, seed: 3, longSide: 200 };
      const { boxes } = await writeTrainingSet(join(dir, 'a'), options);
      await writeTrainingSet(join(dir, 'b'), options);
      const text = await readFile(join(dir, 'a', 'annotations.json'), 'utf8');
      expect(await readFile(join(dir, 'b', 'annotations.json'), 'utf8')).toBe(text);
      expect(await readFile(join(dir, 'b', 'images', '000007.jpg'))).toEqual(
        await readFile(join(dir, 'a', 'images', '000007.jpg')),
      );
      const coco = JSON.parse(text) as {
        images: { id: number }[];
        annotations: { id: number; image_id: number; category_id: number; bbox: number[] }[];
        categories: { id: number; name: string }[];
      };
      expect(coco.categories).toEqual(garmentLabels.map((name, index) => ({ id: index + 1, name })));
      expect(coco.images.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(coco.annotations).toHaveLength(boxes);
      for (const { bbox } of coco.annotations) expect(Math.min(bbox[2], bbox[3])).toBeGreaterThan(0);
    });
  });
});
