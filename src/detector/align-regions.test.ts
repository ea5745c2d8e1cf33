import { expect, test } from 'vitest';
import { assignLevels } from '../../tests/oracles/assign-levels.ts';
import { mul, total } from '../graph/arithmetic.ts';
import { gradients } from '../graph/gradients.ts';
import { input, UNKNOWN } from '../graph/value.ts';
import { compile } from '../onnx/session-node.ts';
import { Random } from '../random/random.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { alignRegions, levelsOf } from './align-regions.ts';

const levels = { minLevel: 2, maxLevel: 4, canonicalScale: 56, canonicalLevel: 3 };
const [N, CHANNELS, SIDE, BINS] = [2, 3, 64, 3];

interface FeatureMap {
  readonly height: number;
  readonly width: number;
  /** `[N, C, H, W]` */
  readonly values: Float32Array;
}

const pyramidOf = (random: Random, channels = CHANNELS): FeatureMap[] =>
  [4, 8, 16].map((stride) => {
    const side = SIDE / stride;
    return {
      height: side,
      width: side,
      values: Float32Array.from({ length: N * channels * side * side }, () => random.normal()),
    };
  });

/** A bilinear sample as torchvision's `bilinear_interpolate`: 0 outside by more than a pixel. */
function sampleAt({ height, width, values }: FeatureMap, plane: number, rawY: number, rawX: number): number {
  if (rawY < -1 || rawY > height || rawX < -1 || rawX > width) return 0;
  const [y, x] = [Math.min(Math.max(rawY, 0), height - 1), Math.min(Math.max(rawX, 0), width - 1)];
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)];
  const at = (row: number, column: number) => values[(plane * height + row) * width + column] as number;
  const [fy, fx] = [y - top, x - left];
  return (
    (1 - fy) * ((1 - fx) * at(top, left) + fx * at(top, right)) +
    fy * ((1 - fx) * at(bottom, left) + fx * at(bottom, right))
  );
}

/** torchvision's RoIAlign over the level of each box, the slow and obvious way: `[R, C, S, S]`. */
function slowAlign(
  pyramid: readonly FeatureMap[],
  boxes: Float32Array,
  images: readonly number[],
  aligned: boolean,
  ratio: number,
  levelOf = assignLevels(boxes, levels),
): number[] {
  const shift = aligned ? 0.5 : 0;
  return [...levelOf].flatMap((level, box) => {
    const [x1, y1, x2, y2] = Array.from(
      boxes.subarray(box * 4, box * 4 + 4),
      (edge) => edge / 2 ** (levels.minLevel + level) - shift,
    );
    const [width, height] = [x2 - x1, y2 - y1].map((side) => (aligned ? side : Math.max(side, 1)) / BINS);
    // A ratio of 0: as many samples as the bin has pixels, begun ones too.
    const [across, down] = [width, height].map((side) => (ratio > 0 ? ratio : Math.ceil(side))) as [number, number];
    const bins: number[] = [];
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let row = 0; row < BINS; row++) {
        for (let column = 0; column < BINS; column++) {
          let sum = 0;
          for (let i = 0; i < across * down; i++) {
            const y = y1 + height * (row + (Math.floor(i / across) + 0.5) / down);
            const x = x1 + width * (column + ((i % across) + 0.5) / across);
            sum += sampleAt(pyramid[level]!, images[box]! * CHANNELS + channel, y, x);
          }
          bins.push(sum / Math.max(across * down, 1));
        }
      }
    }
    return bins;
  });
}

const small = [1, 2, 9, 7, 30.5, 40.25, 44, 60, 5, 5, 5, 5];
const edges = [-6, -9, 20, 18, 50, 40, 75, 70, 0, 0, 64, 64];
const large = [3, 2, 60, 63, 20, 1, 63, 60, 0, 10, 64, 50];
const images = [0, 0, 0, 1, 1, 1];
const boxSets: [string, number[]][] = [
  [
    'boxes of every level, over the edges',
    [...small.slice(0, 8), ...large.slice(0, 4), ...edges.slice(4, 12), ...small.slice(8)],
  ],
  ['small boxes and empty ones: nothing for the coarse levels', [...small, ...small]],
  ['large boxes: nothing for the fine levels', [...large, ...large]],
];

