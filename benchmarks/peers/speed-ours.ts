/**
 * @file Our half of speed.ts: builds one case on the weights that PyTorch's half saved, then does one step for each line
 * on stdin and answers with a JSON line. See speed.py for the scope of a step.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { lite0DetectorConfig, resnet50DetectorConfig } from '../../src/detector/config.ts';
import { inferenceGraph } from '../../src/detector/inference-graph.ts';
import { detectorNetwork } from '../../src/detector/network.ts';
import { clipFactor, commonNorm, sgd } from '../../src/nn/optimizers.ts';
import { type Parameters, parametersFrom } from '../../src/nn/parameters.ts';
import { isInFrozenStage, type TrunkName, trunks } from '../../src/nn/trunks/trunk.ts';
import { compile } from '../../src/onnx/session-node.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { compileStep } from '../../src/training/training-step.ts';
import { renameTensors, torchvisionFasterRcnnNames } from '../../src/weights/name-maps.ts';
import { readSafetensors } from '../../src/weights/safetensors-node.ts';

const [caseName, folder, threads, arena] = process.argv.slice(2) as [string, string, string, string];
const settings = JSON.parse(readFileSync(new URL('speed-cases.json', import.meta.url), 'utf8'))[caseName];
const options = { threads: Number(threads), memoryArena: arena === 'arena' };
const classes = Array.from({ length: 13 }, (_, index) => `class${index + 1}`);
const config = settings.network === 'r50' ? resnet50DetectorConfig(classes) : lite0DetectorConfig(classes);
if (settings.kind === 'train' && settings.network === 'r50') config.boxHead.batchSize = 256;
const network = detectorNetwork(config);
const { tensors } = await readSafetensors(`${folder}/weights.safetensors`);
const parameters = parametersFrom(network.specs, renameTensors(tensors, torchvisionFasterRcnnNames), folder);
const pixels = (await readSafetensors(`${folder}/input.safetensors`)).tensors.get('pixels')!;

const run = settings.kind === 'train' ? await trainer(parameters) : await inferrer(parameters);
console.log(JSON.stringify({ versions: `deep-shopping on onnxruntime-node, Node ${process.version}` }));
for await (const _line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const found = await run();
  const ms = performance.now() - start;
  console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024, ...found }));
}

type Step = () => Promise<Record<string, number>>;

async function trainer(all: Parameters): Promise<Step> {
  const trunk = trunks[settings.network as TrunkName];
  const isTrained = ({ name, kind }: (typeof network.specs)[number]) =>
    kind === 'trainable' && !isInFrozenStage(trunk, settings.frozenStages, name);
  const trained = new Map(network.specs.filter(isTrained).map(({ name }) => [name, all.get(name)!.data]));
  const frozen = new Map([...all].filter(([name]) => !trained.has(name)));
  const { batch: n, height, width, boxes, labels, imageSize } = settings;
  const shape = { batchSize: n, height, width, groundTruths: 8, crowds: 1 };
  const step = await compileStep({
    network,
    config,
    shape,
    frozen,
    withGradients: true,
    compile: (definition) => compile(definition, options),
  });
  const truth = {
    boxes: Float32Array.from(boxes.flat()),
    labels: Int32Array.from(labels),
    crowdBoxes: new Float32Array(0),
  };
  const batch = {
    pixels: pixels.data as Float32Array,
    imageSizes: Int32Array.from(Array.from({ length: n }, () => imageSize).flat()),
    groundTruth: Array.from({ length: n }, () => truth),
  };
  const optimizer = sgd({ momentum: 0.9, groupOf: () => ({ weightDecay: 1e-4 }) });
  const state = optimizer.init(trained);
  let count = 0;
  for (const data of trained.values()) count += data.length;
  return async () => {
    const { losses, gradients } = await step.run(batch, trained, state.stepCount);
    const factor = clipFactor(commonNorm(gradients), 10);
    optimizer.step(trained, gradients, state, settings.learningRate, factor);
    return { loss: losses.total, trained: count };
  };
}

async function inferrer(bindings: Parameters): Promise<Step> {
  const { detections } = inferenceGraph(network, config);
  const session = await compile({ outputs: { ...detections }, bindings }, options);
  const imageSizes = tensor('float32', [1, 2], Float32Array.from(settings.imageSize));
  return async () => {
    const found = await session.run({ pixels, imageSizes });
    return { proposals: config.rpn.postNmsTop.test, detections: found.scores!.data.length };
  };
}
