/** @file The four alternating steps: what moves in each, whose proposals, and the same bytes after a stop in any. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyRecipe, writeTinyDataset } from '../../tests/tiny-run.ts';
import { initialParameters, type Parameters } from '../nn/parameters.ts';
import { Random } from '../random/random.ts';
import { parseSafetensors } from '../weights/safetensors.ts';
import { alternatingPhases, fasterRcnn } from './faster-rcnn-node.ts';
import { spanAt, spansOf } from './phases.ts';
import { detectorConfigOf, learningRateOf, parseRecipe } from './recipe.ts';
import { checkpointFile, startRun } from './start-node.ts';
import { type StepProgress, train } from './train-node.ts';

const STEPS = 8;
let folder: string;
let data: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-alternating-'));
  data = await writeTinyDataset(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const recipeWith = (changes: Record<string, unknown> = {}) =>
  parseRecipe(
    tinyRecipe({ schedule: 'alternating', steps: STEPS, checkpointEverySteps: 1, learningRate: 0.05, ...changes }),
    'tiny',
  );

const optionsFor = (out: string, resume = false, changes: Record<string, unknown> = {}) => ({
  recipe: recipeWith(changes),
  data: [{ directory: data, weight: 1 }],
  out: join(folder, out),
  from: { tensors: new Map(), classes: null },
  resume,
});

type Arrays = ReadonlyMap<string, Float32Array>;

/** What a checkpoint holds under a prefix. */
function held(bytes: Uint8Array, prefix: string): Arrays {
  const { tensors } = parseSafetensors(bytes, 'checkpoint');
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor.data as Float32Array] as const] : [],
    ),
  );
}

/** First parts of the names whose bytes differ. */
const moved = (before: Arrays, after: Arrays) =>
  [
    ...new Set(
      [...after].filter(([name, values]) => !equalBytes(values, before.get(name)!)).map(([name]) => part(name)),
    ),
  ]
    .sort()
    .join(' ');
const part = (name: string) => name.split('.')[0];
const equalBytes = (a: Float32Array, b: Float32Array) =>
  Buffer.compare(
    Buffer.from(a.buffer, a.byteOffset, a.byteLength),
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  ) === 0;
const under = (arrays: Arrays, ...parts: string[]): Arrays =>
  new Map([...arrays].filter(([name]) => parts.includes(part(name))));

