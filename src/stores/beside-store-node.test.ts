import { join } from 'node:path';
import { expect, it } from 'vitest';
import { besideStore } from './beside-store-node.ts';

it('is beside a folder, and in the working directory for a store in an engine, whichever node is named first', () => {
  expect(besideStore('/srv/shop', '.keys.json')).toBe('/srv/shop.keys.json');
  expect(besideStore('stores/shop', '.events')).toBe(join(process.cwd(), 'stores', 'shop.events'));
  const beside = join(process.cwd(), 'shop.pictures');
  for (const hosts of ['node-1', 'node-2:9201,node-1:9200'])
    expect(besideStore(`opensearch://${hosts}/shop?shards=6`, '.pictures')).toBe(beside);
});
