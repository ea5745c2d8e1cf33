/**
 * @file A training step of the default model on a GPU beside the CPU: time, losses, and how far the gradients differ.
 *
 *     npx tsx benchmarks/gpu-step.ts webgpu|cuda [--batch 8] [--side 352] [--steps 20]
 */
import { parseArgs } from 'node:util';
import { lite0DetectorConfig } from '../src/detector/config.ts';
import { detectorNetwork } from '../src/detector/network.ts';
import { initialParameters, type Parameters } from '../src/nn/parameters.ts';
import { isInFrozenStage, trunks } from '../src/nn/trunks/trunk.ts';
import { executionProviders } from '../src/onnx/session.ts';
import { compile } from '../src/onnx/session-node.ts';
import { Random } from '../src/random/random.ts';
import type { StepResult } from '../src/training/trainable.ts';
import { compileStep } from '../src/training/training-step.ts';
import { describeTiming, time } from './stopwatch.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '8' },
    side: { type: 'string', default: '352' },
    steps: { type: 'string', default: '20' },
  },
});
const [batchSize, side, steps] = [Number(values.batch), Number(values.side), Number(values.steps)];
const gpu = executionProviders.find((each) => each === positionals[0]);
if (gpu === undefined) throw new Error(`expected one of ${executionProviders}; got ${positionals[0]}`);

const config = lite0DetectorConfig(Array.from({ length: 13 }, (_, index) => `class ${index + 1}`));
const network = detectorNetwork(config);
const all = initialParameters(network.specs, 1);
const isFrozen = (name: string, kind: string) => kind === 'frozen' || isInFrozenStage(trunks.lite0, 2, name);
const split = (wanted: boolean): Parameters =>
  new Map(
    network.specs.filter(({ name, kind }) => isFrozen(name, kind) === wanted).map(({ name }) => [name, all.get(name)!]),
  );
const trained = new Map([...split(false)].map(([name, { data }]) => [name, data]));
const random = new Random(3);
const batch = {
  pixels: Float32Array.from({ length: batchSize * 3 * side * side }, () => random.normal()),
  imageSizes: new Int32Array(batchSize * 2).fill(side),
  groundTruth: Array.from({ length: batchSize }, () => ({
    boxes: Float32Array.of(20, 30, 200, 300, 150, 100, 260, 220),
    labels: Int32Array.of(1 + random.below(13), 1 + random.below(13)),
    crowdBoxes: new Float32Array(0),
  })),
};

const onCpu = await stepOn('cpu');
const onGpu = await stepOn(gpu);
let [farthest, where] = [0, ''];
for (const [name, expected] of onCpu.gradients) {
  const got = onGpu.gradients.get(name)!;
  const apart = Math.sqrt(expected.reduce((sum, value, index) => sum + (value - got[index]) ** 2, 0));
  const relative = apart / Math.max(1e-12, Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0)));
  if (relative > farthest) [farthest, where] = [relative, name];
}
console.log(`gradients farthest apart: ${farthest.toFixed(4)} of their length, ${where}`);

async function stepOn(provider: (typeof executionProviders)[number]): Promise<StepResult> {
  const step = await compileStep({
    network,
    config,
    shape: { batchSize, height: side, width: side, groundTruths: 8, crowds: 2 },
    frozen: split(true),
    withGradients: true,
    compile: (definition) => compile(definition, { provider }),
  });
  const result = await step.run(batch, trained, 0);
  const timing = await time(steps, () => step.run(batch, trained, 0));
  await step.release();
  const losses = Object.entries(result.losses).map(([name, loss]) => `${name} ${loss.toFixed(5)}`);
  console.log(`${provider}, ${batchSize} x ${side} x ${side}: ${describeTiming(timing)}; ${losses.join(', ')}`);
  return result;
}
