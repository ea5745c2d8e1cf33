/**
 * @file What every store that outlives its process promises, as tests: commits are whole, writers are one, the dead lose
 * nothing. Call {@link testStoreDurability} in a test file. Rows and queries: `store-conformance.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyStore } from '../src/stores/copy-store-node.ts';
import type { Row } from '../src/stores/row.ts';
import type { WantedStore } from '../src/stores/store-directory-node.ts';
import type { OpenedStore } from '../src/stores/vector-store.ts';
import {
  allRows,
  anyRow,
  byKey,
  comparable,
  expectSameHits,
  hostileTexts,
  queryOf,
  spread,
  wanted,
} from './store-rows.ts';

/** How a kind of store is made; a place is a name that the factory gave out. */
export interface StoreFactory {
  /** A place where no store is; what is made there goes with `folder`. */
  readonly place: (folder: string) => string;
  readonly openForWriting: (place: string, want: WantedStore) => Promise<OpenedStore>;
  readonly open: (place: string) => Promise<OpenedStore>;
  /** A module and its export that open for writing, for a process of its own; none where a store has no lock of ours. */
  readonly writerModule?: { readonly path: string; readonly name: string };
  /**
   * Commits of the store are whole, and a reader keeps the one that it opened. False for an engine that others write too:
   * rows are whole, and those that were sent ahead of a commit come with the next one.
   */
  readonly hasWholeCommits: boolean;
}

