import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeLayerRules, layers } from '../scripts/layers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = layers.flat();

test('biome.layers.json is what the list of layers gives (npx tsx scripts/write-layers.ts writes it anew)', () => {
  expect(readFileSync(`${root}biome.layers.json`, 'utf8')).toBe(describeLayerRules());
});

test('every folder of src is in a layer', () => {
  const found = readdirSync(`${root}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders).toEqual(expect.arrayContaining(found.map(({ name }) => name)));
});

test('ARCHITECTURE.md describes the layers that there are, in this order', () => {
  const architecture = readFileSync(`${root}ARCHITECTURE.md`, 'utf8');
  const rows = [...architecture.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = '']) => cell.match(/\w+/g) ?? []);
  const present = new Set(readdirSync(`${root}src`));
  expect(rows.flat()).toEqual(folders.filter((folder) => present.has(folder)));
});

test('what runs in a browser imports nothing but types from what needs Node', () => {
  const isForBrowsers = (name: string) =>
    name.includes('/') && /\.tsx?$/.test(name) && !/-node\.ts$|\.test\.ts$|^cli\//.test(name);
  const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter(isForBrowsers);
  expect(files.length).toBeGreaterThan(100);
  const values = /^(?:import|export) (?!type\b)[^;]*? from '[^']*-node\.ts'/m;
  expect(files.filter((name) => values.test(readFileSync(`${root}src/${name}`, 'utf8')))).toEqual([]);
});
