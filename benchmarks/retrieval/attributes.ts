/**
 * @file The paper's claim, measured: whether what a search answers has the colour and the pattern of what was asked for.
 * On a drawn catalogue whose attributes are known; each item is asked for and left out of its own answer.
 *
 *     npx tsx benchmarks/retrieval/attributes.ts [MODEL] [COUNT] [SEED]
 */
import type { DescriptorName } from '../../src/embedding/descriptor.ts';
import { openEngine } from '../../src/embedding/open-engine-node.ts';
import { precisionAt } from '../../src/evaluation/retrieval-metrics.ts';
import { colourHistogram } from '../../src/image/colour-histogram.ts';
import { readPhoto } from '../../src/image/decode-node.ts';
import { type CatalogueItem, demoCatalogue } from '../../src/studio/catalogue.ts';
import { drawFlatLay } from '../../src/studio/flat-lay.ts';
import { renderJpeg } from '../../src/studio/render-node.ts';

const [model = 'models/lite0-street13', count = '300', seed = '1'] = process.argv.slice(2);
const engine = await openEngine(model, { threads: 1 });
const items = demoCatalogue(Number(seed), Number(count));

const describers = ['garment', 'paper', 'colour histogram'] as const;
const vectors: Record<(typeof describers)[number], Float32Array[]> = { garment: [], paper: [], 'colour histogram': [] };
for (const { scene } of items) {
  const drawn = drawFlatLay(scene);
  const photo = await readPhoto(await renderJpeg(drawn));
  const { box } = drawn.garments[0];
  for (const name of ['garment', 'paper'] satisfies DescriptorName[]) {
    vectors[name].push((await engine.embedBoxes(photo, [box], name))[0]);
  }
  vectors['colour histogram'].push(colourHistogram(photo, box));
}
await engine.release();

/** Nearest first. */
function othersByDistance(name: keyof typeof vectors, asked: number): CatalogueItem[] {
  const own = vectors[name][asked];
  const distanceTo = (vector: Float32Array) => vector.reduce((sum, value, i) => sum + (value - own[i]) ** 2, 0);
  return items
    .map((item, index) => ({ item, index, distance: distanceTo(vectors[name][index]) }))
    .filter(({ index }) => index !== asked)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .map(({ item }) => item);
}

const attributes = ['colour', 'pattern', 'label'] as const;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const ofClass = (list: readonly CatalogueItem[], { label }: CatalogueItem) =>
  list.filter((item) => item.label === label);

/** The share of the first three with the asked item's value; of the whole list where there are no three to choose. */
function row(name: string, listOf: (asked: number) => CatalogueItem[], depth: number | null): string {
  const cells = [false, true].flatMap((isWithinClass) =>
    attributes
      .filter((attribute) => !(isWithinClass && attribute === 'label'))
      .map((attribute) => {
        const shares = items.flatMap((item, asked) => {
          const list = isWithinClass ? ofClass(listOf(asked), item) : listOf(asked);
          const flags = list.map((other) => other[attribute] === item[attribute]);
          return list.length === 0 ? [] : [precisionAt(flags, Math.min(depth ?? flags.length, flags.length))];
        });
        return mean(shares).toFixed(3).padStart(10);
      }),
  );
  return `${name.padEnd(18)}${cells.join('')}`;
}

console.log(`${items.length} drawn items (seed ${seed}), each asked for among the others, boxes given; ${model}`);
console.log('share of the nearest three with the same value, of all items and of those of its class');
console.log(`${''.padEnd(18)}${[...attributes, 'colour', 'pattern'].map((name) => name.padStart(10)).join('')}`);
for (const name of describers) console.log(row(name, (asked) => othersByDistance(name, asked), 3));
console.log(row('random order', (asked) => items.filter((_, index) => index !== asked), null));
