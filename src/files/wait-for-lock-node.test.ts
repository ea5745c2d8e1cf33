import { expect, test } from 'vitest';
import { FileError } from './file-error.ts';
import { waitForLock } from './wait-for-lock-node.ts';

function takenAfter(tries: number, code: 'file-locked' | 'lock-lost') {
  let count = 0;
  return async () => {
    count += 1;
    if (count <= tries) throw new FileError(code, `try ${count}`, {});
    return count;
  };
}

test('what is locked is asked for again until it is free, and the wait is told once', async () => {
  const told: string[] = [];
  const wait = { waitMs: 10_000, onWait: (reason: string) => told.push(reason) };
  expect(await waitForLock(takenAfter(2, 'file-locked'), wait)).toBe(3);
  expect(told).toEqual(['try 1']);
});

test('without time, and for any other error, nothing is asked twice', async () => {
  const wait = { waitMs: 0, onWait: () => expect.unreachable() };
  await expect(waitForLock(takenAfter(1, 'file-locked'), wait)).rejects.toThrow('try 1');
  await expect(waitForLock(takenAfter(1, 'lock-lost'), { ...wait, waitMs: 10_000 })).rejects.toThrow('try 1');
});
