import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TrainingLog } from './training-log-node.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-log-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('keeps the records up to a step, and drops a line that a killed process left half written', async () => {
  const path = join(folder, 'log.jsonl');
  const log = new TrainingLog(path);
  for (const step of [0, 10, 20]) await log.append({ kind: 'step', step });
  await log.truncate(10);
  expect((await log.read()).map(({ step }) => step)).toEqual([0, 10]);
  await writeFile(path, '{"kind":"step","step":0}\n{"kind":"st');
  expect(await log.read()).toEqual([{ kind: 'step', step: 0 }]);
});

test('there is no log yet: no records', async () => {
  expect(await new TrainingLog(join(folder, 'none.jsonl')).read()).toEqual([]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is named, with its cure', async () => {
  const writing = new TrainingLog('/dev/full').append({ kind: 'step', step: 1 });
  await expect(writing).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/\/dev\/full: there is no room to write \(ENOSPC\).*Make room and run again/),
  });
});
