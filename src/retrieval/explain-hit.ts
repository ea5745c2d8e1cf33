/** @file Why an item is in an answer: short words for people, numbers for programs. The order comes from vectors alone. */
import type { BoxTuple } from '../boxes/boxes.ts';
import { paletteDistance } from '../image/dominant-colours.ts';
import { plainEnergy, textureSimilarity } from '../image/texture.ts';
import type { Row } from '../stores/row.ts';
import { factsOf, type GarmentFacts } from './garment-facts.ts';

/** What a garment was looked for by: a box that was found or drawn, the whole picture, or items of the store. */
export type QuerySource = 'detected' | 'drawn' | 'whole' | 'items';

/** The side of the query. */
export interface ExplainedQuery {
  readonly source: QuerySource;
  readonly label: string | null;
  readonly box: BoxTuple;
  readonly facts: GarmentFacts;
}

export interface Why {
  /** Which box of the photo was used. */
  readonly box: QuerySource;
  /** Whether the detector says the same of both; null where one of them has no class. */
  readonly sameClass: boolean | null;
  /** Mean delta E between their dominant colours, 0 to about 100; null where the row does not say its colours. */
  readonly colourDistance: number | null;
  /** In `[0, 1]`, of pattern and weave; null where the row does not say. */
  readonly textureSimilarity: number | null;
  /** The ratio of the boxes' proportions, in `(0, 1]`; null where either has the whole picture for a box. */
  readonly shapeSimilarity: number | null;
  /** Products that the filter took away from before this one. */
  readonly hidden: number;
  /** The same for people. */
  readonly words: readonly string[];
}

/**
 * Where words change: up to which delta E, from which texture. `benchmarks/retrieval/reasons.ts` on 120 drawn garments:
 * nine in ten pairs of one plain dye are nearer than 13.4, nineteen in twenty of two dyes farther than 14.9; nineteen in
 * twenty pairs of plain ones have a texture of 0.66 or more, three in four of a plain and a patterned one less than 0.6.
 * The shape's is set by eye.
 */
export const colourWords = [
  [13, 'nearly the same colours'],
  [20, 'similar colours'],
  [Number.POSITIVE_INFINITY, 'other colours'],
] as const;
export const alikeTexture = 0.65;
const alikeShape = 0.8;

export function explainHit(query: ExplainedQuery, row: Row, hidden: number): Why {
  const facts = factsOf(row);
  const sameClass = query.label === null || row.label === null ? null : query.label === row.label;
  const colourDistance =
    query.facts.colours === null || facts.colours === null ? null : paletteDistance(query.facts.colours, facts.colours);
  const texture =
    query.facts.texture === null || facts.texture === null
      ? null
      : textureSimilarity(query.facts.texture, facts.texture);
  const shapeSimilarity = query.source === 'whole' || row.label === null ? null : alikeProportions(query.box, row.box);
  const words = [
    ...(sameClass === null ? [] : [sameClass ? `also ${row.label}` : `${row.label}, not ${query.label}`]),
    ...(colourDistance === null ? [] : [colourWords.find(([limit]) => colourDistance < limit)![1]]),
    ...(texture === null ? [] : [wordOfTexture(texture, query.facts, facts)]),
    // Unlike boxes say little: a person stands otherwise than a garment lies.
    ...(shapeSimilarity !== null && shapeSimilarity >= alikeShape ? ['similar shape'] : []),
    ...(query.source === 'drawn' ? ['by the box you drew'] : []),
    ...(query.source === 'whole' ? ['by the whole picture'] : []),
    ...(hidden === 0 ? [] : [`${hidden} nearer hidden by the filter`]),
  ];
  return { box: query.source, sameClass, colourDistance, textureSimilarity: texture, shapeSimilarity, hidden, words };
}

function wordOfTexture(similarity: number, ...both: readonly GarmentFacts[]): string {
  if (similarity < alikeTexture) return 'another pattern';
  return both.every(({ texture }) => texture !== null && texture.energy <= plainEnergy)
    ? 'both plain'
    : 'a similar pattern';
}

function alikeProportions(one: BoxTuple, other: BoxTuple): number {
  const ratio = proportionsOf(one) / proportionsOf(other);
  return Math.min(ratio, 1 / ratio);
}

/** Width to height. A box without either is as wide or high as a pixel. */
function proportionsOf([x1, y1, x2, y2]: BoxTuple): number {
  return Math.max(1, x2 - x1) / Math.max(1, y2 - y1);
}
