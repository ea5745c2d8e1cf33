/** @file Who may write a store, and what is left of it when a writer dies or the disk is full. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tinyRow, tinyStore, writeTinyStore } from '../../tests/tiny-store.ts';
import { type ExactStore, openStore, openStoreForWriting } from './exact-store-node.ts';
import { readManifest } from './store-manifest-node.ts';

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-store-'));
  directory = join(folder, 'shop');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('one writer at a time', () => {
  let holder: ExactStore;
  beforeEach(async () => {
    holder = await openStoreForWriting(directory, tinyStore);
  });
  afterEach(() => holder.close());

  test('a second one is refused and told who the first is', async () => {
    const error = await openStoreForWriting(directory, tinyStore).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'file-locked' });
    expect(error.message).toContain(`process ${process.pid} on ${hostname()}`);
  });

  test('the lock of a process that is gone is taken over', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const lock = { pid: dead, host: hostname(), started: '1', token: 'dead' };
    await writeFile(join(directory, 'lock'), JSON.stringify(lock));
    // It was killed while it took the lock, once more.
    await writeFile(join(directory, 'lock.dead'), JSON.stringify(lock));
    const second = await openStoreForWriting(directory, tinyStore);
    // The first is robbed here; it notices before it overwrites anything.
    await holder.upsert([tinyRow('a', [1, 0, 0])]);
    await expect(holder.commit()).rejects.toMatchObject({ code: 'lock-lost' });
    await second.upsert([tinyRow('b', [1, 0, 0])]);
    await second.commit();
    await second.close();
    expect((await readdir(directory)).sort()).toEqual(['rows.bin', 'store.json']);
  });

  test('a number that another process has by now does not keep the lock', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const lock = { pid: child.pid, host: hostname(), started: '1', token: 'dead' };
      await writeFile(join(directory, 'lock'), JSON.stringify(lock));
      const opening = openStoreForWriting(directory, tinyStore);
      // Starts are known where there is /proc; elsewhere the process counts as the holder.
      if (process.platform === 'linux') await (await opening).close();
      else await expect(opening).rejects.toMatchObject({ code: 'file-locked' });
    } finally {
      child.kill();
    }
  });

  test('a torn lock is taken over, and the lock of another machine is not', async () => {
    await writeFile(join(directory, 'lock'), '{"pid": 1');
    await (await openStoreForWriting(directory, tinyStore)).close();
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: 1, host: 'elsewhere', started: '1', token: 'x' }));
    const error = await openStoreForWriting(directory, tinyStore).catch((thrown) => thrown);
    expect(error.message).toMatch(/process 1 on elsewhere.*delete this file/);
    await rm(join(directory, 'lock'));
  });
});

const script = `
  import { openStoreForWriting } from ${JSON.stringify(join(import.meta.dirname, 'exact-store-node.ts'))};
  const store = await openStoreForWriting(process.argv[1], ${JSON.stringify(tinyStore)});
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
  await writeTinyStore(directory, tinyRow('a', [1, 2, 3]));
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
      JSON.stringify(tinyRow('x', [])),
    ],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  );
  expect(stdout).toMatch(/^disk-full .*EFBIG.*what was there before is intact/);
  expect(status).toBe(7);
  expect(await readFile(join(directory, 'rows.bin'))).toEqual(before);
  expect((await readdir(directory)).filter((name) => name.includes('unfinished'))).toEqual([]);
  await writeTinyStore(directory, tinyRow('b', [1, 0, 0]));
  expect((await (await openStore(directory)).stats()).rows).toBe(2);
});

test.skipIf(process.platform === 'win32')(
  'a writer killed while it commits leaves a whole commit and a lock that is recovered',
  async () => {
    await writeTinyStore(directory, tinyRow('a', [1, 2, 3]));
    const child = spawn(process.execPath, [...scriptArguments, directory, JSON.stringify(tinyRow('x', [])), 'die']);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
    const { rows } = await (await openStore(directory)).stats();
    expect([1, 20001]).toContain(rows);
    await writeTinyStore(directory, tinyRow('b', [1, 0, 0]));
    expect((await (await openStore(directory)).stats()).rows).toBe(rows + 1);
    expect((await readdir(directory)).sort()).toEqual(['rows.bin', 'store.json']);
    expect((await readManifest(directory)).spaceId).toBe('test/1');
  },
);
