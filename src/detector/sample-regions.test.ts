import { expect, test } from 'vitest';
import { selectTrainingRegions } from '../../tests/oracles/select-training-regions.ts';
import { input } from '../graph/value.ts';
import { compile } from '../onnx/session-node.ts';
import { Random } from '../random/random.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { lite0DetectorConfig } from './config.ts';
import type { GroundTruth } from './rpn-targets.ts';
import { sampleRegions } from './sample-regions.ts';

const NUM_PLACES = 40;
const NUM_TRUTHS = 6;
const NUM_CROWDS = 2;
const rule = { ...lite0DetectorConfig(['top']).boxHead, batchSize: 16 };

/** One image: proposals best first, ground truth, crowds. */
interface Scene {
  /** `[P, 4]`, P at most {@link NUM_PLACES}. */
  readonly proposals: Float32Array;
  readonly truth: GroundTruth;
}

function randomBoxes(random: Random, count: number, low: number, high: number): number[] {
  return Array.from({ length: count }, () => {
    const [x, y] = [random.between(0, 60), random.between(0, 60)];
    return [x, y, x + random.between(low, high), y + random.between(low, high)];
  }).flat();
}

/** Half of the proposals near the ground truth, the rest anywhere. */
function drawScene(random: Random, { proposals = NUM_PLACES, truths = 4, crowds = 0 }): Scene {
  const boxes = randomBoxes(random, truths, 20, 40);
  const near = Array.from({ length: truths === 0 ? 0 : Math.floor(proposals / 2) }, (_, i) =>
    boxes.slice((i % truths) * 4, (i % truths) * 4 + 4).map((value) => value + 3 * random.normal()),
  ).flat();
  return {
    proposals: Float32Array.from([...near, ...randomBoxes(random, proposals - near.length / 4, 10, 30)]),
    truth: {
      boxes: Float32Array.from(boxes),
      labels: Int32Array.from({ length: truths }, () => 1 + random.below(9)),
      crowdBoxes: Float32Array.from(randomBoxes(random, crowds, 30, 40)),
    },
  };
}

/** Rows of each scene, then rows of `filler` up to `places`. */
function inPlaces(rows: readonly ArrayLike<number>[], places: number, filler = 0): Float32Array {
  const all = new Float32Array(rows.length * places).fill(filler);
  rows.forEach((row, image) => {
    all.set(row, image * places);
  });
  return all;
}

