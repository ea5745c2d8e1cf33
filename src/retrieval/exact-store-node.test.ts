import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VectorSpace } from '../embedding/descriptor.ts';
import { type ExactStore, openStore, openStoreForWriting } from './exact-store-node.ts';
import type { Row } from './row.ts';
import { readManifest, requireSpace } from './store-manifest-node.ts';

const space: VectorSpace = { descriptor: 'garment', spaceId: 'test/1', dimension: 3, metric: 'cosine' };
const want = { space, modelId: 'model-a', schema: { title: 'string' } } as const;

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-store-'));
  directory = join(folder, 'shop');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function row(product: string, vector: readonly number[]): Row {
  return {
    product,
    variant: '',
    image: 'é/“a”.jpg',
    region: 0,
    box: [0.5, 1, 2.25, 3],
    label: null,
    score: null,
    contentHash: 'abc',
    attributes: { title: `Größe\n${product}` },
    vector: Float32Array.from(vector),
  };
}

async function makeStore(...rows: Row[]): Promise<void> {
  const store = await openStoreForWriting(directory, want);
  await store.upsert(rows);
  await store.commit();
  await store.close();
}

async function damage(name: string, change: (bytes: Buffer) => void): Promise<void> {
  const path = join(directory, name);
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
}

test('what was committed is there when the store is opened again', async () => {
  await makeStore(row('a', [1, 2, 3]), row('b', [0, 1, 0]));
  const store = await openStore(directory);
  const [hit] = await store.query({ vector: Float32Array.of(1, 2, 3), k: 1 });
  expect(hit!.row).toEqual(row('a', [1, 2, 3]));
  expect(store.manifest).toMatchObject({ ...space, modelId: 'model-a', kind: 'exact', schemaVersion: 1 });
  expect((await readdir(directory)).sort()).toEqual(['rows.bin', 'store.json']);
});

test('a new store is empty, and opens', async () => {
  await makeStore();
  expect((await (await openStore(directory)).stats()).rows).toBe(0);
});

test('a reader keeps the commit that it opened, and a new one sees the last', async () => {
  await makeStore(row('a', [1, 0, 0]));
  const writer = await openStoreForWriting(directory, want);
  const reader = await openStore(directory);
  await writer.upsert([row('b', [0, 1, 0])]);
  expect((await (await openStore(directory)).stats()).rows).toBe(1);
  await writer.commit();
  expect((await reader.stats()).rows).toBe(1);
  expect((await (await openStore(directory)).stats()).rows).toBe(2);
  await writer.close();
  await expect(async () => reader.upsert([row('c', [0, 0, 1])])).rejects.toMatchObject({ code: 'store-write' });
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
        await makeStore(row('a', [1, 2, 3]));
        await truncate(join(directory, 'rows.bin'), 200);
      },
    ],
    [
      'an empty file',
      'store-corrupt',
      /truncated/,
      async () => {
        await makeStore();
        await truncate(join(directory, 'rows.bin'), 0);
      },
    ],
    [
      'a missing file',
      'store-corrupt',
      /missing/,
      async () => {
        await makeStore();
        await rm(join(directory, 'rows.bin'));
      },
    ],
    [
      'a changed byte at the end',
      'store-corrupt',
      /checksum of section rows/,
      async () => {
        await makeStore(row('a', [1, 2, 3]));
        await damage('rows.bin', (bytes) => bytes.writeUInt8(bytes.at(-3)! ^ 1, bytes.length - 3));
      },
    ],
    [
      'a changed header',
      'store-corrupt',
      /checksum of the header/,
      async () => {
        await makeStore();
        await damage('rows.bin', (bytes) => bytes.writeUInt8(bytes[30]! ^ 1, 30));
      },
    ],
    [
      'an absurd length of the header',
      'store-corrupt',
      /truncated/,
      async () => {
        await makeStore();
        await damage('rows.bin', (bytes) => bytes.writeUInt32LE(0xffffffff, 12));
      },
    ],
    [
      'another kind of file',
      'store-corrupt',
      /not a file of rows/,
      async () => {
        await makeStore();
        await damage('rows.bin', (bytes) => bytes.write('PK'));
      },
    ],
    [
      'rows of a newer format',
      'store-version',
      /format version 1; got 9.*Update/,
      async () => {
        await makeStore();
        await damage('rows.bin', (bytes) => bytes.writeUInt32LE(9, 8));
      },
    ],
    [
      'a newer store',
      'store-version',
      /expected schema version 1; got 2. Update/,
      async () => {
        await makeStore();
        const path = join(directory, 'store.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"schemaVersion": 1', '"schemaVersion": 2'));
      },
    ],
    [
      'a store of another kind',
      'store-kind',
      /lancedb/,
      async () => {
        await makeStore();
        const path = join(directory, 'store.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"exact"', '"lancedb"'));
      },
    ],
    [
      'a description cut short',
      'store-corrupt',
      /not JSON/,
      async () => {
        await makeStore();
        await truncate(join(directory, 'store.json'), 30);
      },
    ],
    [
      'rows of another store',
      'store-corrupt',
      /rows of another store/,
      async () => {
        await makeStore();
        const path = join(directory, 'store.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('test/1', 'test/2'));
      },
    ],
  ])('%s', async (_, code, message, arrange) => {
    await arrange();
    const error = await openStore(directory).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(directory);
  });

  test('a store of another space', async () => {
    await makeStore();
    const other = { ...space, spaceId: 'other/7' };
    const error = await openStoreForWriting(directory, { ...want, space: other }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'store-space' });
    expect(error.message).toMatch(/test\/1.*model-a.*got space other\/7.*--store/);
    expect(() => requireSpace({ ...space, modelId: '' } as never, { ...space, dimension: 4 }, '')).toThrow('4 numbers');
    // The lock was given back.
    await makeStore();
  });

  test('a place where nothing can be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const error = await openStoreForWriting(join(folder, 'file', 'shop'), want).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'store-write' });
    expect(error.message).toMatch(/ENOTDIR.*check its permissions/);
  });

  test('a folder with other things in it is left alone', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'holiday.txt'), 'sun');
    await expect(openStoreForWriting(directory, want)).rejects.toMatchObject({ code: 'store-occupied' });
    expect(await readdir(directory)).toEqual(['holiday.txt']);
  });
});

