import { expect, test } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import type { BoxTuple } from '../boxes/boxes.ts';
import { retrievalFigures } from '../evaluation/retrieval-metrics.ts';
import { describersOf } from './rephotographed-test-node.ts';
import { boxModes, runRetrievalTest, type ShownGarment, type TestResult } from './retrieval-test.ts';

type Colour = readonly [number, number, number];
const [red, blue]: Colour[] = [
  [220, 20, 20],
  [20, 20, 220],
];
const wide: BoxTuple = [20, 40, 100, 80];
const tall: BoxTuple = [40, 10, 80, 110];

/** One rectangle on grey. */
function picture(box: BoxTuple, colour: Colour, ground = 128): ShownGarment {
  const pixels = new Uint8Array(120 * 120 * 3).fill(ground);
  for (let y = box[1]; y < box[3]; y++) for (let x = box[0]; x < box[2]; x++) pixels.set(colour, 3 * (y * 120 + x));
  return { photo: { width: 120, height: 120, pixels }, box };
}

const engine = createColourEngine();
const describers = describersOf(engine)
  .filter(({ name }) => name === 'garment')
  .map((describer) => ({ ...describer, modes: boxModes }));
const item = (id: string, label: string, shown: ShownGarment) => ({ id, label, load: async () => shown });
const gallery = [
  item('red trousers', 'trousers', picture(tall, red)),
  item('red tee', 'tee', picture(wide, red)),
  item('blue tee', 'tee', picture(wide, blue)),
];
const ask = async (shown: ShownGarment, label: string, relevant: string) => {
  const queries = [{ label, relevant: [relevant], load: async () => shown }];
  const results = await runRetrievalTest({ gallery, queries, engine, describers });
  return Object.fromEntries(results.map((result): [string, TestResult] => [result.mode, result]));
};

test('colours alone confuse a red tee with red trousers, whose turn comes first; its class does not', async () => {
  const { given, detected, listed } = await ask(picture([30, 30, 110, 70], red), 'tee', 'red tee');
  for (const { answers } of [given, detected]) {
    expect(answers[0]).toMatchObject({ isRelevant: [false, true, false], isSameClass: [false, true, true] });
  }
  expect(listed.answers[0]).toMatchObject({ isRelevant: [true, false, false], isSameClass: [true, true, false] });
  expect(given.answers[0].similarities.slice(0, 2)).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
});

test('a garment that is not detected is a miss, except where its box is given', async () => {
  const { given, detected, listed, whole } = await ask(picture(wide, blue, 20), 'tee', 'blue tee');
  expect(retrievalFigures(given.answers)['recall@1']).toBe(1);
  const hidden = await ask(picture(wide, [128, 128, 140]), 'tee', 'blue tee');
  expect(hidden.detected.answers[0]).toMatchObject({ isDetected: false, isRelevant: [] });
  expect(hidden.given.answers[0].isDetected).toBe(true);
  expect(detected.answers[0].isDetected && listed.answers[0].isDetected && whole.answers[0].isDetected).toBe(true);
});