/** The sampled regions of every scene, by the graph and by the oracle, as sorted rows to compare. */
async function expectOracle(scenes: readonly Scene[], given = rule): Promise<number[]> {
  const n = scenes.length;
  const random = new Random(77);
  const numKeys = NUM_PLACES + NUM_TRUTHS;
  const keys = scenes.map(() =>
    Float32Array.from(random.shuffle(Array.from({ length: numKeys }, (_, i) => (i + 0.5) / numKeys))),
  );
  const scores = scenes.map(({ proposals }) => new Float32Array(proposals.length / 4).fill(0.5));
  const labels = inPlaces(
    scenes.map(({ truth }) => truth.labels),
    NUM_TRUTHS,
  );
  const feeds: Record<string, Tensor> = {
    // Places not taken hold a box that would be sampled if they were looked at.
    proposals: tensor(
      'float32',
      [n, NUM_PLACES, 4],
      inPlaces(
        scenes.map(({ proposals }) => proposals),
        NUM_PLACES * 4,
        5,
      ),
    ),
    scores: tensor('float32', [n, NUM_PLACES], inPlaces(scores, NUM_PLACES, -1)),
    truth: tensor(
      'float32',
      [n, NUM_TRUTHS, 4],
      inPlaces(
        scenes.map(({ truth }) => truth.boxes),
        NUM_TRUTHS * 4,
      ),
    ),
    truthLabels: tensor('int64', [n, NUM_TRUTHS], BigInt64Array.from(labels, BigInt)),
    crowds: tensor(
      'float32',
      [n, NUM_CROWDS, 4],
      inPlaces(
        scenes.map((s) => s.truth.crowdBoxes),
        NUM_CROWDS * 4,
      ),
    ),
    keys: tensor('float32', [n, numKeys], inPlaces(keys, numKeys)),
  };
  const { active, ...rest } = sampleRegions(
    { boxes: input('proposals', 'float32', [n, NUM_PLACES, 4]), scores: input('scores', 'float32', [n, NUM_PLACES]) },
    {
      boxes: input('truth', 'float32', [n, NUM_TRUTHS, 4]),
      labels: input('truthLabels', 'int64', [n, NUM_TRUTHS]),
      crowdBoxes: input('crowds', 'float32', [n, NUM_CROWDS, 4]),
    },
    input('keys', 'float32', [n, numKeys]),
    given,
  );
  const session = await compile({ outputs: { active, ...rest } }, { threads: 1 });
  const found = await session.run(feeds);
  await session.release();
  const numbers = (name: string) => Array.from(found[name].data as ArrayLike<number>, Number);
  const [boxes, deltas, ownLabels, isActive] = ['boxes', 'deltas', 'labels', 'active'].map(numbers) as number[][];
  expect(deltas!.every(Number.isFinite)).toBe(true);
  const perImage = isActive!.length / n;
  return scenes.map(({ proposals, truth }, image) => {
    const wanted = selectTrainingRegions(
      proposals,
      truth,
      { proposals: keys[image], groundTruth: keys[image].subarray(NUM_PLACES) },
      given,
    );
    const sampled = Array.from({ length: perImage }, (_, at) => image * perImage + at).filter((row) => isActive![row]);
    const row = (values: ArrayLike<number>, at: number) => Array.from({ length: 4 }, (_, c) => values[at * 4 + c]);
    const own = sampled.map((at) => [...row(boxes!, at), ownLabels![at], ...row(deltas!, at)]).sort(byBox);
    const oracle = Array.from(wanted.labels, (label, at) => [
      ...row(wanted.boxes, at),
      label,
      ...row(wanted.deltas, at),
    ]);
    expect(own.length).toBe(oracle.length);
    oracle.sort(byBox).forEach((values, at) => {
      values.forEach((value, column) => {
        expect(Math.abs(own[at][column] - value), `row ${at}, column ${column}`).toBeLessThan(1e-4);
      });
    });
    return oracle.length;
  });
}

const byBox = (a: number[], b: number[]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

test('three images of different numbers of proposals and ground truths give what the plain version gives', async () => {
  const random = new Random(1);
  const scenes = [
    drawScene(random, {}),
    drawScene(random, { proposals: 25, truths: NUM_TRUTHS }),
    drawScene(random, { proposals: 33, truths: 1 }),
  ];
  expect(await expectOracle(scenes)).toEqual([16, 15, 16]);
});

test('an image without ground truth gives background alone', async () => {
  const random = new Random(2);
  expect(await expectOracle([drawScene(random, { truths: 0 }), drawScene(random, {})])).toEqual([16, 16]);
});

test('candidates that crowds cover are left out', async () => {
  const random = new Random(3);
  const scenes = [drawScene(random, { crowds: 2 }), drawScene(random, { crowds: 1, truths: 0 })];
  expect((await expectOracle(scenes, { ...rule, batchSize: 44 })).every((count) => count < 44)).toBe(true);
});

test('fewer candidates than places leave places inactive, none at all too', async () => {
  const random = new Random(4);
  const scenes = [
    drawScene(random, { proposals: 3, truths: 1 }),
    drawScene(random, { proposals: 0, truths: 2 }),
    drawScene(random, { proposals: 0, truths: 0 }),
  ];
  expect(await expectOracle(scenes)).toEqual([4, 2, 0]);
});

test('a batch larger than all candidates takes everything but the positives beyond their share', async () => {
  const random = new Random(5);
  const scenes = [drawScene(random, {}), drawScene(random, { proposals: 20 })];
  await expectOracle(scenes, { ...rule, batchSize: 512 });
  await expectOracle(scenes, { ...rule, batchSize: 40, positiveFraction: 0.1 });
});

test('regions between two thresholds are neither', async () => {
  const random = new Random(6);
  const scenes = [drawScene(random, {}), drawScene(random, {})];
  await expectOracle(scenes, { ...rule, batchSize: 44, foregroundIou: 0.7, backgroundIou: 0.3 });
});
