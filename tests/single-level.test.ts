/** @file The single-level form: nine anchors a place of C4 and no pyramid, in every part of the program. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import paperRecipe from '../recipes/paper-r50-c4.json' with { type: 'json' };
import { countAnchorsPerPlace, detectorConfigSchema, parseDetectorConfig } from '../src/detector/config.ts';
import { inferenceGraph } from '../src/detector/inference-graph.ts';
import { readModel, writeModel } from '../src/detector/model-directory-node.ts';
import { detectorNetwork } from '../src/detector/network.ts';
import { rpnTargets } from '../src/detector/rpn-targets.ts';
import { trainingGraph } from '../src/detector/training-graph.ts';
import { exportGraph } from '../src/embedding/export-graph.ts';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { initialParameters } from '../src/nn/parameters.ts';
import { compile } from '../src/onnx/session-node.ts';
import { tensor } from '../src/tensor/tensor.ts';
import { parseRecipe } from '../src/training/recipe.ts';
import { train } from '../src/training/train-node.ts';
import { canvasAnchors } from '../src/training/training-step.ts';
import golden from './golden/detector-c4.json' with { type: 'json' };
import { expectClose, howToRegenerate } from './golden/expect-close.ts';
import { hashedNumbers } from './golden/hashed-numbers.ts';
import { tinyDetector, tinyPixels } from './golden/tiny-detector.ts';
import { tinyParts, tinyPhoto } from './tiny-detector.ts';
import { tinyRecipe, writeTinyDataset } from './tiny-run.ts';

const { config, network, parameters } = tinyDetector(golden.config);
const { height, width } = golden;
const imageSizes = tensor('float32', [1, 2], Float32Array.from(golden.imageSize));

test("the paper's form has 18 + 36 outputs over 256 channels, and stages up to C4", () => {
  const c4 = detectorConfigSchema.parse({ ...paperRecipe.detector, classes: ['tee', 'hat'] });
  expect(countAnchorsPerPlace(c4)).toBe(9);
  const shapes = new Map(detectorNetwork(c4).specs.map(({ name, shape }) => [name, shape]));
  expect(shapes.get('rpn.head.conv.0.0.weight')).toEqual([256, 1024, 3, 3]);
  expect(shapes.get('rpn.head.cls_logits.weight')).toEqual([18, 256, 1, 1]);
  expect(shapes.get('rpn.head.bbox_pred.weight')).toEqual([36, 256, 1, 1]);
  expect(shapes.get('roi_heads.box_head.fc6.weight')).toEqual([1024, 1024 * 49]);
  expect([...shapes.keys()].filter((name) => /^fpn\.|layer4\./.test(name))).toEqual([]);
  expect(() => parseDetectorConfig({ trunk: 'r50', classes: ['tee'], fpn: null }, 'recipe')).toThrow(
    /one for C4 alone/,
  );
});

test('anchors, logits, proposals and detections are those of torchvision on one map', async () => {
  const { detections, intermediate } = inferenceGraph(network, config);
  const { rpn, proposals, boxHead } = intermediate;
  const outputs = { objectness: rpn.objectness, proposals: proposals.boxes, ...boxHead, ...detections };
  const session = await compile({ outputs, bindings: parameters });
  const found = await session.run({ pixels: tinyPixels(1, height, width), imageSizes });
  const numbers = (name: string) => found[name].data as Float32Array;
  const { boxes: anchors } = canvasAnchors(config, { height, width });
  const everySeventh = Array.from({ length: Math.ceil(anchors.length / 28) }, (_, i) => [
    ...anchors.subarray(28 * i, 28 * i + 4),
  ]).flat();
  expectClose(everySeventh, golden.anchors, 1e-4, golden);
  expectClose(numbers('objectness'), golden.objectness, 1e-4, golden);
  expectClose(numbers('proposals'), golden.proposals, 1e-2, golden);
  expectClose(numbers('classLogits'), golden.classLogits, 1e-4, golden);
  expect(Array.from(found.labels!.data as BigInt64Array, Number), howToRegenerate(golden)).toEqual(golden.labels);
  expectClose(numbers('scores'), golden.scores, 1e-4, golden);
  expectClose(numbers('boxes'), golden.boxes, 1e-2, golden);
});

test("the RPN's losses and gradients are torchvision's; those of the two logits are each other's opposite", async () => {
  const anchors = canvasAnchors(config, { height, width });
  const shape = { batchSize: 1, height, width, groundTruths: 2, crowds: 1 };
  const part = { losses: ['objectness', 'rpnBox'], proposer: null } as const;
  const { outputs } = trainingGraph(network, config, shape, anchors, () => true, part);
  const trained = Object.keys(outputs).flatMap((name) => (name.startsWith('gradient/') ? [name.slice(9)] : []));
  expect(trained.sort()).toEqual(Object.keys(golden.gradients).sort());
  const count = anchors.boxes.length / 4;
  const truth = {
    boxes: Float32Array.from(golden.truth.flat()),
    labels: Int32Array.from(golden.labelsOfTruth),
    crowdBoxes: new Float32Array(0),
  };
  const { labels, deltas } = rpnTargets(anchors.boxes, truth, new Float32Array(count).fill(0.5), config.rpn);
  const session = await compile({ outputs, bindings: parameters });
  const found = await session.run({
    pixels: tinyPixels(1, height, width),
    rpnLabels: tensor('float32', [1, count], Float32Array.from(labels)),
    rpnDeltas: tensor('float32', [1, count, 4], deltas),
  });
  const losses = [found.objectness, found.rpnBox].map((loss) => loss!.data[0] as number);
  expectClose(losses, golden.losses, 1e-5, golden);
  for (const [name, [norm, probe]] of Object.entries(golden.gradients)) {
    const whole = found[`gradient/${name}`].data as Float32Array;
    // Background comes first; torchvision's one logit is our object's.
    const half = name.includes('cls_logits') ? whole.length / 2 : 0;
    for (let at = 0; at < half; at++) expect(whole[at]).toBeCloseTo(-whole[at + half], 5);
    const gradient = whole.subarray(half);
    const weights = hashedNumbers(`probe/${name}`, gradient.length);
    const own = [Math.hypot(...gradient), gradient.reduce((sum, value, at) => sum + value * (weights[at] - 0.5), 0)];
    expectClose(own, [norm!, probe!], 1e-3 * norm!, golden);
  }
});

test('is trained, kept, served and exported by the code that all models go through', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-c4-run-'));
  try {
    const data = await writeTinyDataset(folder);
    const detector = {
      trunk: 'lite0',
      fpn: null,
      anchors: { sizes: [[12, 24, 48]] },
      rpn: { headWidth: 16, objectness: 'softmax', batchSize: 32, postNmsTop: { train: 20, test: 20 } },
      boxHead: { hidden: [32], batchSize: 16, scoreThreshold: 0 },
    };
    await train({
      recipe: parseRecipe(tinyRecipe({ detector, steps: 4, schedule: 'alternating', frozenStages: 3 }), 'tiny'),
      data: [{ directory: data, weight: 1 }],
      out: join(folder, 'run'),
      from: { tensors: new Map(), classes: null },
      resume: false,
    });
    const engine = await openEngine(join(folder, 'run', 'last'));
    const { detections } = await engine.analyse(tinyPhoto(3), { descriptor: 'garment', minScore: 0 });
    expect(detections.length).toBeGreaterThan(0);
    const exported = await compile(exportGraph(await readModel(join(folder, 'run', 'last'))));
    const { vectors, boxes } = await exported.run({
      pixels: tinyPixels(1, 64, 64),
      imageSizes: tensor('float32', [1, 2], Float32Array.of(64, 64)),
    });
    expect(vectors!.shape).toEqual([boxes!.shape[0], engine.space('garment').dimension]);
    await engine.release();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

test('serves, describes and survives its directory; the paper descriptor needs a P6 and is not offered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-c4-'));
  try {
    const single = detectorConfigSchema.parse({
      trunk: 'lite0',
      classes: ['tee', 'trousers', 'hat'],
      norm: 'group',
      fpn: null,
      anchors: { sizes: [[24, 48, 96]] },
      rpn: { headWidth: 16, objectness: 'softmax', postNmsTop: { train: 30, test: 30 } },
      boxHead: { hidden: [16], detectionsPerImage: 10, scoreThreshold: 0 },
    });
    const specs = detectorNetwork(single).specs;
    await writeModel(folder, {
      name: 'single',
      config: single,
      preprocessing: tinyParts().preprocessing,
      parameters: initialParameters(specs, 3),
    });
    const engine = await openEngine(folder);
    const model = await readModel(folder);
    expect(model.config).toEqual(single);
    expect(Object.keys(model.descriptors)).toEqual(['garment']);
    expect(engine.space('garment').dimension).toBe(40 + 112 + 9 * 40 + 16);
    const { detections } = await engine.analyse(tinyPhoto(3), { descriptor: 'garment', minScore: 0 });
    // Ten, less those that lie within another of their class.
    expect(detections.length).toBeGreaterThan(0);
    expect(detections.length).toBeLessThanOrEqual(10);
    for (const { vector } of detections) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(() => engine.space('paper')).toThrow(/no descriptor "paper"/);
    await engine.release();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
