/**
 * @file What 8-bit weights would cost: kernels rounded to 255 steps a row of output channels, the network's arithmetic
 * unchanged (the runtime widens them when it loads), beside the halves that are shipped. Metrics on val, size, agreement of vectors.
 *
 *     npx tsx benchmarks/quantisation.ts [--model DIR] --data PREPARED...
 */
import { parseArgs } from 'node:util';
import { boxAt } from '../src/boxes/boxes.ts';
import { openDataset } from '../src/dataset/dataset-node.ts';
import { createDetector, detectFiles } from '../src/detector/detector-node.ts';
import { type LoadedModel, readModel } from '../src/detector/model-directory-node.ts';
import { createLoadedEngine } from '../src/embedding/model-engine-node.ts';
import { parseCocoGroundTruth } from '../src/evaluation/coco-files.ts';
import { gatherDetections } from '../src/evaluation/columns.ts';
import { evaluateDetections } from '../src/evaluation/evaluate-detections.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import { sizeOf, type Tensor } from '../src/tensor/tensor.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/lite0-street13' },
    data: { type: 'string', multiple: true, default: [] as string[] },
  },
});
const photosForVectors = 100;

type Kernel = Tensor<'float32'>;

/** Kernels have two axes or more; the first is the output's. Vectors of numbers stay as they are. */
const isKernel = ({ shape }: Kernel): boolean => shape.length >= 2;

/** Symmetric, a scale a row: what a value becomes when it is stored in 8 bits and read again. */
function roundTo8Bits(kernel: Kernel): Kernel {
  const data = Float32Array.from(kernel.data);
  const rowLength = data.length / kernel.shape[0];
  for (let start = 0; start < data.length; start += rowLength) {
    const row = data.subarray(start, start + rowLength);
    const scale = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127;
    if (scale === 0) continue;
    for (const [index, value] of row.entries()) row[index] = Math.round(value / scale) * scale;
  }
  return { ...kernel, data };
}

function bytesOf({ parameters }: LoadedModel, kernelBytes: number, scaleBytes: number): number {
  let bytes = 0;
  for (const parameter of parameters.values()) {
    const size = sizeOf(parameter.shape);
    bytes += isKernel(parameter) ? size * kernelBytes + parameter.shape[0] * scaleBytes : size * 4;
  }
  return bytes;
}

async function figuresOf(model: LoadedModel): Promise<string> {
  const detector = await createDetector(model);
  const figures: string[] = [];
  for (const directory of values.data) {
    const { coco, records } = await openDataset(directory, 'val');
    const photos = await detectFiles(
      detector,
      records.map(({ photoPath }) => photoPath),
    );
    const { AP, AP50 } = evaluateDetections({
      groundTruth: parseCocoGroundTruth(coco, directory),
      detections: gatherDetections(photos),
    });
    figures.push(`${directory}, val, ${records.length} photos: mAP@0.5 ${AP50.toFixed(4)}, AP ${AP.toFixed(4)}`);
  }
  await detector.release();
  return figures.join('; ');
}

/** Cosines of the vectors of the same labelled boxes: the lowest and the mean. */
async function agreement(one: LoadedModel, other: LoadedModel): Promise<string> {
  const engines = await Promise.all([createLoadedEngine(one), createLoadedEngine(other)]);
  const cosines: number[] = [];
  for (const directory of values.data) {
    const { records } = await openDataset(directory, 'val');
    for (const { photoPath, boxes } of records.slice(0, photosForVectors)) {
      const tuples = Array.from({ length: boxes.length / 4 }, (_, row) => boxAt(boxes, row));
      if (tuples.length === 0) continue;
      const photo = await readPhoto(photoPath);
      const [a, b] = await Promise.all(engines.map((engine) => engine.embedBoxes(photo, tuples, 'garment')));
      for (const [row, vector] of a.entries()) {
        cosines.push(vector.reduce((sum, value, index) => sum + value * b[row][index], 0));
      }
    }
  }
  await Promise.all(engines.map((engine) => engine.release()));
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  return `${cosines.length} boxes: cosine ${mean.toFixed(4)} in the mean, ${Math.min(...cosines).toFixed(4)} at least`;
}

const halves = await readModel(values.model);
const bytes: LoadedModel = {
  ...halves,
  parameters: new Map(
    [...halves.parameters].map(([name, parameter]) => [
      name,
      isKernel(parameter) ? roundTo8Bits(parameter) : parameter,
    ]),
  ),
};
const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
console.log(`16 bits, ${megabytes(bytesOf(halves, 2, 0))}: ${await figuresOf(halves)}`);
console.log(`8 bits, ${megabytes(bytesOf(halves, 1, 4))}: ${await figuresOf(bytes)}`);
console.log(`vectors of the same boxes, 8 bits against 16: ${await agreement(halves, bytes)}`);
