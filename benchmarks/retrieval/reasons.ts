/**
 * @file How far apart the colours of one dye and of two are, and how alike plain and patterned garments: on which side of
 * the thresholds of `retrieval/explain-hit.ts` pairs of drawn garments fall. No model is run; boxes are the drawn ones.
 *
 *     npx tsx benchmarks/retrieval/reasons.ts [COUNT] [SEED]
 */

import { readPhoto } from '../../src/image/decode-node.ts';
import { paletteDistance } from '../../src/image/dominant-colours.ts';
import { textureSimilarity } from '../../src/image/texture.ts';
import { alikeTexture, colourWords } from '../../src/retrieval/explain-hit.ts';
import { factsSchema, type GarmentFacts, lookAtGarment } from '../../src/retrieval/garment-facts.ts';
import { type CatalogueItem, demoCatalogue } from '../../src/studio/catalogue.ts';
import { drawFlatLay } from '../../src/studio/flat-lay.ts';
import { renderJpeg } from '../../src/studio/render-node.ts';

const [count = '120', seed = '1'] = process.argv.slice(2);
const items = demoCatalogue(Number(seed), Number(count));

interface Looked extends GarmentFacts {
  readonly item: CatalogueItem;
}
const looked: Looked[] = [];
for (const item of items) {
  const drawn = drawFlatLay(item.scene);
  const photo = await readPhoto(await renderJpeg(drawn));
  looked.push({ item, ...lookAtGarment(photo, drawn.garments[0].box, factsSchema) });
}
const isPlain = ({ item }: Looked) => item.pattern === 'plain';
const plain = looked.filter(isPlain);
const patterned = looked.filter((one) => !isPlain(one));
const pairsOf = (list: readonly Looked[]) =>
  list.flatMap((one, at) => list.slice(at + 1).map((other) => ({ one, other })));
type Pair = ReturnType<typeof pairsOf>[number];

const hasOneDye = ({ one, other }: Pair) => one.item.colour === other.item.colour;
const distances = (pairs: readonly Pair[]) =>
  pairs.map(({ one, other }) => paletteDistance(one.colours ?? [], other.colours ?? []));
const similarities = (pairs: readonly Pair[]) =>
  pairs.flatMap(({ one, other }) =>
    one.texture === null || other.texture === null ? [] : [textureSimilarity(one.texture, other.texture)],
  );

const shareOf = (values: readonly number[], holds: (value: number) => boolean) =>
  (values.filter(holds).length / values.length).toFixed(3);
const quantiles = (values: readonly number[], shares: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return shares.map((share) => sorted[Math.round(share * (sorted.length - 1))].toFixed(2)).join(', ');
};
const shares = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95];

console.log(
  `${items.length} drawn garments (seed ${seed}): ${plain.length} plain, ${patterned.length} patterned; quantiles ${shares.join(', ')}`,
);
const plainPairs = pairsOf(plain);
const colourGroups: readonly (readonly [string, readonly Pair[]])[] = [
  ['plain, one dye', plainPairs.filter(hasOneDye)],
  ['plain, two dyes', plainPairs.filter((pair) => !hasOneDye(pair))],
  ['patterned, same ground and accent', pairsOf(patterned).filter(hasSameColours)],
];
console.log('\nmean delta E between dominant colours');
for (const [name, pairs] of colourGroups) {
  const values = distances(pairs);
  console.log(`  ${name}, ${values.length} pairs: ${quantiles(values, shares)}`);
  let from = 0;
  for (const [limit, word] of colourWords) {
    const lowest = from;
    console.log(`    ${word} (${lowest} to ${limit}): ${shareOf(values, (value) => value >= lowest && value < limit)}`);
    from = limit;
  }
}
const textureGroups: readonly (readonly [string, readonly Pair[]])[] = [
  ['both plain', plainPairs],
  ['plain and patterned', plain.flatMap((one) => patterned.map((other) => ({ one, other })))],
  ['patterned, same pattern', pairsOf(patterned).filter(({ one, other }) => one.item.pattern === other.item.pattern)],
  ['patterned, other pattern', pairsOf(patterned).filter(({ one, other }) => one.item.pattern !== other.item.pattern)],
];
console.log(`\ntexture similarity; from ${alikeTexture} on it is called similar`);
for (const [name, pairs] of textureGroups) {
  const values = similarities(pairs);
  const alike = shareOf(values, (value) => value >= alikeTexture);
  console.log(`  ${name}, ${values.length} pairs: ${quantiles(values, shares)}; similar: ${alike}`);
}

function hasSameColours({ one, other }: Pair): boolean {
  return one.item.spec.colour === other.item.spec.colour && one.item.spec.accent === other.item.spec.accent;
}
