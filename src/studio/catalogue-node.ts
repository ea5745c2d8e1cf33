/** @file Writes the demo catalogue as a shop would hand it over: pictures and a CSV; and the query photo. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueItem } from './catalogue.ts';
import { demoCatalogue, demoQuery } from './catalogue.ts';
import type { GarmentLabel } from './cut.ts';
import { drawFlatLay } from './flat-lay.ts';
import { drawOutfit } from './outfit.ts';
import { renderJpeg } from './render-node.ts';
import type { DrawnGarment } from './scene.ts';

export interface CatalogueOptions {
  /** The demo shop is seed 1. */
  readonly seed?: number;
  readonly count?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const columns = ['id', 'title', 'image', 'category', 'price', 'currency', 'brand', 'colour', 'pattern', 'url'] as const;

/** Pictures rendered at a time. */
const ABREAST = 3;

/**
 * Writes `images/*.jpg` and, last and at once, `catalogue.csv` (image paths relative to `dir`): a folder with the CSV is complete.
 *
 * @returns the items and the path of the CSV
 */
export async function writeDemoCatalogue(
  dir: string,
  { seed = 1, count = 300, onProgress }: CatalogueOptions = {},
): Promise<{ items: CatalogueItem[]; csv: string }> {
  await mkdir(join(dir, 'images'), { recursive: true });
  const items = demoCatalogue(seed, count);
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      await writeFile(join(dir, 'images', item.image), await renderJpeg(drawFlatLay(item.scene)));
      onProgress?.(++done, items.length);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  const csv = join(dir, 'catalogue.csv');
  await writeFile(`${csv}.part`, catalogueCsv(items));
  await rename(`${csv}.part`, csv);
  return { items, csv };
}

/** The catalogue as CSV with a header, fields quoted as RFC 4180 says. */
export function catalogueCsv(items: readonly CatalogueItem[]): string {
  const rows = items.map((item) => [
    item.id,
    item.title,
    `images/${item.image}`,
    item.label,
    item.price.toFixed(2),
    item.currency,
    item.brand,
    item.colour,
    item.pattern,
    `https://shop.example/items/${item.id}`,
  ]);
  return `${[[...columns], ...rows].map((row) => row.map(csvField).join(',')).join('\n')}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes the bundled query photo and says what is on it. */
export async function writeDemoQuery(
  file: string,
  {
    seed = 1,
    items = demoCatalogue(1),
    wear,
  }: { seed?: number; items?: readonly CatalogueItem[]; wear?: readonly GarmentLabel[] } = {},
): Promise<readonly DrawnGarment[]> {
  const drawn = drawOutfit(demoQuery(seed, items, wear).scene);
  await writeFile(file, await renderJpeg(drawn, 92));
  return drawn.garments;
}
