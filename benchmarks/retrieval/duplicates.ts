/**
 * @file How near the vectors of two drawn garments may be, and of one photo that was saved twice: what the threshold of
 * `retrieval/fold-duplicates.ts` stands between.
 *
 *     npx tsx benchmarks/retrieval/duplicates.ts [MODEL] [COUNT]
 */
import sharp from 'sharp';
import { openEngine } from '../../src/embedding/open-engine-node.ts';
import { readPhoto } from '../../src/image/decode-node.ts';
import { sameVector } from '../../src/retrieval/fold-duplicates.ts';
import { similarityOf } from '../../src/stores/nearest.ts';
import { demoCatalogue } from '../../src/studio/catalogue.ts';
import { drawFlatLay } from '../../src/studio/flat-lay.ts';
import { renderJpeg } from '../../src/studio/render-node.ts';

const [model = 'models/lite0-street13', count = '300'] = process.argv.slice(2);
const engine = await openEngine(model);

/** Of the garment that the detector is surest of; null where it finds none. */
async function garmentOf(jpeg: Buffer): Promise<{ label: string; vector: Float32Array } | null> {
  const { detections } = await engine.analyse(await readPhoto(jpeg), { descriptor: 'garment' });
  return detections[0] ?? null;
}

const cosine = (a: Float32Array, b: Float32Array) => similarityOf(a, b, 'cosine');

const garments: { label: string; vector: Float32Array }[] = [];
const resaved: number[] = [];
for (const { scene } of demoCatalogue(1, Number(count))) {
  const jpeg = await renderJpeg(drawFlatLay(scene));
  const garment = await garmentOf(jpeg);
  if (garment === null) continue;
  const again = await garmentOf(await sharp(jpeg).jpeg({ quality: 75 }).toBuffer());
  garments.push(garment);
  if (again?.label === garment.label) resaved.push(cosine(garment.vector, again.vector));
}
const nearest = garments.map(({ label, vector }, i) =>
  Math.max(...garments.map((other, j) => (i !== j && other.label === label ? cosine(vector, other.vector) : -1))),
);
const quantile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))].toFixed(4);
console.log(`${garments.length} drawn garments of ${count}, ${model}`);
console.log(`nearest other garment of the class: median ${quantile(nearest, 0.5)}, largest ${quantile(nearest, 1)}`);
console.log(
  `saved again at JPEG quality 75 (${resaved.length}): a tenth below ${quantile(resaved, 0.1)}, median ${quantile(resaved, 0.5)}`,
);
const folded = (similarities: readonly number[]) =>
  similarities.filter((similarity) => similarity >= sameVector).length;
console.log(
  `folded from ${sameVector} on: ${folded(resaved)} of ${resaved.length} saved again, ${folded(nearest)} of ${nearest.length} others`,
);
await engine.release();
