import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tinyRow, tinySpace, tinyStore, writeTinyStore } from '../../tests/tiny-store.ts';
import { openStore, openStoreForWriting } from './exact-store-node.ts';
import { requireSpace } from './store-manifest-node.ts';

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-store-'));
  directory = join(folder, 'shop');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function damage(name: string, change: (bytes: Buffer) => void): Promise<void> {
  const path = join(directory, name);
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
}

test('what was committed is there when the store is opened again', async () => {
  await writeTinyStore(directory, tinyRow('a', [1, 2, 3]), tinyRow('b', [0, 1, 0]));
  const store = await openStore(directory);
  const [hit] = await store.query({ vector: Float32Array.of(1, 2, 3), k: 1 });
  expect(hit!.row).toEqual(tinyRow('a', [1, 2, 3]));
  expect(store.manifest).toMatchObject({ ...tinySpace, modelId: 'model-a', kind: 'exact', schemaVersion: 1 });
  expect((await readdir(directory)).sort()).toEqual(['rows.bin', 'store.json']);
});

test('a new store is empty, and opens', async () => {
  await writeTinyStore(directory);
  expect((await (await openStore(directory)).stats()).rows).toBe(0);
});

test('a store without a commit leaves nothing behind, and takes no folder of others along', async () => {
  const nested = join(folder, 'other', 'deep', 'shop');
  const store = await openStoreForWriting(nested, tinyStore);
  await store.upsert([tinyRow('a', [1, 2, 3])]);
  await store.close();
  expect(await readdir(folder)).toEqual([]);

  const again = await openStoreForWriting(nested, tinyStore);
  await writeFile(join(folder, 'other', 'holiday.txt'), 'sun');
  await again.close();
  expect(await readdir(folder, { recursive: true })).toEqual(['other', join('other', 'holiday.txt')]);
});

test('a store gets further attributes with the next commit, keeps those it has, and loses none', async () => {
  await writeTinyStore(directory, tinyRow('a', [1, 0, 0]));
  const wider = { ...tinyStore, schema: { title: 'string', size: 'number' } } as const;
  const looked = await openStoreForWriting(directory, wider);
  await looked.close();
  expect((await openStore(directory)).manifest.attributes).toEqual({ title: 'string' });
  const writer = await openStoreForWriting(directory, wider);
  const b = { ...tinyRow('b', [0, 1, 0]), attributes: { title: 'b', size: 41 } };
  await writer.upsert([b]);
  await writer.commit();
  await writer.close();
  const store = await openStore(directory);
  expect(store.manifest.attributes).toEqual({ title: 'string', size: 'number' });
  expect(await store.rowsOf('b')).toEqual([b]);
  const query = {
    vector: Float32Array.of(1, 1, 0),
    k: 5,
    filter: { kind: 'equals', field: 'size', value: null },
  } as const;
  expect((await store.query(query)).map(({ row }) => row.product)).toEqual(['a']);
  await expect(openStoreForWriting(directory, tinyStore)).rejects.toThrow(/difference in size\. Give --attribute as/);
  const retyped = { ...tinyStore, schema: { title: 'string', size: 'string' } } as const;
  await expect(openStoreForWriting(directory, retyped)).rejects.toThrow(/difference in size/);
});

test('a reader keeps the commit that it opened, and a new one sees the last', async () => {
  await writeTinyStore(directory, tinyRow('a', [1, 0, 0]));
  const writer = await openStoreForWriting(directory, tinyStore);
  const reader = await openStore(directory);
  await writer.upsert([tinyRow('b', [0, 1, 0])]);
  expect((await (await openStore(directory)).stats()).rows).toBe(1);
  await writer.commit();
  expect((await reader.stats()).rows).toBe(1);
  expect((await (await openStore(directory)).stats()).rows).toBe(2);
  await writer.close();
  await expect(async () => reader.upsert([tinyRow('c', [0, 0, 1])])).rejects.toMatchObject({ code: 'store-write' });
});