describe('alternating training', () => {
  test.each([null, 0.5])('moves in each step what belongs to it, byte for byte (average %s)', async (averageDecay) => {
    const out = `moves ${averageDecay}`;
    const options = optionsFor(out, false, { averageDecay });
    const { initial, frozen } = await startRun({ ...options, out: join(folder, 'none') });
    const first: Arrays = new Map([...initial].filter(([name]) => !frozen.has(name)).map(([n, { data: d }]) => [n, d]));
    // When a step is reported, the file still holds the state after the step before.
    const checkpoints: Uint8Array[] = [];
    const losses: Record<string, number>[] = [];
    await train({
      ...options,
      onStep: ({ step, losses: found }) => {
        losses.push(found);
        if (step > 1) checkpoints[step - 1] = readFileSync(join(folder, out, checkpointFile));
      },
    });
    checkpoints[STEPS] = readFileSync(join(folder, out, checkpointFile));
    const stateAt = (step: number) => held(checkpoints[step], 'parameter/');

    expect(moved(first, stateAt(1))).toBe('fpn rpn trunk');
    // Between steps 1 and 2: trunk and pyramid are the first again, the RPN's are kept beside.
    expect(moved(first, under(stateAt(2), 'trunk', 'fpn'))).toBe('');
    const proposer = held(checkpoints[2], 'kept/');
    expect([...new Set([...proposer.keys()].map(part))].sort()).toEqual(['fpn', 'rpn', 'trunk']);
    expect(moved(first, proposer)).toBe('fpn rpn trunk');
    expect(moved(stateAt(2), under(proposer, 'rpn'))).toBe('');
    expect(moved(stateAt(2), stateAt(3))).toBe('fpn roi_heads trunk');
    expect(moved(proposer, held(checkpoints[3], 'kept/'))).toBe('');
    expect(held(checkpoints[4], 'kept/').size).toBe(0);
    expect(moved(stateAt(4), stateAt(5))).toBe('rpn');
    expect(moved(stateAt(6), stateAt(7))).toBe('roi_heads');
    expect(moved(stateAt(7), stateAt(8))).toBe('roi_heads');

    const names = losses.map((found) => Object.keys(found).join(' '));
    expect(names).toEqual([
      ...[0, 1].map(() => 'objectness rpnBox total'),
      ...[2, 3].map(() => 'classification box total'),
      ...[4, 5].map(() => 'objectness rpnBox total'),
      ...[6, 7].map(() => 'classification box total'),
    ]);
  });

  test('stopped in each step and resumed ends with the same bytes as a run left alone', async () => {
    await train(optionsFor('undisturbed'));
    for (const [index, fatal] of [2, 3, 6, 8].entries()) {
      const onStep = ({ step }: StepProgress) => {
        if (step === fatal) throw new Error('power cut');
      };
      await expect(train({ ...optionsFor('stopped', index > 0), onStep })).rejects.toThrow('power cut');
    }
    const phases: (string | null)[] = [];
    await train({ ...optionsFor('stopped', true), onStep: ({ phase }) => phases.push(phase) });
    expect(phases).toEqual(['box head']);
    const weights = (out: string) => readFile(join(folder, out, 'last', 'weights.safetensors'));
    expect(await weights('stopped')).toEqual(await weights('undisturbed'));
  }, 180_000);

  test('its second step reads the proposals of the network that the first one left', async () => {
    const recipe = recipeWith();
    const config = detectorConfigOf(recipe, ['red', 'blue'], 'tiny');
    const trainable = fasterRcnn(recipe, config);
    const values = initialParameters(trainable.specs, 1);
    // Fresh RPNs propose alike; this one has preferences.
    const random = new Random(2);
    const opinionated: Parameters = new Map(
      [...values].map(([name, { data: old, ...rest }]) => [
        name,
        { ...rest, data: name.startsWith('rpn.') ? old.map(() => random.normal()) : old },
      ]),
    );
    const shape = { batchSize: 1, height: 64, width: 64, groundTruths: 1, crowds: 1 };
    const batch = {
      pixels: Float32Array.from({ length: 3 * 64 * 64 }, () => random.normal()),
      imageSizes: Int32Array.of(64, 64),
      groundTruth: [
        { boxes: Float32Array.of(5, 8, 40, 50), labels: Int32Array.of(1), crowdBoxes: new Float32Array(0) },
      ],
    };
    const phase = alternatingPhases[1];
    const lossesOf = async (own: Parameters, kept: Parameters) => {
      const moving = new Map([...own].filter(([name]) => phase.trains(name) && !trainable.isFrozen(specOf(name))));
      const fixed: Parameters = new Map([...own].filter(([name]) => !moving.has(name)));
      const step = await trainable.compileStep({ shape, phase, fixed, kept });
      const arrays = new Map([...moving].map(([name, { data: array }]) => [name, array]));
      const { losses, gradients } = await step.run(batch, arrays, 1);
      await step.release();
      expect([...new Set([...gradients.keys()].map(part))].sort()).toEqual(['fpn', 'roi_heads', 'trunk']);
      return losses;
    };
    const specOf = (name: string) => trainable.specs.find((spec) => spec.name === name)!;
    const plain = await lossesOf(values, values);
    expect(await lossesOf(opinionated, values), 'its own RPN is not asked').toEqual(plain);
    expect(await lossesOf(values, opinionated), "the earlier network's is").not.toEqual(plain);
  });
});

test('phases share the steps, and each goes through the whole learning-rate schedule', () => {
  const spans = spansOf(alternatingPhases, 10);
  expect(spans.map(({ first, end }) => [first, end])).toEqual([
    [0, 3],
    [3, 5],
    [5, 8],
    [8, 10],
  ]);
  expect([0, 2, 3, 7, 8, 10].map((step) => spanAt(spans, step).phase.name)).toEqual([
    'rpn',
    'rpn',
    'detector',
    'rpn head',
    'box head',
    'box head',
  ]);
  const recipe = recipeWith({
    learningRateSchedule: { kind: 'multi-step', warmupSteps: 40, warmupFactor: 0.5, milestones: [200], gamma: 0.5 },
  });
  const rate = learningRateOf(recipe, 100, 400);
  const wanted = [0.025, 0.0375, 0.05, 0.05, 0.025, 0.025];
  expect([0, 5, 10, 49, 50, 99].map(rate)).toEqual(wanted.map((value) => expect.closeTo(value, 9)));
});