function build(boxCount: number, aligned: boolean, ratio: number, channels = CHANNELS) {
  const pyramid = [4, 8, 16].map((stride, level) =>
    input(`level${level}`, 'float32', [N, channels, SIDE / stride, SIDE / stride]),
  );
  const rule = { levels, pooledSize: BINS, samplingRatio: ratio, aligned };
  const boxes = input('boxes', 'float32', [boxCount, 4]);
  const indices = input('indices', 'int64', [boxCount]);
  return { pyramid, result: alignRegions(pyramid, boxes, indices, rule) };
}

function feedsOf(
  pyramid: readonly FeatureMap[],
  boxes: readonly number[],
  of: readonly number[],
  channels = CHANNELS,
): Record<string, Tensor> {
  return {
    boxes: tensor('float32', [of.length, 4], Float32Array.from(boxes)),
    indices: tensor('int64', [of.length], BigInt64Array.from(of, BigInt)),
    ...Object.fromEntries(
      pyramid.map(({ height, width, values }, level) => [
        `level${level}`,
        tensor('float32', [N, channels, height, width], values),
      ]),
    ),
  };
}

for (const aligned of [false, true]) {
  for (const ratio of [1, 2]) {
    for (const [name, boxes] of boxSets) {
      test(`${name}: features and gradients, aligned ${aligned}, sampling ratio ${ratio}`, async () => {
        const random = new Random(5);
        const pyramid = pyramidOf(random);
        const wanted = slowAlign(pyramid, Float32Array.from(boxes), images, aligned, ratio);
        const { pyramid: maps, result } = build(6, aligned, ratio);
        const weights = Float32Array.from(wanted, () => random.normal());
        const loss = total(mul(result, input('weights', 'float32', result.shape)));
        const derived = gradients(loss, maps);
        const session = await compile({
          outputs: { result, ...Object.fromEntries(derived.map((value, i) => [`d${i}`, value!])) },
        });
        const found = await session.run({
          ...feedsOf(pyramid, boxes, images),
          weights: tensor('float32', result.shape, weights),
        });
        await session.release();
        expectNear(found.result!.data as Float32Array, wanted, 2e-5);
        // The loss is linear in the features, so one difference of any size is the gradient.
        pyramid.forEach((map, level) => {
          const slow = Array.from(map.values, (_, at) => {
            const moved = pyramid.map((other, index) =>
              index === level ? { ...other, values: Float32Array.from(other.values) } : other,
            );
            moved[level]!.values[at]! += 1;
            const changed = slowAlign(moved, Float32Array.from(boxes), images, aligned, ratio);
            return changed.reduce((sum, value, i) => sum + (value - wanted[i]!) * weights[i]!, 0);
          });
          expectNear(found[`d${level}`]!.data as Float32Array, slow, 1e-4);
        });
      });
    }
  }
}

for (const aligned of [false, true]) {
  test(`as many samples as a region covers (Detectron2), aligned ${aligned}`, async () => {
    const maps = pyramidOf(new Random(7));
    const { pyramid, result } = build(6, aligned, 0);
    const boxes = [...small.slice(0, 8), ...large, ...edges.slice(4, 8)];
    const session = await compile({ outputs: { result, slope: gradients(total(result), pyramid)[0]! } });
    const found = await session.run(feedsOf(maps, boxes, images));
    expectNear(found.result!.data as Float32Array, slowAlign(maps, Float32Array.from(boxes), images, aligned, 0), 2e-5);
    expect((found.slope!.data as Float32Array).some((value) => value !== 0)).toBe(true);
  });
}

test('regions that end with their last pixel (Detectron) are read one pixel short, on the level of the whole', async () => {
  const maps = pyramidOf(new Random(8));
  const pyramid = maps.map(({ height, width }, level) =>
    input(`level${level}`, 'float32', [N, CHANNELS, height, width]),
  );
  // The second is as large as the canonical scale: one pixel less would be a finer level.
  const boxes = [1, 2, 9, 7, 4, 4, 60, 60, 0, 10, 64, 50];
  const rule = { levels, pooledSize: BINS, samplingRatio: 2, aligned: false, inclusiveEdges: true };
  const result = alignRegions(pyramid, input('boxes', 'float32', [3, 4]), input('indices', 'int64', [3]), rule);
  const session = await compile({ outputs: { result } });
  const found = await session.run(feedsOf(maps, boxes, [0, 0, 1]));
  const short = Float32Array.from(boxes, (edge, at) => (at % 4 < 2 ? edge : edge - 1));
  const levelOf = assignLevels(Float32Array.from(boxes), levels);
  expect([...levelOf]).not.toEqual([...assignLevels(short, levels)]);
  expectNear(found.result!.data as Float32Array, slowAlign(maps, short, [0, 0, 1], false, 2, levelOf), 2e-5);
});