describe('what cannot be opened says why, and what to do', () => {
  test.each<[string, string, RegExp, () => Promise<unknown>]>([
    ['a missing store', 'store-missing', /deepshop index/, async () => {}],
    ['a folder that is no store', 'store-missing', /deepshop index/, () => mkdir(directory)],
    [
      'a truncated file',
      'store-corrupt',
      /truncated.*expected \d+ bytes.*copy/,
      async () => {
        await writeTinyStore(directory, tinyRow('a', [1, 2, 3]));
        await truncate(join(directory, 'rows.bin'), 200);
      },
    ],
    [
      'an empty file',
      'store-corrupt',
      /truncated/,
      async () => {
        await writeTinyStore(directory);
        await truncate(join(directory, 'rows.bin'), 0);
      },
    ],
    [
      'a missing file',
      'store-corrupt',
      /missing/,
      async () => {
        await writeTinyStore(directory);
        await rm(join(directory, 'rows.bin'));
      },
    ],
    [
      'a changed byte at the end',
      'store-corrupt',
      /checksum of section rows/,
      async () => {
        await writeTinyStore(directory, tinyRow('a', [1, 2, 3]));
        await damage('rows.bin', (bytes) => bytes.writeUInt8(bytes.at(-3)! ^ 1, bytes.length - 3));
      },
    ],
    [
      'a changed header',
      'store-corrupt',
      /checksum of the header/,
      async () => {
        await writeTinyStore(directory);
        await damage('rows.bin', (bytes) => bytes.writeUInt8(bytes[30] ^ 1, 30));
      },
    ],
    [
      'an absurd length of the header',
      'store-corrupt',
      /truncated/,
      async () => {
        await writeTinyStore(directory);
        await damage('rows.bin', (bytes) => bytes.writeUInt32LE(0xffffffff, 12));
      },
    ],
    [
      'another kind of file',
      'store-corrupt',
      /not a file of rows/,
      async () => {
        await writeTinyStore(directory);
        await damage('rows.bin', (bytes) => bytes.write('PK'));
      },
    ],
    [
      'rows of a newer format',
      'store-version',
      /format version 1; got 9.*Update/,
      async () => {
        await writeTinyStore(directory);
        await damage('rows.bin', (bytes) => bytes.writeUInt32LE(9, 8));
      },
    ],
    [
      'a newer store',
      'store-version',
      /expected schema version 1; got 2. Update/,
      async () => {
        await writeTinyStore(directory);
        const path = join(directory, 'store.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"schemaVersion": 1', '"schemaVersion": 2'));
      },
    ],
    [
      'a store of another kind',
      'store-kind',
      /exact.*cloud/,
      async () => {
        await writeTinyStore(directory);
        const path = join(directory, 'store.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"exact"', '"cloud"'));
      },
    ],
    [
      'a description cut short',
      'store-corrupt',
      /not JSON/,
      async () => {
        await writeTinyStore(directory);
        await truncate(join(directory, 'store.json'), 30);
      },
    ],
    [
      'rows of another store',
      'store-corrupt',
      /rows of another store/,
      async () => {
        await writeTinyStore(directory);
        const path = join(directory, 'store.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('test/1', 'test/2'));
      },
    ],
    ...(
      [
        ['refineFactor', 4_000_000_000],
        ['refineFactor', 1001],
        ['probes', 4_000_000_000],
        ['probes', 4097],
      ] as const
    ).map(([name, value]): [string, string, RegExp, () => Promise<void>] => [
      `an index with ${name} of ${value}`,
      'store-corrupt',
      new RegExp(`not a store description; got index.filtered.${name}: .*<=.*copy`),
      async () => {
        await writeTinyStore(directory);
        const path = join(directory, 'store.json');
        const alone = { refineFactor: 1000, probes: 4096, recall: 1 };
        const index = { rows: 1, queries: 1, alone, filtered: { ...alone, [name]: value } };
        const lance = { kind: 'lancedb', table: 'rows-1', version: 1, commit: 1, index };
        await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...lance }));
      },
    ]),
  ])('%s', async (_, code, message, arrange) => {
    await arrange();
    const error = await openStore(directory).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(directory);
  });

  test('a store of another space', async () => {
    await writeTinyStore(directory);
    const other = { ...tinySpace, spaceId: 'other/7' };
    const error = await openStoreForWriting(directory, { ...tinyStore, space: other }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'store-space' });
    expect(error.message).toMatch(/test\/1.*model-a.*got space other\/7.*index migrate/);
    expect(() => requireSpace({ ...tinySpace, modelId: '' } as never, { ...tinySpace, dimension: 4 }, '')).toThrow(
      '4 numbers',
    );
    // The lock was given back.
    await writeTinyStore(directory);
  });

  test('a place where nothing can be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const error = await openStoreForWriting(join(folder, 'file', 'shop'), tinyStore).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'store-write' });
    expect(error.message).toMatch(/ENOTDIR.*check its permissions/);
  });

  test('a folder with other things in it is left alone', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'holiday.txt'), 'sun');
    await expect(openStoreForWriting(directory, tinyStore)).rejects.toMatchObject({ code: 'store-occupied' });
    expect(await readdir(directory)).toEqual(['holiday.txt']);
  });
});
