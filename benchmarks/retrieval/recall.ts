/**
 * @file How often a garment is found again: recall of re-photographed garments among flat lays. Run with the data at
 * hand: `DEEPSHOP_DATA=DIR npx tsx benchmarks/retrieval/recall.ts MODEL [dev|val] [QUERIES]`.
 *
 * Beside the default descriptor it measures others. Choose by `dev`, the fold that training leaves out; `val` is for
 * reporting.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BoxTuple, boxAt } from '../../src/boxes/boxes.ts';
import type { CocoImage } from '../../src/dataset/coco.ts';
import { devImageIds, standardDevFold } from '../../src/dataset/dataset.ts';
import { channelsOf } from '../../src/detector/descriptors.ts';
import { type DetectorAnswer, type FeatureName, toTensorBoxes } from '../../src/detector/detector.ts';
import { createDetector } from '../../src/detector/detector-node.ts';
import { minScoreOf } from '../../src/detector/model-directory.ts';
import { readModel } from '../../src/detector/model-directory-node.ts';
import { div, maximum, mean, mul, sqrt, sum } from '../../src/graph/arithmetic.ts';
import { concat, expand, extentOf, reshape } from '../../src/graph/layout.ts';
import { roiAlign } from '../../src/graph/neural.ts';
import { input, integers, UNKNOWN, type Value } from '../../src/graph/value.ts';
import { readPhoto } from '../../src/image/decode-node.ts';
import type { Photo } from '../../src/image/photo.ts';
import { compile } from '../../src/onnx/session-node.ts';
import { Random } from '../../src/random/random.ts';
import { colourHistogram } from '../../tests/colour-engine.ts';
import { rephotograph } from './rephotograph.ts';

/** Each part has unit length times its weight; `flat` keeps the places instead of averaging them. */
interface Variant {
  readonly parts: readonly {
    readonly map: FeatureName;
    readonly size: number;
    readonly flat?: boolean;
    readonly weight?: number;
  }[];
  /** Weight of a colour histogram of the box. */
  readonly colour?: number;
}

const averaged = (...maps: FeatureName[]) => maps.map((map) => ({ map, size: 3 }));
const kept = (map: FeatureName, size: number) => ({ map, size, flat: true });
const variants: Readonly<Record<string, Variant>> = {
  'C4 C5': { parts: averaged('C4', 'C5') },
  C4: { parts: averaged('C4') },
  C5: { parts: averaged('C5') },
  'P3 P4 P5': { parts: averaged('P3', 'P4', 'P5') },
  'C4 C5 P3 P4 P5': { parts: averaged('C4', 'C5', 'P3', 'P4', 'P5') },
  'C4 C5, colour 0.6': { parts: averaged('C4', 'C5'), colour: 0.6 },
  'C3 C4 C5': { parts: averaged('C3', 'C4', 'C5') },
  'C2 C3 C4 C5': { parts: averaged('C2', 'C3', 'C4', 'C5') },
  'C3 C4 C5, colour 0.4': { parts: averaged('C3', 'C4', 'C5'), colour: 0.4 },
  'C3 C4 C5, C3 in 2x2': { parts: [...averaged('C3', 'C4', 'C5'), kept('C3', 2)] },
  'C3 C4 C5, C3 in 3x3 (garment)': { parts: [...averaged('C3', 'C4', 'C5'), kept('C3', 3)] },
  'C3 in 3x3, C4 in 3x3, C5 in 2x2': { parts: [kept('C3', 3), kept('C4', 3), kept('C5', 2)] },
};
const maps: readonly FeatureName[] = ['C2', 'C3', 'C4', 'C5', 'P3', 'P4', 'P5'];

const root = process.env.DEEPSHOP_DATA;
const [, , modelDirectory = 'models/lite0-street13', part = 'dev', queryCount = '150'] = process.argv;
if (root === undefined) throw new Error('set DEEPSHOP_DATA to the folder with cc0 and ccp');
const model = await readModel(modelDirectory);
const detector = await createDetector(model, { features: maps });
const names = Object.keys(variants);
const session = await compile(variantsGraph());

const cc0 = await photosOf('cc0');
const streets = await photosOf('ccp');
const catalogue: Float32Array[][] = [];
for (const { file, box } of cc0) catalogue.push((await embed(await readPhoto(file), [box]))[0]);

const modes = ['box given', 'detector', 'whole picture'] as const;
const ranks = Object.fromEntries(modes.map((mode) => [mode, names.map((): number[] => [])]));
const random = new Random(7);
const chosen = random.shuffle(cc0.map((_, index) => index)).slice(0, Number(queryCount));
let missed = 0;
for (const index of chosen) {
  const { file, mask } = cc0[index];
  const { photo, box } = await rephotograph(file, mask, random.pick(streets).file, random);
  const answer = await detector.detect(photo);
  const found = shownBox(answer, box);
  if (found === null) missed += 1;
  const whole: BoxTuple = [0, 0, photo.width, photo.height];
  const vectors = await embed(photo, [box, found ?? whole, whole], answer);
  modes.forEach((mode, row) => {
    names.forEach((_, variant) => {
      ranks[mode][variant].push(rankOf(vectors[row][variant], variant, index));
    });
  });
}
console.log(
  `${part}: ${catalogue.length} items, ${chosen.length} queries; ${missed} without a detection that overlaps the garment by half`,
);
console.log(`${''.padEnd(34)} ${modes.map((mode) => `${mode} @1 @10`.padStart(22)).join('')}`);
names.forEach((name, variant) => {
  const cells = modes.map((mode) => {
    const share = (k: number) => ranks[mode][variant].filter((rank) => rank < k).length / chosen.length;
    return `${share(1).toFixed(3)} ${share(10).toFixed(3)}`.padStart(22);
  });
  console.log(`${name.padEnd(34)} ${cells.join('')}`);
});
process.exit(0);

