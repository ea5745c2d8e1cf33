import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { tinyRow, tinySpace, writeTinyStore } from '../../tests/tiny-store.ts';
import { type StoredQuery, serialiseQuerySet } from '../retrieval/query-set.ts';
import { evaluateCommand } from './evaluate.ts';
import { evaluateRetrievalCommand } from './evaluate-retrieval.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-set-'));
  await writeTinyStore(
    join(folder, 'store'),
    { ...tinyRow('a', [1, 0, 0]), label: 'tee' },
    // A second photo of the first product: one answer.
    { ...tinyRow('a', [0.9, 0.1, 0]), image: 'b.jpg', label: 'tee' },
    { ...tinyRow('b', [0.8, 0.6, 0]), label: 'tee' },
    { ...tinyRow('c', [0, 0, 1]), label: 'hat' },
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function evaluate(
  queries: readonly StoredQuery[],
  spaceId: string,
  store = join(folder, 'store'),
): Promise<string> {
  const path = join(folder, 'set.jsonl');
  const header = { format: 'deepshop-query-set', version: 1, source: 'by hand', spaceId } as const;
  await writeFile(path, serialiseQuerySet({ header, queries }));
  const args = ['--query-set', path, '--store', store, '--json', '--bootstrap', '10'];
  return (await captureOutput(() => evaluateRetrievalCommand().exitOverride().parseAsync(args, { from: 'user' }))).out;
}

test('a store is asked, and answers with products', async () => {
  const report = JSON.parse(
    await evaluate(
      [
        { id: 'first', label: 'tee', relevant: ['a'], vector: [1, 0, 0] },
        { id: 'second', label: null, relevant: ['b'], vector: [1, 0.1, 0] },
      ],
      tinySpace.spaceId,
    ),
  );
  expect(report.gallery).toMatch(/^3 products, 4 rows: everything in /);
  expect(report.queries).toMatch(/^2 of .*set.jsonl: by hand$/);
  const [{ figures }] = report.results;
  // The second product is right at the second place; only the first question has a class.
  expect(figures).toMatchObject({ 'recall@1': 0.5, 'recall@5': 1, 'mAP@10': 0.75 });
  expect(figures['classPrecision@3']).toBeCloseTo(2 / 3);
});

test('a product of many rows does not push others out of the answer', async () => {
  const many = Array.from({ length: 60 }, (_, at) => ({ ...tinyRow('a', [1, 0, 0]), image: `${at}.jpg` }));
  const place = join(folder, 'many');
  await writeTinyStore(place, ...many, tinyRow('b', [0.8, 0.6, 0]), tinyRow('c', [0, 0, 1]));
  const query = { id: 'far', label: null, relevant: ['c'], vector: [1, 0, 0] };
  const { gallery, results } = JSON.parse(await evaluate([query], tinySpace.spaceId, place));
  expect(gallery).toMatch(/^3 products, 62 rows: /);
  expect(results[0].figures).toMatchObject({ 'recall@1': 0, 'recall@5': 1 });
  expect(results[0].figures['mAP@10']).toBeCloseTo(1 / 3);
});

test('vectors of another space, or of another length, are refused', async () => {
  const query = { id: 'x', label: null, relevant: ['a'], vector: [1, 0, 0] };
  await expect(evaluate([query], 'other')).rejects.toThrow(
    /of another space than the store; expected test\/1; got other/,
  );
  const short = { ...query, vector: [1, 0] };
  await expect(evaluate([short], tinySpace.spaceId)).rejects.toThrow(/set.jsonl, x: .*expected 3 numbers; got 2/);
});

test('its --model is its own, not that of evaluate', async () => {
  const args = ['retrieval', '--model', join(folder, 'no-model'), '--data', join(folder, 'no-data')];
  await expect(evaluateCommand().exitOverride().parseAsync(args, { from: 'user' })).rejects.toThrow(/no-(model|data)/);
  const command = evaluateCommand().exitOverride();
  await command.parseAsync(args, { from: 'user' }).catch(() => {});
  expect(command.opts()).not.toHaveProperty('model');
});
