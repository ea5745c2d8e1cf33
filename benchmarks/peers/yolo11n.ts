/**
 * @file The bundled model's network, boxes and vectors of what is shown, beside that of YOLO11n, boxes before suppression: one runtime, one
 * picture size, alternating in one run.
 *
 *     python benchmarks/peers/yolo11n.py 384 320 DIR && npx tsx benchmarks/peers/yolo11n.ts DIR/yolo11n.onnx
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Random, seedFrom } from '../../src/random/random.ts';
import { drawOutfit, randomOutfit } from '../../src/studio/outfit.ts';
import { renderJpeg } from '../../src/studio/render-node.ts';
import { openBareModel } from '../bare-model.ts';

const rounds = 15;
const callsARound = 10;
const threads = 2;
const model = fileURLToPath(new URL('../../models/lite0-street13', import.meta.url));

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('expected the file that yolo11n.py wrote');
const yolo = await InferenceSession.create(path, { intraOpNumThreads: threads });
const [, , height, width] = (yolo.inputMetadata[0] as InferenceSession.TensorValueMetadata).shape.map(Number);
const pixels = new Tensor('float32', new Float32Array(3 * height * width).fill(0.5), [1, 3, height, width]);

const folder = await mkdtemp(join(tmpdir(), 'yolo-bench-'));
const files: string[] = [];
for (let seed = 0; seed < callsARound; seed++) {
  const outfit = randomOutfit(new Random(seedFrom(seed, 'bench')), { theme: 'demo' });
  const file = join(folder, `${seed}.jpg`);
  // As wide as the picture is, once it is as high.
  const scale = height / outfit.height;
  await writeFile(file, await renderJpeg(drawOutfit({ ...outfit, width: Math.floor(width / scale) })));
  files.push(file);
}
const ours = await openBareModel({ model, files, threads, shown: true });

async function round(call: (index: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < callsARound; index++) await call(index);
  return (performance.now() - started) / callsARound;
}
const runYolo = () => yolo.run({ [yolo.inputNames[0]]: pixels });
const ratios: number[] = [];
const times: { ours: number; yolo: number }[] = [];
await round(ours);
await round(runYolo);
for (let index = 0; index < rounds; index++) {
  const time = { ours: await round(ours), yolo: await round(runYolo) };
  times.push(time);
  ratios.push(time.ours / time.yolo);
}
await rm(folder, { recursive: true });
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
console.log(
  `${width} x ${height}, ${threads} threads: ours ${median(times.map(({ ours: ms }) => ms)).toFixed(1)} ms, ` +
    `YOLO11n ${median(times.map(({ yolo: ms }) => ms)).toFixed(1)} ms; ratio ${median(ratios).toFixed(2)} ` +
    `(${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} over ${rounds} rounds)`,
);
