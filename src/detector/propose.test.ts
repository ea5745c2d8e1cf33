import { expect, test } from 'vitest';
import { selectProposals } from '../../tests/oracles/select-proposals.ts';
import { input } from '../graph/value.ts';
import { compile } from '../onnx/session-node.ts';
import { Random } from '../random/random.ts';
import { tensor } from '../tensor/tensor.ts';
import { type Anchors, anchorsFor } from './anchors.ts';
import type { ProposalRule } from './config.ts';
import { propose } from './propose.ts';

const places = [
  { height: 12, width: 16 },
  { height: 6, width: 8 },
  { height: 3, width: 4 },
];
const anchors = anchorsFor(places, 96, 128, { sizes: [[16], [32], [64]], ratios: [0.5, 1, 2] });
const imageSizes = Float32Array.of(96, 128, 90, 77);
const rule: ProposalRule = { preNmsTop: 60, postNmsTop: 50, nmsThreshold: 0.7, minSize: 1e-3, scoreThreshold: 0 };

interface Answers {
  /** `[2, A]` */
  readonly objectness: Float32Array;
  /** `[2, A, 4]` */
  readonly deltas: Float32Array;
}

/** Random answers for two images; `logit` makes the logits. */
function answers(seed: number, logit: (random: Random) => number, spread = 0.35): Answers {
  const random = new Random(seed);
  const numAnchors = anchors.boxes.length / 4;
  return {
    objectness: Float32Array.from({ length: 2 * numAnchors }, () => logit(random)),
    deltas: Float32Array.from({ length: 8 * numAnchors }, () => spread * random.normal()),
  };
}

async function proposeInGraph(of: Anchors, { objectness, deltas }: Answers, given: ProposalRule) {
  const numAnchors = of.boxes.length / 4;
  const feeds: Record<string, ReturnType<typeof tensor>> = { imageSizes: tensor('float32', [2, 2], imageSizes) };
  const counts = of.perLevel.map((level) => level.length / 4);
  const levels = counts.map((count, level) => {
    const rows = (values: Float32Array, width: number) =>
      Float32Array.from(
        [0, 1].flatMap((image) => {
          const start = (image * numAnchors + (of.levelStarts[level] as number)) * width;
          return [...values.subarray(start, start + count * width)];
        }),
      );
    feeds[`objectness${level}`] = tensor('float32', [2, count], rows(objectness, 1));
    feeds[`deltas${level}`] = tensor('float32', [2, count, 4], rows(deltas, 4));
    feeds[`anchors${level}`] = tensor('float32', [count, 4], Float32Array.from(of.perLevel[level] as Float32Array));
    return {
      objectness: input(`objectness${level}`, 'float32', [2, count]),
      deltas: input(`deltas${level}`, 'float32', [2, count, 4]),
    };
  });
  const anchorValues = counts.map((count, level) => input(`anchors${level}`, 'float32', [count, 4]));
  const { boxes, scores } = propose(levels, anchorValues, input('imageSizes', 'float32', [2, 2]), given);
  const session = await compile({ outputs: { boxes, scores } }, { threads: 1 });
  const found = await session.run(feeds);
  await session.release();
  return {
    numPlaces: found.scores!.shape[1] as number,
    boxes: found.boxes!.data as Float32Array,
    scores: found.scores!.data as Float32Array,
  };
}

/** The graph's proposals are the oracle's, and the places behind them say that they are not taken. */
async function expectOracle(of: Anchors, given: Answers, rule: ProposalRule): Promise<number[]> {
  const { numPlaces, boxes, scores } = await proposeInGraph(of, given, rule);
  const numAnchors = of.boxes.length / 4;
  return [0, 1].map((image) => {
    const wanted = selectProposals(
      of,
      {
        objectness: given.objectness.subarray(image * numAnchors, (image + 1) * numAnchors),
        deltas: given.deltas.subarray(image * numAnchors * 4, (image + 1) * numAnchors * 4),
        imageHeight: imageSizes[image * 2] as number,
        imageWidth: imageSizes[image * 2 + 1] as number,
      },
      rule,
    );
    const own = scores.subarray(image * numPlaces, (image + 1) * numPlaces);
    const taken = own.findIndex((score) => score < 0);
    const count = taken < 0 ? numPlaces : taken;
    expect(count).toBe(wanted.scores.length);
    expect(own.subarray(count).every((score) => score === -1)).toBe(true);
    for (let at = 0; at < count; at++) {
      expect(Math.abs((own[at] as number) - (wanted.scores[at] as number))).toBeLessThan(1e-6);
      for (let c = 0; c < 4; c++) {
        const difference = (boxes[(image * numPlaces + at) * 4 + c] as number) - (wanted.boxes[at * 4 + c] as number);
        expect(Math.abs(difference), `proposal ${at} of image ${image}`).toBeLessThan(1e-3);
      }
    }
    return count;
  });
}

test('two images: proposals, order and scores are those of the plain version', async () => {
  expect(
    await expectOracle(
      anchors,
      answers(1, (random) => random.normal() * 2),
      rule,
    ),
  ).toEqual([50, 50]);
});

test('equal logits go by level, then by index', async () => {
  await expectOracle(
    anchors,
    answers(2, (random) => random.below(4)),
    { ...rule, preNmsTop: 1000, postNmsTop: 1000 },
  );
});

test('fewer survivors than places leave places untaken', async () => {
  const logit = (random: Random) => random.normal();
  const strict = { ...rule, nmsThreshold: 0.1, postNmsTop: 150 };
  const counts = await expectOracle(anchors, answers(3, logit), strict);
  expect(Math.max(...counts)).toBeLessThan(132);
});

test('poor and small boxes are dropped, all of them if need be', async () => {
  const logit = (random: Random) => random.normal();
  await expectOracle(anchors, answers(4, logit, 1.5), { ...rule, scoreThreshold: 0.6, minSize: 12 });
  expect(await expectOracle(anchors, answers(5, logit), { ...rule, minSize: 500 })).toEqual([0, 0]);
});

test('a sure RPN keeps its order: logits where the score is 0 or 1 in float32', async () => {
  const logit = (random: Random) => -14 - 30 * random.uniform();
  expect(await expectOracle(anchors, answers(6, logit), rule)).toEqual([50, 50]);
  expect(
    await expectOracle(
      anchors,
      answers(7, (random) => 14 + 30 * random.uniform()),
      rule,
    ),
  ).toEqual([50, 50]);
});

test('boxes that leave the image, and deltas beyond the limit of exp', async () => {
  await expectOracle(
    anchors,
    answers(8, (random) => random.normal(), 6),
    { ...rule, preNmsTop: 100 },
  );
});

test('one level alone', async () => {
  const single = anchorsFor([{ height: 12, width: 16 }], 96, 128, { sizes: [[16]], ratios: [0.5, 1, 2] });
  const random = new Random(9);
  const given = {
    objectness: Float32Array.from({ length: 2 * 576 }, () => random.normal()),
    deltas: Float32Array.from({ length: 8 * 576 }, () => 0.3 * random.normal()),
  };
  await expectOracle(single, given, rule);
});
