import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { catalogueSchema } from '../src/catalogue/catalogue.ts';
import { factsSchema } from '../src/retrieval/garment-facts.ts';
import { parseFilter } from '../src/stores/parse-filter.ts';

const root = new URL('../', import.meta.url);
/** What every store has, and the attribute of their own that the docs speak of. */
const schema = { ...catalogueSchema, ...factsSchema, 'heel height-cm': 'number' } as const;

/** Filters as a command line, an attribute of the widget, or JSON has them. */
function filtersIn(text: string): string[] {
  const patterns = [/--filter '([^'\n]+)'/g, /\bfilter="([^"\n]+)"/g, /"filter": ("(?:[^"\\\n]|\\.)+")/g];
  const [commands = [], attributes = [], bodies = []] = patterns.map((pattern) =>
    [...text.matchAll(pattern)].map(([, filter = '']) => filter),
  );
  return [...commands, ...attributes, ...bodies.map((body) => JSON.parse(body) as string)];
}

/** Of the table of filters in docs/search.md. */
async function filtersOfTable(): Promise<string[]> {
  const search = await readFile(new URL('docs/search.md', root), 'utf8');
  const [, table = ''] = /\| filter \| lets through \|\n(.*?)\n\n/s.exec(search) ?? [];
  const cells = table.split('\n').map((line) => line.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, filter = '']) => filter));
}

test('every filter that the docs show is one, of fields that stores have', async () => {
  const files = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'));
  const texts = ['README.md', ...files.map((name) => `docs/${name}`)].map((name) =>
    readFile(new URL(name, root), 'utf8'),
  );
  const filters = [...(await Promise.all(texts)).flatMap(filtersIn), ...(await filtersOfTable())];
  expect(filters).toContain('inStock = true');
  expect(filters).toContain('price <= 50');
  expect(filters).toContain('category = "Shirts > \\"Slim\\""');
  expect(filters.length).toBeGreaterThan(12);
  for (const filter of filters) expect(() => parseFilter(filter, schema), filter).not.toThrow();
});
