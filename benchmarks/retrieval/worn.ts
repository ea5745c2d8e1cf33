/**
 * @file Garments worn by drawn people, looked for among the items of the demo shop: whether the worn item is found, and
 * whether what is found has its colour. Boxes and classes are given, so that the vector alone is judged.
 *
 *     npx tsx benchmarks/retrieval/worn.ts [MODEL] [PEOPLE]
 *
 * Each person wears items of the shop, with other folds and in another pose. An answer are the items of the garment's class.
 */
import { openEngine } from '../../src/embedding/open-engine-node.ts';
import {
  precisionAt,
  type RankedAnswer,
  recallAt,
  retrievalIntervals,
} from '../../src/evaluation/retrieval-metrics.ts';
import { colourHistogram } from '../../src/image/colour-histogram.ts';
import { readPhoto } from '../../src/image/decode-node.ts';
import { similarityOf } from '../../src/stores/nearest.ts';
import { type CatalogueItem, demoCatalogue, demoQuery } from '../../src/studio/catalogue.ts';
import type { GarmentLabel } from '../../src/studio/cut.ts';
import { drawFlatLay } from '../../src/studio/flat-lay.ts';
import { drawOutfit } from '../../src/studio/outfit.ts';
import { renderJpeg } from '../../src/studio/render-node.ts';
import type { DrawnScene } from '../../src/studio/scene.ts';

const [model = 'models/lite0-street13', people = '60'] = process.argv.slice(2);
/** People take turns: four garments each, in the mean. */
const outfits: readonly (readonly GarmentLabel[])[] = [
  ['tee', 'jacket', 'trousers', 'footwear', 'bag'],
  ['blouse', 'skirt', 'footwear', 'hat'],
  ['sweater', 'trousers', 'footwear', 'bag'],
  ['dress', 'cardigan', 'footwear'],
];
/** Of the first person. The demo's own photo has none of the seeds from here on. */
const firstSeed = 100;
const numItems = 300;
const depths = [1, 3, 10] as const;

const engine = await openEngine(model, { threads: 1 });
const describers = ['garment', 'paper', 'colour histogram'] as const;
type Vectors = { readonly [D in (typeof describers)[number]]: readonly Float32Array[] };

/** Of each garment of a picture, in the order of its boxes. */
async function describe(drawn: DrawnScene): Promise<Vectors> {
  const photo = await readPhoto(await renderJpeg(drawn));
  const boxes = drawn.garments.map(({ box }) => box);
  return {
    garment: await engine.embedBoxes(photo, boxes, 'garment'),
    paper: await engine.embedBoxes(photo, boxes, 'paper'),
    'colour histogram': boxes.map((box) => colourHistogram(photo, box)),
  };
}

const items = demoCatalogue(1, numItems);
const shop: { readonly item: CatalogueItem; readonly vectors: Vectors }[] = [];
for (const item of items) shop.push({ item, vectors: await describe(drawFlatLay(item.scene)) });

interface WornAnswer extends RankedAnswer {
  readonly isSameColour: readonly boolean[];
}
const answers: { [D in (typeof describers)[number]]: WornAnswer[] } = {
  garment: [],
  paper: [],
  'colour histogram': [],
};
for (let person = 0; person < Number(people); person++) {
  const { scene, matches } = demoQuery(firstSeed + person, items, outfits[person % outfits.length]);
  const drawn = drawOutfit(scene);
  const vectors = await describe(drawn);
  for (const [at, { spec, label }] of drawn.garments.entries()) {
    const relevant = matches[scene.garments.indexOf(spec)];
    const ofClass = shop.filter(({ item }) => item.label === label);
    for (const name of describers) {
      const metric = name === 'paper' ? engine.space('paper').metric : 'cosine';
      const list = ofClass
        .map(({ item, vectors: { [name]: own } }) => ({
          item,
          similarity: similarityOf(vectors[name][at], own[0], metric),
        }))
        .sort((a, b) => b.similarity - a.similarity)
        .map(({ item }) => item);
      answers[name].push({
        isRelevant: list.map(({ id }) => relevant.includes(id)),
        isSameClass: null,
        numRelevant: relevant.length,
        isSameColour: list.map(({ colour }) => colour === spec.colour),
      });
    }
  }
}
await engine.release();

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const cell = (value: number | string) => (typeof value === 'string' ? value : value.toFixed(3)).padStart(12);
console.log(
  `${answers.garment.length} garments worn by ${people} drawn people among the ${numItems} items of the demo shop; boxes and classes given; ${model}`,
);
console.log(
  `${''.padEnd(18)}${depths.map((depth) => cell(`recall@${depth}`)).join('')}${cell('same colour')}  of the first three`,
);
for (const name of describers) {
  const list = answers[name];
  const recalls = depths.map((depth) => mean(list.map((answer) => recallAt(answer, depth))));
  const colour = mean(list.map(({ isSameColour }) => precisionAt(isSameColour, 3)));
  const interval = retrievalIntervals(list, { resamples: 1000, seed: 1 }).figures['recall@1'];
  const within = interval === null ? '' : `  recall@1 ${interval.map((edge) => edge.toFixed(3)).join('-')}`;
  console.log(`${name.padEnd(18)}${[...recalls, colour].map(cell).join('')}${within}`);
}
const chance = answers.garment.map(({ isRelevant, isSameColour }) => ({
  recalls: depths.map((depth) => Math.min(1, depth / isRelevant.length)),
  colour: precisionAt(isSameColour, isSameColour.length),
}));
const random = [
  ...depths.map((_, at) => mean(chance.map(({ recalls }) => recalls[at]))),
  mean(chance.map(({ colour }) => colour)),
];
console.log(`${'random order'.padEnd(18)}${random.map(cell).join('')}`);
