import { expect, test } from 'vitest';
import { parseStoreAddress } from './opensearch-address.ts';

test('addresses name nodes, a store and how a new one is laid out', () => {
  expect(parseStoreAddress('opensearch://localhost:9201/shop')).toEqual({
    nodes: ['http://localhost:9201'],
    name: 'shop',
    shards: 3,
    replicas: undefined,
    text: 'opensearch://localhost:9201/shop',
  });
  expect(parseStoreAddress('OpenSearchS://a.example,[::1]:9300/shop-2_b?shards=12&replicas=2')).toEqual({
    nodes: ['https://a.example:9200', 'https://[::1]:9300'],
    name: 'shop-2_b',
    shards: 12,
    replicas: 2,
    text: 'opensearchs://a.example,[::1]:9300/shop-2_b',
  });
});

test('folders and other addresses are none', () => {
  for (const place of ['shop', './opensearch', 'opensearch:shop', 'nosql://localhost/shop', 'C:\\shop', ''])
    expect(parseStoreAddress(place)).toBeUndefined();
});

test('what cannot be read is refused, and a password is not repeated', () => {
  const wrong = [
    'opensearch://',
    'opensearch://localhost:9200',
    'opensearch://localhost:9200/',
    'opensearch:///shop',
    'opensearch://localhost:9200/shop/more',
    'opensearch://localhost:9200/Shop',
    'opensearch://localhost:9200/_all',
    'opensearch://localhost:9200/shop.rows-1',
    'opensearch://localhost:9200/*',
    'opensearch://localhost:9200/shop,other',
    'opensearch://localhost:9200/..%2f_cluster',
    'opensearch://localhost:99999/shop',
    'opensearch://local host:9200/shop',
    'opensearch://localhost:9200/shop?shards=0',
    'opensearch://localhost:9200/shop?shards=x',
    'opensearch://localhost:9200/shop?refresh=true',
    'opensearch://localhost:9200/shop#x',
  ];
  for (const place of wrong) expect(() => parseStoreAddress(place), place).toThrow(/address of a store that cannot be/);
  const secret = 'opensearchs://admin:s3cr3t@localhost:9200/shop';
  expect(() => parseStoreAddress(secret)).toThrow(/user or password.*DEEPSHOP_OPENSEARCH_USER/);
  expect(() => parseStoreAddress(secret)).not.toThrow(/s3cr3t/);
});
