/** @file A training step of the default model on random input, and what a second run for selection would add. */
import { lite0DetectorConfig, proposalRule } from '../src/detector/config.ts';
import { detectorNetwork } from '../src/detector/network.ts';
import { propose } from '../src/detector/propose.ts';
import { constant, input, type Value } from '../src/graph/value.ts';
import { initialParameters, type Parameters } from '../src/nn/parameters.ts';
import { isInFrozenStage, trunks } from '../src/nn/trunks/trunk.ts';
import { compile } from '../src/onnx/session-node.ts';
import { Random } from '../src/random/random.ts';
import { canvasAnchors, compileStep } from '../src/training/training-step.ts';
import { describeTiming, time } from './stopwatch.ts';

const [BATCH, SIDE, CLASSES] = [8, 320, 13];

export async function run(): Promise<void> {
  const config = lite0DetectorConfig(Array.from({ length: CLASSES }, (_, i) => `class ${i + 1}`));
  const network = detectorNetwork(config);
  const all = initialParameters(network.specs, 1);
  const isFrozen = (name: string, kind: string) => kind === 'frozen' || isInFrozenStage(trunks.lite0, 2, name);
  const split = (wanted: boolean): Parameters =>
    new Map(
      network.specs
        .filter(({ name, kind }) => isFrozen(name, kind) === wanted)
        .map(({ name }) => [name, all.get(name)!]),
    );
  const [frozen, trained] = [split(true), split(false)];
  const shape = { batchSize: BATCH, height: SIDE, width: SIDE, groundTruths: 8, crowds: 2 };
  const step = await compileStep({ network, config, shape, frozen, withGradients: true, compile });
  const random = new Random(3);
  const batch = {
    pixels: Float32Array.from({ length: BATCH * 3 * SIDE * SIDE }, () => random.normal()),
    imageSizes: new Int32Array(BATCH * 2).fill(SIDE),
    groundTruth: Array.from({ length: BATCH }, () => ({
      boxes: Float32Array.of(20, 30, 200, 300, 150, 100, 260, 220),
      labels: Int32Array.of(1 + random.below(CLASSES), 1 + random.below(CLASSES)),
      crowdBoxes: new Float32Array(0),
    })),
  };
  const arrays = new Map([...trained].map(([name, { data }]) => [name, data]));
  const whole = await time(12, (index) => step.run(batch, arrays, index));
  await step.release();
  console.log(`  one run, selection inside (${BATCH} x ${SIDE} x ${SIDE}): ${describeTiming(whole)}`);

  // What selecting between two runs would add: trunk, pyramid, RPN and proposals, once more.
  const pixels = input('pixels', 'float32', [BATCH, 3, SIDE, SIDE]);
  const sizes = input('imageSizes', 'float32', [BATCH, 2]);
  const anchors = canvasAnchors(config, shape).perLevel.map(
    (data): Value => constant({ dtype: 'float32', shape: [data.length / 4, 4], data }),
  );
  const proposals = propose(
    network.rpn(network.features(pixels).pyramid),
    anchors,
    sizes,
    proposalRule(config, 'train'),
  );
  const first = await compile({ outputs: { boxes: proposals.boxes, scores: proposals.scores }, bindings: frozen });
  const feeds = {
    pixels: { dtype: 'float32' as const, shape: [BATCH, 3, SIDE, SIDE], data: batch.pixels },
    imageSizes: { dtype: 'float32' as const, shape: [BATCH, 2], data: Float32Array.from(batch.imageSizes) },
    ...Object.fromEntries([...trained].filter(([name]) => first.inputNames.includes(name))),
  };
  const again = await time(12, () => first.run(feeds));
  console.log(
    `  forward to proposals, which a second run would repeat: ${describeTiming(again)}, +${((100 * again.medianMs) / whole.medianMs).toFixed(0)} %`,
  );
}
