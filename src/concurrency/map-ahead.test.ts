import { expect, test } from 'vitest';
import { eachAbreast } from './each-abreast.ts';
import { mapAhead } from './map-ahead.ts';

test('results come in order, and no more are begun than were asked for and so many ahead', async () => {
  const begun: number[] = [];
  const results = mapAhead([0, 1, 2, 3, 4], 2, async (thing) => {
    begun.push(thing);
    return 10 * thing;
  });
  expect(begun).toEqual([]);
  expect((await results.next()).value).toBe(0);
  expect(begun).toEqual([0, 1, 2]);
  expect((await results.next()).value).toBe(10);
  expect(begun).toEqual([0, 1, 2, 3]);
  expect([(await results.next()).value, (await results.next()).value, (await results.next()).value]).toEqual([
    20, 30, 40,
  ]);
  expect((await results.next()).done).toBe(true);
});

test('a failure ahead is thrown in its turn', async () => {
  const results = mapAhead(['a', 'b', 'c'], 2, async (thing) => {
    if (thing === 'b') throw new Error('b is bad');
    return thing;
  });
  expect((await results.next()).value).toBe('a');
  await expect(results.next()).rejects.toThrow('b is bad');
});

test('so many are visited abreast, all of them once; a failure is thrown and nothing new is begun', async () => {
  let [running, most] = [0, 0];
  const seen: [string, number][] = [];
  await eachAbreast('abcdef', 3, async (thing, index) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    seen.push([thing, index]);
    running -= 1;
  });
  expect(most).toBe(3);
  expect(seen.sort()).toEqual([...'abcdef'].map((thing, index) => [thing, index]));

  const visited: number[] = [];
  const failing = eachAbreast([0, 1, 2, 3, 4, 5], 2, async (thing) => {
    visited.push(thing);
    if (thing === 1) throw new Error('1 is bad');
    await Promise.resolve();
  });
  await expect(failing).rejects.toThrow('1 is bad');
  expect(visited).toEqual([0, 1]);
});