export function testStoreDurability(name: string, factory: StoreFactory): void {
  describe(`${name}: commits, readers and writers`, () => {
    let folder: string;
    let place: string;
    let opened: OpenedStore[];
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'deepshop-conformance-'));
      place = factory.place(folder);
      opened = [];
    });
    afterEach(async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function writer(at = place, others: Partial<WantedStore> = {}): Promise<OpenedStore> {
      const store = await factory.openForWriting(at, wanted(others));
      opened.push(store);
      return store;
    }
    async function reader(at = place): Promise<OpenedStore> {
      const store = await factory.open(at);
      opened.push(store);
      return store;
    }
    async function write(rows: readonly Row[], at = place): Promise<void> {
      const store = await factory.openForWriting(at, wanted());
      await store.upsert(rows);
      await store.commit();
      await store.close();
    }

    // Not skipped where it is not promised: there is nothing to say about it.
    const testWholeCommits = (title: string, run: () => Promise<void>) => {
      if (factory.hasWholeCommits) test(title, run);
    };

    testWholeCommits('readers see the last commit whole, while a writer writes', async () => {
      const store = await writer();
      const generation = (count: number) =>
        Array.from({ length: 50 }, (_, index) => anyRow(`${index}`, spread(index), { contentHash: `${count}` }));
      await store.upsert(generation(0));
      await store.commit();
      const first = await reader();
      const seen: string[] = [];
      let isDone = false;
      const reading = (async () => {
        while (!isDone) {
          const each = await factory.open(place);
          const hits = await each.query(queryOf(100));
          expect(hits).toHaveLength(50);
          const [hash, ...others] = new Set(hits.map((hit) => hit.row.contentHash));
          expect(others).toEqual([]);
          seen.push(hash!);
          await each.close();
        }
      })();
      for (let count = 1; count <= 6; count++) {
        await store.delete(generation(count - 1).slice(0, 20));
        await store.upsert(generation(count));
        expect((await store.query(queryOf(1)))[0].row.contentHash).toBe(`${count}`);
        await store.commit();
      }
      isDone = true;
      await reading;
      expect(seen).toEqual([...seen].sort());
      expect((await first.query(queryOf(1)))[0].row.contentHash).toBe('0');
      expect((await (await reader()).query(queryOf(1)))[0].row.contentHash).toBe('6');
    });

    test('readers see rows whole and never older ones, while a writer writes', async () => {
      const store = await writer();
      const generation = (count: number) =>
        Array.from({ length: 50 }, (_, index) =>
          anyRow(`${index}`, spread(index + count), { contentHash: `${count}`, attributes: { price: count } }),
        );
      await store.upsert(generation(0));
      await store.commit();
      let isDone = false;
      const newest = new Map<string, number>();
      const look = async () => {
        const each = await factory.open(place);
        const hits = await each.query(queryOf(100));
        await each.close();
        expect(new Set(hits.map(({ row }) => row.product)).size).toBe(50);
        for (const { row } of hits) {
          const count = Number(row.contentHash);
          expect(comparable(row)).toEqual(comparable(generation(count)[Number(row.product)]));
          expect(count).toBeGreaterThanOrEqual(newest.get(row.product) ?? 0);
          newest.set(row.product, count);
        }
      };
      const reading = (async () => {
        while (!isDone) await look();
      })();
      for (let count = 1; count <= 6; count++) {
        await store.upsert(generation(count));
        expect((await store.query(queryOf(1)))[0].row.contentHash).toBe(`${count}`);
        await store.commit();
      }
      isDone = true;
      await reading;
      await look();
      expect(new Set(newest.values())).toEqual(new Set([6]));
    });

    testWholeCommits('what was not committed is forgotten', async () => {
      await write([anyRow('a', [1, 0, 0, 0])]);
      const store = await factory.openForWriting(place, wanted());
      await store.upsert([anyRow('b', [0, 1, 0, 0])]);
      await store.delete([anyRow('a', [])]);
      expect((await store.query(queryOf(9))).map((hit) => hit.row.product)).toEqual(['b']);
      await store.close();
      for (const each of [await reader(), await writer()])
        expect((await allRows(each)).map(({ product }) => product)).toEqual(['a']);
    });

    test('a reader cannot write, and a store of another space or schema is refused', async () => {
      await write([anyRow('a', [1, 0, 0, 0])]);
      const each = await reader();
      await expect(async () => each.upsert([anyRow('b', [1, 0, 0, 0])])).rejects.toMatchObject({ code: 'store-write' });
      await expect(async () => each.delete([anyRow('a', [])])).rejects.toMatchObject({ code: 'store-write' });
      await expect(async () => each.commit()).rejects.toMatchObject({ code: 'store-write' });
      const space = { ...wanted().space, spaceId: 'other/1' };
      await expect(factory.openForWriting(place, wanted({ space }))).rejects.toMatchObject({ code: 'store-space' });
      await expect(factory.openForWriting(place, wanted({ schema: {} }))).rejects.toMatchObject({
        code: 'store-version',
      });
    });

    test('a store gets further attributes with the next commit, and loses none', async () => {
      await write([anyRow('a', [1, 0, 0, 0], { attributes: { brand: 'Acme' } })]);
      const schema = { 'it--': 'number', ...wanted().schema, 'new "one"': 'string', 0: 'boolean' } as const;
      await (await factory.openForWriting(place, wanted({ schema }))).close();
      const b = anyRow('b', [0, 1, 0, 0], { attributes: { 'it--': 5, 'new "one"': 'x', 0: true, brand: 'Other' } });
      const store = await writer(place, { schema });
      await store.upsert([b]);
      await store.commit();
      const again = await reader();
      expect(again.manifest.attributes).toEqual(schema);
      expect((await again.rowsOf('b')).map(comparable)).toEqual([comparable(b)]);
      const filter = { kind: 'equals', field: 'it--', value: null } as const;
      expect((await again.query(queryOf(5, { filter }))).map((hit) => hit.row.attributes.brand)).toEqual(['Acme']);
      await store.close();
      await expect(factory.openForWriting(place, wanted())).rejects.toMatchObject({ code: 'store-version' });
      const retyped = { ...schema, 'it--': 'string' } as const;
      await expect(factory.openForWriting(place, wanted({ schema: retyped }))).rejects.toMatchObject({
        code: 'store-version',
      });
    });

    test('a snapshot is the last commit whole, and is restored to a store that answers the same', async () => {
      const rows = Array.from({ length: 40 }, (_, index) =>
        anyRow(`p${index}`, spread(index), { attributes: { brand: hostileTexts[index % 19], price: index } }),
      );
      const store = await writer();
      await store.upsert(rows);
      await store.commit();
      await store.upsert([anyRow('later', [1, 0, 0, 0])]);
      const snapshot = join(folder, 'snapshot');
      expect(await copyStore(await reader(), { place: snapshot, kind: 'exact' })).toBe(40);
      const restored = factory.place(join(folder, 'restored'));
      const target = await factory.openForWriting(restored, wanted());
      const { openStore } = await import('../src/stores/exact-store-node.ts');
      for await (const each of (await openStore(snapshot)).rows()) await target.upsert([each]);
      await target.commit();
      await target.close();
      const again = await reader(restored);
      expect((await allRows(again)).map(comparable)).toEqual([...rows].sort(byKey).map(comparable));
      expectSameHits(await again.query(queryOf(10)), await (await reader()).query(queryOf(10)));
      await expect(copyStore(again, { place: snapshot, kind: 'exact' })).rejects.toMatchObject({
        code: 'store-occupied',
      });
    });

    const module = factory.writerModule;
    if (module === undefined) return;

    test('a second writer is refused and told who the first is', async () => {
      await writer();
      const error = await factory.openForWriting(place, wanted()).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'file-locked' });
      expect(error.message).toContain(`process ${process.pid} on`);
    });

    test.skipIf(process.platform === 'win32')(
      'a writer that is killed loses nothing that it was told is safe',
      async () => {
        // Each commit holds one generation of all rows; the process says which it has made.
        const script = `
        const { ${module.name}: open } = await import(${JSON.stringify(module.path)});
        const store = await open(${JSON.stringify(place)}, ${JSON.stringify(wanted())});
        for (let count = Number(process.argv[1]); ; count++) {
          await store.upsert(Array.from({ length: 200 }, (_, i) => ({
            ...${JSON.stringify(anyRow('', []))}, product: 'p' + i, contentHash: String(count), vector: Float32Array.of(1, i, count, 2),
          })));
          await store.commit();
          console.log(count);
        }`;
        for (const [round, wanted] of [3, 1, 5].entries()) {
          const from = 100 * round;
          const child = spawn(
            process.execPath,
            ['--import', 'tsx', '--input-type=module', '-e', script, String(from)],
            {
              env: { ...process.env, TSX_DISABLE_CACHE: '1' },
            },
          );
          const exited = once(child, 'exit');
          let acknowledged = -1;
          let errors = '';
          child.stderr.on('data', (data) => {
            errors += data;
          });
          await new Promise<void>((resolve) => {
            child.stdout.on('data', (data) => {
              acknowledged = Number(String(data).trim().split('\n').at(-1));
              if (acknowledged >= from + wanted) resolve();
            });
            child.once('exit', () => resolve());
          });
          child.kill('SIGKILL');
          await exited;
          expect(errors).toBe('');
          const rows = await allRows(await reader());
          expect(rows).toHaveLength(200);
          const [hash, ...others] = new Set(rows.map(({ contentHash }) => Number(contentHash)));
          expect(others).toEqual([]);
          expect(hash).toBeGreaterThanOrEqual(acknowledged);
        }
        await write([anyRow('after', [1, 0, 0, 0])]);
        expect((await (await reader()).stats()).rows).toBe(201);
      },
    );
  });
}