describe('one writer at a time', () => {
  let holder: ExactStore;
  beforeEach(async () => {
    holder = await openStoreForWriting(directory, want);
  });
  afterEach(() => holder.close());

  test('a second one is refused and told who the first is', async () => {
    const error = await openStoreForWriting(directory, want).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'file-locked' });
    expect(error.message).toContain(`process ${process.pid} on ${hostname()}`);
  });

  test('the lock of a process that is gone is taken over', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const lock = { pid: dead, host: hostname(), started: '1', token: 'dead' };
    await writeFile(join(directory, 'lock'), JSON.stringify(lock));
    const second = await openStoreForWriting(directory, want);
    // The first is robbed here; it notices before it overwrites anything.
    await holder.upsert([row('a', [1, 0, 0])]);
    await expect(holder.commit()).rejects.toMatchObject({ code: 'lock-lost' });
    await second.upsert([row('b', [1, 0, 0])]);
    await second.commit();
    await second.close();
    expect((await readdir(directory)).sort()).toEqual(['rows.bin', 'store.json']);
  });

  test('a number that another process has by now does not keep the lock', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const lock = { pid: child.pid, host: hostname(), started: '1', token: 'dead' };
      await writeFile(join(directory, 'lock'), JSON.stringify(lock));
      const opening = openStoreForWriting(directory, want);
      // Starts are known where there is /proc; elsewhere the process counts as the holder.
      if (process.platform === 'linux') await (await opening).close();
      else await expect(opening).rejects.toMatchObject({ code: 'file-locked' });
    } finally {
      child.kill();
    }
  });

  test('a torn lock is taken over, and the lock of another machine is not', async () => {
    await writeFile(join(directory, 'lock'), '{"pid": 1');
    await (await openStoreForWriting(directory, want)).close();
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: 1, host: 'elsewhere', started: '1', token: 'x' }));
    const error = await openStoreForWriting(directory, want).catch((thrown) => thrown);
    expect(error.message).toMatch(/process 1 on elsewhere.*delete this file/);
    await rm(join(directory, 'lock'));
  });
});

const script = `
  import { openStoreForWriting } from ${JSON.stringify(join(import.meta.dirname, 'exact-store-node.ts'))};
  const store = await openStoreForWriting(process.argv[1], ${JSON.stringify(want)});
  const rows = Array.from({ length: 20000 }, (_, i) => ({ ...JSON.parse(process.argv[2]), product: 'p' + i, vector: Float32Array.of(1, i, 0) }));
  await store.upsert(rows);
  if (process.argv[3] === 'die') setInterval(() => {}, 1000) && console.log('ready');
  for (;;) {
    await store.commit().catch((error) => { console.log(error.code, error.message); process.exit(7); });
    if (process.argv[3] !== 'die') break;
  }
  await store.close();
`;
const scriptArguments = ['--import', 'tsx', '--input-type=module', '-e', script];

test.skipIf(process.platform === 'win32')('a disk that refuses more bytes leaves the old commit', async () => {
  await makeStore(row('a', [1, 2, 3]));
  const before = await readFile(join(directory, 'rows.bin'));
  // A limit on the size of files: the kernel itself refuses the write, as it does on a full disk.
  const { stdout, status } = spawnSync(
    'bash',
    [
      '-c',
      'ulimit -f 200; exec "$0" "$@"',
      process.execPath,
      ...scriptArguments,
      directory,
      JSON.stringify(row('x', [])),
    ],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  );
  expect(stdout).toMatch(/^disk-full .*EFBIG.*what was there before is intact/);
  expect(status).toBe(7);
  expect(await readFile(join(directory, 'rows.bin'))).toEqual(before);
  expect((await readdir(directory)).filter((name) => name.includes('unfinished'))).toEqual([]);
  await makeStore(row('b', [1, 0, 0]));
  expect((await (await openStore(directory)).stats()).rows).toBe(2);
});

test.skipIf(process.platform === 'win32')(
  'a writer killed while it commits leaves a whole commit and a lock that is recovered',
  async () => {
    await makeStore(row('a', [1, 2, 3]));
    const child = spawn(process.execPath, [...scriptArguments, directory, JSON.stringify(row('x', [])), 'die']);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
    const { rows } = await (await openStore(directory)).stats();
    expect([1, 20001]).toContain(rows);
    await makeStore(row('b', [1, 0, 0]));
    expect((await (await openStore(directory)).stats()).rows).toBe(rows + 1);
    expect((await readdir(directory)).sort()).toEqual(['rows.bin', 'store.json']);
    expect((await readManifest(directory)).spaceId).toBe('test/1');
  },
);
