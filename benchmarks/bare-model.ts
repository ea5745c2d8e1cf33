/** @file The bundled model on photos that are tensors already, vectors of what it finds included; also as a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { gatherBoxes } from '../src/boxes/boxes.ts';
import { mapsOf } from '../src/detector/descriptors.ts';
import { toTensorBoxes } from '../src/detector/detector.ts';
import { createDetector } from '../src/detector/detector-node.ts';
import { minScoreOf } from '../src/detector/model-directory.ts';
import { readModel } from '../src/detector/model-directory-node.ts';
import { regionGraph } from '../src/embedding/region-graph.ts';
import { readPhoto } from '../src/image/decode-node.ts';
import { preprocess } from '../src/image/preprocess.ts';
import { compile } from '../src/onnx/session-node.ts';
import { lowestFittingScore } from '../src/retrieval/choose-garment.ts';

export interface BareModelData {
  readonly model: string;
  readonly files: readonly string[];
  readonly threads: number;
  /** Vectors are made of what is shown to a shopper, not of all that indexing looks at. */
  readonly shown?: boolean;
}

/** Opens the model and prepares the photos; what is returned runs one of them, as indexing does unless told otherwise. */
export async function openBareModel({ model: directory, files, threads, shown = false }: BareModelData) {
  const model = await readModel(directory);
  const { garment } = model.descriptors;
  if (garment === undefined) throw new Error('the model has no descriptor garment');
  const detector = await createDetector(model, { threads, features: mapsOf(garment) });
  const regions = await compile(regionGraph(garment, model), { threads: 1 });
  const prepared = await Promise.all(files.map(async (file) => preprocess(await readPhoto(file), model.preprocessing)));
  return async (index: number): Promise<void> => {
    const photo = prepared[index % prepared.length];
    const { detections, features } = await detector.detectPrepared(photo);
    const { scores, labels, boxes } = detections;
    const lowestOf = (label: number) =>
      shown ? minScoreOf(model.minScore, model.config.classes[label - 1]) : lowestFittingScore;
    const rows = Int32Array.from(scores.keys()).filter((row) => scores[row] >= lowestOf(labels[row]));
    const count = rows.length;
    if (count === 0) return;
    const data = toTensorBoxes(gatherBoxes(boxes, rows), photo);
    await regions.run({ ...features, boxes: { dtype: 'float32', shape: [count, 4], data } });
  };
}

// As a thread: a number of photos comes in, and is answered when they are done.
if (parentPort !== null) {
  const port = parentPort;
  const run = await openBareModel(workerData as BareModelData);
  port.postMessage('ready');
  port.on('message', async (photos: number) => {
    for (let index = 0; index < photos; index++) await run(index);
    port.postMessage('done');
  });
}
