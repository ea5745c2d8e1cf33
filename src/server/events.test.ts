import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { adminQueries, adminSummary } from '../api/admin.ts';
import { searchAnswer } from '../api/search.ts';
import { openEventLog, readEventLog } from './event-log-node.ts';
import { QueryMemory } from './query-memory.ts';
import { replayEvents } from './replay-events.ts';
import type { FoundGarment } from './searcher.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await openTinyServer();
});
afterAll(() => server.close());

const folder = () => join(server.folder, 'events');
const send = (payload: object) => server.app.inject({ method: 'POST', url: '/v1/events', payload });
const search = async (payload: object) => {
  const answer = await server.app.inject({ method: 'POST', url: '/v1/search', payload });
  return searchAnswer.parse(answer.json()).garments[0];
};
const forget = (id: string) => server.app.inject({ method: 'DELETE', url: `/v1/queries/${id}` });
const replay = () => replayEvents(readEventLog(folder()));

describe('events', () => {
  it('become a test set: the vector and space of the query, and what was chosen, strongest first', async () => {
    const sent = await form([{ name: 'photo', file: await outfitPhoto() }]);
    const answer = await server.app.inject({ method: 'POST', url: '/v1/search', ...sent });
    const { queryId, label, items } = searchAnswer.parse(answer.json()).garments[0];
    const [first, second] = items;
    // What was seen and not chosen leaves nothing on disk.
    const viewed = await send({ type: 'view', queryId, item: first.id, position: 0 });
    expect(viewed.json()).toEqual({ accepted: 1, refused: 0, unknown: [] });
    expect(await readdir(folder()).catch(() => [])).toEqual([]);
    await send({
      events: [
        { type: 'click', queryId, item: first.id, position: 0 },
        { type: 'purchase', queryId, item: second.id },
      ],
    });
    const [query] = await replay();
    const { spaceId, dimension } = server.engine.space('garment');
    expect(query).toMatchObject({ queryId, label, spaceId, relevant: [second.id, first.id] });
    expect(Buffer.from(query.vector, 'base64')).toHaveLength(4 * dimension);
  });

  it('are written without the photo, and without anything about who asked', async () => {
    const [name] = await readdir(folder());
    const lines = (await readFile(join(folder(), name), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const keys = new Set(lines.flatMap((line) => Object.keys(line)));
    expect([...keys].sort()).toEqual([
      'at',
      'box',
      'item',
      'kind',
      'label',
      'position',
      'queryId',
      'spaceId',
      'type',
      'vector',
    ]);
  });

  it('of queries that nobody knows are not kept', async () => {
    const queryId = `q_${'a'.repeat(22)}`;
    const answer = await send({ type: 'click', queryId, item: 'red-tee' });
    expect([answer.statusCode, answer.json()]).toEqual([202, { accepted: 0, refused: 0, unknown: [queryId] }]);
    expect((await send({ type: 'stare', queryId, item: 'x' })).statusCode).toBe(400);
  });

  it('count once a type and item, and only of what was answered', async () => {
    const { queryId, items } = await search({ item: 'red-tee', top: 2 });
    expect(items).toHaveLength(2);
    const [{ id }] = items;
    const before = (await replay()).length;
    const tell = async (...events: readonly { type: string; item: string }[]) =>
      (await send({ events: events.map((event) => ({ queryId, ...event })) })).json();
    const click = { type: 'click', item: id };
    expect(await tell(click, click)).toEqual({ accepted: 1, refused: 1, unknown: [] });
    expect(await tell(click, { type: 'cart', item: id })).toEqual({ accepted: 1, refused: 1, unknown: [] });
    // The item that was asked about, one that the shop has, and none at all.
    for (const item of ['red-tee', 'blue-trousers', 'no such', '__proto__'])
      expect([item, await tell({ type: 'purchase', item })]).toEqual([item, { accepted: 0, refused: 1, unknown: [] }]);
    const made = Array.from({ length: 100 }, (_, each) => ({ type: 'click', item: `${'x'.repeat(500)}${each}` }));
    expect(await tell(...made)).toEqual({ accepted: 0, refused: 100, unknown: [] });
    expect((await send({ ...click, queryId, item: 'x'.repeat(4097) })).statusCode).toBe(400);
    const after = await replay();
    expect([after.length, after.at(-1)?.relevant]).toEqual([before + 1, [id]]);
  });

  it('go with their query when it is forgotten, and only they do', async () => {
    const before = await replay();
    const { queryId } = await search({ item: 'red-tee' });
    await send({ type: 'click', queryId, item: 'dark-red-tee' });
    expect(await replay()).toHaveLength(before.length + 1);
    expect((await forget(queryId)).json()).toEqual({ forgotten: true });
    expect(await replay()).toEqual(before);
    expect((await forget(queryId)).json().error.code).toBe('query-unknown');
    expect((await send({ type: 'click', queryId, item: 'dark-red-tee' })).json().unknown).toEqual([queryId]);
  });

  it('are gone after the days that they are kept, and a line that was cut off harms none', async () => {
    let now = Date.parse('2026-01-01T12:00:00Z');
    const elsewhere = join(server.folder, 'dated');
    const log = openEventLog(elsewhere, { keepDays: 30, now: () => now });
    const query = { queryId: 'q_1', at: now, spaceId: 's', box: null, label: null, vector: Float32Array.of(1) };
    await log.add({ type: 'click', queryId: 'q_1', item: 'a' }, query);
    await writeFile(join(elsewhere, 'events-2026-01-02.jsonl'), '{"kind":"event","queryId":"q_1","ty');
    expect(await replayEvents(readEventLog(elsewhere))).toHaveLength(1);
    now += 30 * 86_400_000;
    await log.forgetOld();
    expect(await readdir(elsewhere)).toHaveLength(2);
    now += 86_400_000;
    await log.forgetOld();
    expect(await readdir(elsewhere)).toEqual(['events-2026-01-02.jsonl']);
  });
});

describe('what is forgotten', () => {
  const query = (queryId: string) => ({
    queryId,
    at: 0,
    spaceId: 's',
    box: null,
    label: null,
    vector: new Float32Array(5000).fill(1),
  });

  it('leaves every other line as it was, in files of many pieces and with a line that was cut off', async () => {
    const elsewhere = join(server.folder, 'long');
    const log = openEventLog(elsewhere, { keepDays: 30, now: () => Date.parse('2026-01-01T12:00:00Z') });
    // Of 27 kB each: pieces end within lines, and within letters of two bytes. An item may be called what a query is.
    const ids = Array.from({ length: 10 }, (_, at) => `q_${at}`);
    for (const queryId of ids) {
      const item = `${'ü'.repeat(4000)}\u2028q_3 ${queryId}`;
      await log.add({ type: 'click', queryId, item }, query(queryId));
    }
    const path = join(elsewhere, 'events-2026-01-01.jsonl');
    const before = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${before.join('\n')}{"kind":"query","queryId":"q_3","vec`);
    expect(await log.forget('q_3')).toBe(true);
    const kept = before.filter((text) => !text.includes('"queryId":"q_3"'));
    expect([before.length, kept.length]).toEqual([21, 19]);
    expect(await readFile(path, 'utf8')).toBe(kept.join('\n'));
    expect(await log.forget('q_3')).toBe(false);
    const replayed = await replayEvents(readEventLog(elsewhere));
    expect(replayed.map(({ queryId }) => queryId)).toEqual(ids.filter((id) => id !== 'q_3'));
  });

  it('is looked for one query after the other, and not for as many as ask', async () => {
    const { queues } = server.parts;
    const ids = Array.from({ length: 12 }, (_, at) => `q_${'b'.repeat(20)}${String(at).padStart(2, '0')}`);
    const codes = (await Promise.all(ids.map(forget))).map((answer) => answer.json().error.code);
    // 1 at work and 8 that wait.
    expect(codes.filter((code) => code === 'queue-full')).toHaveLength(3);
    expect(codes.filter((code) => code === 'query-unknown')).toHaveLength(9);
    await queues.forget.idle();
  });
});

describe('the query log', () => {
  it('shows what was not found', async () => {
    const none = await search({ item: 'red-tee', filter: 'price > 10000' });
    expect(none).toMatchObject({ total: 0, items: [] });
    const headers = { authorization: (await server.key('admin')).authorization };
    const answer = await server.app.inject({ url: '/v1/admin/queries?kind=none', headers });
    const { queries } = adminQueries.parse(answer.json());
    expect(queries[0]).toMatchObject({
      queryId: none.queryId,
      outcome: 'none',
      total: 0,
      filter: 'price > 10000',
      bestSimilarity: null,
    });
    const summary = adminSummary.parse((await server.app.inject({ url: '/v1/admin/summary', headers })).json());
    expect(summary.queries.withoutResult).toBe(1);
    expect(summary.store).toMatchObject({ kind: 'exact', rows: 5, products: 5, index: null });
    expect(summary.catalogue.brands).toEqual([
      { value: 'Acme', count: 3 },
      { value: 'Böhm & Co', count: 2 },
    ]);
    expect(summary.modelCard).toContain('model of colours');
  });

  it('forgets queries after a time, beyond a number, and beyond a number of ids', () => {
    let now = 0;
    let count = 0;
    const options = { keepMs: 100, maxQueries: 2, maxIds: 6, newId: () => `q${count++}`, now: () => now };
    const memory = new QueryMemory(options);
    const add = (...ids: readonly string[]) => memory.add(foundItems(ids), { spaceId: 's', filter: null });
    const knows = (queryId: string) => memory.take({ type: 'view', queryId, item: 'a' }).kind;
    const ids = [add('a'), add('a'), add('a')];
    expect(ids.map(knows)).toEqual(['unknown', 'taken', 'taken']);
    expect(ids.map(knows)).toEqual(['unknown', 'refused', 'refused']);
    expect(memory.forget(ids[1])).toBe(true);
    // An item is known by its own id and its product's: two ids each.
    const large = add('b', 'c');
    expect([knows(ids[2]), knows(large)]).toEqual(['refused', 'refused']);
    const other = add('a');
    expect([knows(ids[2]), knows(large), knows(other)]).toEqual(['unknown', 'refused', 'taken']);
    add('d', 'e', 'f');
    expect([knows(large), knows(other)]).toEqual(['unknown', 'unknown']);
    const last = add('a');
    expect(memory.take({ type: 'click', queryId: last, item: 'product of a' }).kind).toBe('taken');
    now = 100;
    expect(knows(last)).toBe('unknown');
  });
});

/** An answer with these items. */
function foundItems(ids: readonly string[]): FoundGarment {
  const items = ids.map((id) => ({
    ...{ id, product: `product of ${id}`, title: id, label: null, similarity: 1, match: null, image: null },
    ...{ price: null, currency: null, url: null, attributes: {}, variants: [], duplicates: [] },
    why: {
      ...{ box: 'whole' as const, sameClass: null, colourDistance: null, textureSimilarity: null },
      ...{ shapeSimilarity: null, hidden: 0, words: [] },
    },
  }));
  return {
    ...{ box: null, label: null, score: null, wholePicture: false, items, total: ids.length },
    ...{ ofKind: ids.length, facets: {}, hidden: 0, nothingSimilar: false, vector: Float32Array.of(1) },
  };
}

describe('metrics', () => {
  it('tell of queues, stages, answers and the store', async () => {
    const headers = { authorization: (await server.key('admin')).authorization };
    const { body } = await server.app.inject({ url: '/metrics', headers });
    expect(body).toContain('deepshop_queue_requests{queue="search",state="waiting"} 0');
    expect(body).toMatch(/deepshop_stage_seconds_count\{stage="garments"\} [1-9]/);
    expect(body).toMatch(/deepshop_request_seconds_count\{endpoint="search",status="200"\} [1-9]/);
    expect(body).toContain('deepshop_store_products 5');
    expect(body).toMatch(/deepshop_events_total\{type="click"\} [1-9]/);
  });
});
