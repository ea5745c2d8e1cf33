/**
 * @file The full Faster R-CNN with FPN beside torchvision's: same random weights, saved by torch.save in both
 * its forms and imported here, same input, answers compared.
 *
 *     npx tsx benchmarks/peers/resnet-fpn.ts [--arch r50|r101|x101-32x8d|x101-64x4d] [--seed N]
 *
 * Needs a Python with torch, torchvision and safetensors (`PYTHON`, default `python3`). Weights stay in a temporary
 * folder. Exit code 1 when the answers differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importDetector } from '../../src/detector/import-detector.ts';
import { inferenceGraph } from '../../src/detector/inference-graph.ts';
import { detectorNetwork } from '../../src/detector/network.ts';
import type { TrunkName } from '../../src/nn/trunks/trunk.ts';
import { compile } from '../../src/onnx/session-node.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { readSafetensors } from '../../src/weights/safetensors-node.ts';
import { readWeightFile } from '../../src/weights/weight-file-node.ts';

const { values: flags } = parseArgs({
  options: { arch: { type: 'string', default: 'r50' }, seed: { type: 'string', default: '1' } },
});

const folder = mkdtempSync(join(tmpdir(), 'deepshop-peer-'));
process.exitCode = 1;
try {
  const script = fileURLToPath(new URL('resnet_fpn.py', import.meta.url));
  execFileSync(process.env.PYTHON ?? 'python3', [script, folder, flags.arch, flags.seed], { stdio: 'inherit' });
  process.exitCode = (await compare()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(): Promise<boolean> {
  const arch = flags.arch as TrunkName;
  const [imported, legacy] = await Promise.all(
    ['weights.pth', 'weights-legacy.pth'].map(async (name) =>
      importDetector(await readWeightFile(join(folder, name)), { arch }, name),
    ),
  );
  const { config, parameters: bindings, report } = imported!;
  const isWhole = report.missing.length + report.leftOver.length === 0;
  const isSame = [...bindings].every(([name, { data }]) => {
    const other = legacy!.parameters.get(name)!.data;
    return data.every((value, at) => value === other[at]);
  });
  console.log(
    `${report.matched.length} arrays imported, ${isWhole ? 'none' : 'SOME'} missing or left over; both forms of file ${isSame ? 'equal' : 'DIFFER'}`,
  );
  const { tensors: wanted } = await readSafetensors(join(folder, 'answers.safetensors'));
  const network = detectorNetwork(config);
  const { detections, intermediate } = inferenceGraph(network, config);
  const { rpn, proposals, boxHead } = intermediate;
  const outputs = { ...rpn, proposals: proposals.boxes, ...boxHead, ...detections };
  const session = await compile({ outputs, bindings }, { threads: 2 });
  const found = await session.run({ pixels: wanted.get('pixels')!, imageSizes: wanted.get('imageSize')! });
  const pair = (name: string): [Float32Array, Float32Array] => [numbersOf(found[name]), numbersOf(wanted.get(name)!)];

  // A choice that hangs on a rounding may go the other way: rows are paired by their boxes, and the unpaired counted.
  const places = matchRows(...pair('proposals'), 1e-2);
  const proposalRows = places.filter((row) => row >= 0).length;
  const [boxes, wantedBoxes] = pair('boxes');
  const [labels, wantedLabels] = pair('labels');
  const [scores, wantedScores] = pair('scores');
  const rows = matchRows(boxes, wantedBoxes, 1e-2, (own, other) => labels[own] === wantedLabels[other]);
  const detectionRows = rows.filter((row) => row >= 0).length;
  const inOrder = rows.filter((row, at) => row === at).length;
  const differences = {
    'objectness logits of all anchors': worstOf(...pair('objectness')),
    'deltas of all anchors': worstOf(...pair('deltas')),
    'class logits of the same proposals': worstOfRows(...pair('classLogits'), places),
    'box deltas of the same proposals': worstOfRows(...pair('boxDeltas'), places),
    'edges of detections, pixels': worstOfRows(boxes, wantedBoxes, rows),
    'scores of detections': worstOfRows(scores, wantedScores, rows),
  };
  for (const [name, difference] of Object.entries(differences))
    console.log(`${name}: at most ${difference.toExponential(2)} apart`);
  console.log(`proposals: ${proposalRows} of ${places.length} are the same within 1e-2 pixels`);
  console.log(
    `detections: ${detectionRows} of ${rows.length} of ${new Set(wantedLabels).size} classes are the same within 1e-2 pixels, ${inOrder} at the same rank`,
  );
  const lively = rows.length >= 100 && new Set(wantedLabels).size >= 3;
  const equal =
    detectionRows === rows.length && boxes.length === wantedBoxes.length && differences['scores of detections'] < 1e-4;
  console.log(!lively ? 'too few detections to prove anything' : equal ? 'equal' : 'DIFFERENT');
  return lively && equal && isWhole && isSame;
}

function numbersOf({ data }: Tensor): Float32Array {
  return data instanceof BigInt64Array ? Float32Array.from(data, Number) : (data as Float32Array);
}

/** For each wanted box the row of ours that equals it within a tolerance, or -1; each of ours at most once. */
function matchRows(
  boxes: Float32Array,
  wanted: Float32Array,
  tolerance: number,
  fits = (_own: number, _other: number) => true,
): number[] {
  const free = new Set(Array.from({ length: boxes.length / 4 }, (_, row) => row));
  return Array.from({ length: wanted.length / 4 }, (_, other) => {
    for (const own of free) {
      const isNear = [0, 1, 2, 3].every(
        (edge) => Math.abs(boxes[own * 4 + edge] - wanted[other * 4 + edge]) <= tolerance,
      );
      if (!isNear || !fits(own, other)) continue;
      free.delete(own);
      return own;
    }
    return -1;
  });
}

function worstOf(found: Float32Array, wanted: Float32Array): number {
  return found.reduce(
    (worst, value, at) => Math.max(worst, Math.abs(value - wanted[at])),
    found.length === wanted.length ? 0 : Number.NaN,
  );
}

/** The largest difference among rows that have a pair. */
function worstOfRows(found: Float32Array, wanted: Float32Array, rows: readonly number[]): number {
  const width = wanted.length / rows.length;
  return rows.reduce((worst, own, other) => {
    if (own < 0) return worst;
    return Math.max(
      worst,
      worstOf(found.subarray(own * width, (own + 1) * width), wanted.subarray(other * width, (other + 1) * width)),
    );
  }, 0);
}