async function photosOf(set: string): Promise<{ file: string; mask: string; box: BoxTuple }[]> {
  const { images, annotations } = JSON.parse(await readFile(join(root!, set, 'annotations.json'), 'utf8'));
  const split = JSON.parse(await readFile(join(root!, set, 'split.json'), 'utf8'));
  const dev = devImageIds(
    images.filter(({ file_name }: CocoImage) => split[file_name] === 'train'),
    standardDevFold,
  );
  const isWanted = ({ file_name, id }: CocoImage) => (part === 'val' ? split[file_name] === 'val' : dev.has(id));
  const boxOf = new Map(annotations.map((a: { image_id: number; bbox: number[] }) => [a.image_id, a.bbox]));
  return images
    .filter((image: CocoImage) => isWanted(image) && boxOf.has(image.id))
    .map(({ file_name, id }: CocoImage) => {
      const [x, y, w, h] = boxOf.get(id) as [number, number, number, number];
      const stem = file_name.replace(/\.[^.]+$/, '');
      return {
        file: join(root!, set, 'images', file_name),
        mask: join(root!, set, 'masks', `${stem}.png`),
        box: [x, y, x + w, y + h],
      };
    });
}

/** The best detection that is shown and overlaps the garment by half: what a shopper would tap on. */
function shownBox({ detections: { boxes, labels, scores } }: DetectorAnswer, wanted: BoxTuple): BoxTuple | null {
  let best: BoxTuple | null = null;
  let highest = 0.5;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] < minScoreOf(model.minScore, model.config.classes[labels[i] - 1])) continue;
    const box = boxAt(boxes, i);
    const iou = overlap(box, wanted);
    if (iou >= highest) [best, highest] = [box, iou];
  }
  return best;
}

function overlap(a: BoxTuple, b: BoxTuple): number {
  const shared =
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const area = (box: BoxTuple) => (box[2] - box[0]) * (box[3] - box[1]);
  return shared / (area(a) + area(b) - shared);
}

/** `[boxes][variants]` vectors. */
async function embed(photo: Photo, boxes: readonly BoxTuple[], known?: DetectorAnswer): Promise<Float32Array[][]> {
  const { features, prepared } = known ?? (await detector.detect(photo));
  const data = toTensorBoxes(Float32Array.from(boxes.flat()), prepared);
  const results = await session.run({ ...features, boxes: { dtype: 'float32', shape: [boxes.length, 4], data } });
  return boxes.map((box, row) =>
    names.map((name, variant) => {
      const { data: all, shape } = results[`variant${variant}`];
      const vector = (all as Float32Array).slice(row * shape[1], (row + 1) * shape[1]);
      const { colour } = variants[name];
      return colour === undefined ? vector : joined(vector, colourHistogram(photo, box), colour);
    }),
  );
}

function joined(vector: Float32Array, colours: Float32Array, weight: number): Float32Array {
  const length = Math.hypot(1, weight);
  return Float32Array.from([...vector, ...colours.map((value) => value * weight)], (value) => value / length);
}

function rankOf(query: Float32Array, variant: number, right: number): number {
  const similarity = (index: number) =>
    catalogue[index][variant].reduce((total, value, i) => total + value * query[i], 0);
  const wanted = similarity(right);
  return catalogue.reduce((rank, _, index) => rank + (index !== right && similarity(index) > wanted ? 1 : 0), 0);
}

function variantsGraph() {
  const inputs = Object.fromEntries(
    maps.map((map) => [map, input(map, 'float32', [1, channelsOf(map, model.config), UNKNOWN, UNKNOWN])]),
  );
  const boxes = input('boxes', 'float32', [UNKNOWN, 4]);
  const photo = expand(integers([0]), extentOf(boxes, 0));
  const unit = (rows: Value) => div(rows, maximum(sqrt(sum(mul(rows, rows), [1], { keep: true })), 1e-12));
  const outputs = names.map((name, index) => {
    const parts = variants[name].parts.map(({ map, size, flat, weight = 1 }) => {
      const scale = 1 / 2 ** Number(map.slice(1));
      const aligned = roiAlign(inputs[map], boxes, photo, { size, samplingRatio: 2, scale, aligned: true });
      const pooled = flat ? reshape(aligned, [-1, channelsOf(map, model.config) * size * size]) : mean(aligned, [2, 3]);
      return mul(unit(pooled), weight);
    });
    return [`variant${index}`, unit(concat(parts, 1))] as const;
  });
  return { outputs: Object.fromEntries(outputs) };
}
