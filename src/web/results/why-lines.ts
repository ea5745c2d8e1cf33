/** @file Why an item is in a list, in the shopper's language: the numbers are the server's. */
import type { SimilarItem, Why } from '../../client/client.ts';
import type { Words } from '../words/en.ts';
import { fill, labelWord } from '../words/languages.ts';

/** Where words change, as measured for the server's own; `src/retrieval/explain-hit.ts`. */
const sameColours = 13;
const similarColours = 20;
const alikeTexture = 0.65;
const alikeShape = 0.8;

/** @param wanted class of the garment that was looked for: the shopper's word, else what was found */
export function whyLines(
  words: Words,
  { label, why }: Pick<SimilarItem, 'label' | 'why'>,
  wanted: string | null,
): string[] {
  return [
    ...classLine(words, why, label, wanted),
    ...(why.colourDistance === null ? [] : [colourLine(words, why.colourDistance)]),
    ...(why.textureSimilarity === null
      ? []
      : [why.textureSimilarity < alikeTexture ? words.why.otherPattern : words.why.samePattern]),
    // Unlike boxes say little: a person stands otherwise than a garment lies.
    ...((why.shapeSimilarity ?? 0) >= alikeShape ? [words.why.similarShape] : []),
    ...(why.box === 'detected' ? [] : [words.why[why.box]]),
    ...(why.hidden > 0 ? [words.why.hidden] : []),
  ];
}

/** The server compares with what was found; the shopper may have said that it is something else. */
function classLine(words: Words, { sameClass }: Why, label: string | null, wanted: string | null): string[] {
  if (sameClass === null || label === null) return [];
  const named = labelWord(words, label);
  if (wanted === null ? sameClass : label === wanted) return [fill(words.why.sameClass, { label: named })];
  return wanted === null ? [] : [fill(words.why.otherClass, { label: named, other: labelWord(words, wanted) })];
}

function colourLine(words: Words, distance: number): string {
  if (distance < sameColours) return words.why.sameColours;
  return distance < similarColours ? words.why.similarColours : words.why.otherColours;
}