test('no boxes at all, their number known only at run time', async () => {
  const pyramid = [4, 8, 16].map((stride, level) =>
    input(`level${level}`, 'float32', [N, CHANNELS, SIDE / stride, SIDE / stride]),
  );
  const rule = { levels, pooledSize: BINS, samplingRatio: 2, aligned: false };
  const result = alignRegions(
    pyramid,
    input('boxes', 'float32', [UNKNOWN, 4]),
    input('indices', 'int64', [UNKNOWN]),
    rule,
  );
  const session = await compile({ outputs: { result } });
  const maps = pyramidOf(new Random(6));
  const found = await session.run(feedsOf(maps, [], []));
  expect(found.result!.shape).toEqual([0, CHANNELS, BINS, BINS]);
  const one = await session.run(feedsOf(maps, large.slice(0, 4), [1]));
  expectNear(
    one.result!.data as Float32Array,
    slowAlign(maps, Float32Array.from(large.slice(0, 4)), [1], false, 2),
    2e-5,
  );
});

test('the level of a box is that of the plain version, at the borders of levels too', async () => {
  const random = new Random(7);
  const sides = [0, 27.9, 28, 55.9, 56, 111.9, 112, 112.1, 223.9, 224, 447.9, 448, 895, 896, 2000];
  const boxes = Float32Array.from([
    ...sides.flatMap((side) => [0, 0, side, side]),
    ...Array.from({ length: 200 }, () => [0, 0, random.between(1, 900), random.between(1, 900)]).flat(),
  ]);
  for (const rule of [
    { minLevel: 2, maxLevel: 5 },
    { minLevel: 3, maxLevel: 5 },
  ]) {
    const given = { ...rule, canonicalScale: 224, canonicalLevel: 4 };
    const session = await compile({
      outputs: { level: levelsOf(input('boxes', 'float32', [boxes.length / 4, 4]), given) },
    });
    const { level } = await session.run({ boxes: tensor('float32', [boxes.length / 4, 4], boxes) });
    expect([...(level!.data as Float32Array)]).toEqual([...assignLevels(boxes, given)]);
  }
});

test('the gradient of regions that lie on each other is the same to the bit in 100 runs on two threads', async () => {
  const [random, channels, count] = [new Random(8), 32, 128];
  const { pyramid: maps, result } = build(count, false, 2, channels);
  const derived = gradients(total(mul(result, input('weights', 'float32', result.shape))), maps);
  const session = await compile(
    { outputs: Object.fromEntries(derived.map((value, i) => [`d${i}`, value!])) },
    { threads: 2 },
  );
  const boxes = Array.from({ length: count }, (_, i) =>
    [0, 1, 2, 3].map((edge) => [10, 12, 40, 44][edge]! + random.normal() * (1 + (i % 3))),
  ).flat();
  const feeds = {
    ...feedsOf(
      pyramidOf(random, channels),
      boxes,
      Array.from({ length: count }, (_, i) => Math.floor((i * N) / count)),
      channels,
    ),
    weights: tensor(
      'float32',
      result.shape,
      Float32Array.from({ length: count * channels * BINS * BINS }, () => random.normal()),
    ),
  };
  const bytes = async () => {
    const found = await session.run(feeds);
    return Buffer.concat(
      maps.map((_, level) => Buffer.from((found[`d${level}`]!.data as Float32Array).slice().buffer)),
    );
  };
  const first = await bytes();
  expect(first.some((byte) => byte !== 0)).toBe(true);
  let different = 0;
  for (let run = 1; run < 100; run++) if (!first.equals(await bytes())) different++;
  expect(different).toBe(0);
});

function expectNear(actual: Float32Array, wanted: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  wanted.forEach((value, at) => {
    expect(Math.abs(actual[at]! - value), `element ${at}: ${actual[at]} for ${value}`).toBeLessThan(tolerance);
  });
}
