/** @file Answers as people read them. */
import pc from 'picocolors';
import { printable } from '../errors/printable.ts';
import { formatPrice } from '../report/contact-sheet-node.ts';
import type { GarmentAnswer } from '../retrieval/recommend.ts';
import { maxVariants, type SimilarItem } from '../retrieval/similar-items.ts';
import { plural, pointedAt, wordFor } from '../text/plural.ts';
import { weakMatchesOnly } from '../text/weak-matches.ts';
import { printLine } from './command-runtime.ts';

/** Values of a facet that fit a line. */
const shownValues = 6;
/** Variants of an item that are named. */
const shownVariants = 3;

/**
 * @param heading the photo's name, or what is asked for without one
 * @param facets those that are printed
 */
export function printAnswers(
  heading: string,
  answers: readonly GarmentAnswer[],
  { facets = [], isFiltered = false }: { readonly facets?: readonly string[]; readonly isFiltered?: boolean } = {},
): void {
  printLine(pc.bold(printable(heading)));
  for (const answer of answers) {
    const { label, score, wholePicture, items, hidden, nothingSimilar } = answer;
    if (wholePicture) printLine('  no garment found; similar to the whole picture:');
    else
      printLine(`  ${pc.cyan(printable(label ?? 'garment'))}${score === null ? '' : pc.dim(`  ${score.toFixed(2)}`)}`);
    if (items.length === 0) printLine(`    ${describeEmpty(answer, isFiltered)}`);
    if (nothingSimilar) printLine(`    ${weakMatchesOnly.en}`);
    for (const item of items) printItem(item);
    if (hidden > 0) printLine(pc.dim(`    ${describeHidden(answer)}`));
    for (const field of facets) printFacet(field, answer);
  }
}

/** Of an empty list nothing is better: what is told is whether another filter would find anything like it. */
function describeHidden({ total, label, hidden }: GarmentAnswer): string {
  if (total > 0) return `the filter hides ${plural(hidden, 'better match', 'better matches')}`;
  const kind = label === null ? '' : ` like ${printable(pointedAt(label))}`;
  return `without the filter there ${wordFor(hidden, 'is', 'are')} ${plural(hidden, 'item')}${kind}`;
}

function describeEmpty({ total }: GarmentAnswer, isFiltered: boolean): string {
  if (total > 0) return `there ${wordFor(total, 'is', 'are')} no more than ${plural(total, 'item')}`;
  return isFiltered ? 'no item passes the filter' : 'no items left to show';
}

function printItem({ id, title, similarity, match, price, currency, variants, duplicates, why }: SimilarItem): void {
  const cost = price === null ? '' : formatPrice(price, currency);
  // Likeness to several items, and to what has no class, was not measured and has no grade.
  const grade = (match ?? '-').padEnd(6);
  printLine(
    `    ${similarity.toFixed(3).padStart(6)}  ${grade}  ${printable(title)}  ${printable(cost)}  ${pc.dim(printable(id))}`,
  );
  const words = [
    ...why.words,
    ...(variants.length === 0 ? [] : [describeVariants(variants)]),
    ...(duplicates.length === 0 ? [] : [`the same photo as ${duplicates.join(', ')}`]),
  ];
  if (words.length > 0) printLine(pc.dim(`           ${printable(words.join('; '))}`));
}

/** `as A, B, C and 3 more`; of a product in very many, it is not known how many more. */
function describeVariants(variants: SimilarItem['variants']): string {
  const names = variants.slice(0, shownVariants).map(({ id }) => id);
  const more = variants.length - names.length;
  const rest = more === 0 ? '' : ` and ${more}${variants.length === maxVariants ? ' or' : ''} more`;
  return `as ${names.join(', ')}${rest}`;
}

function printFacet(field: string, { facets }: GarmentAnswer): void {
  if (!Object.hasOwn(facets, field)) return;
  const counts = facets[field].map((each) => {
    if ('value' in each) return `${each.value} ${each.count}`;
    return `${formatPrice(each.from, null)} to ${formatPrice(each.to, each.currency)} ${each.count}`;
  });
  const more = counts.length > shownValues ? `, and ${counts.length - shownValues} more` : '';
  const text = `${field}: ${counts.slice(0, shownValues).join(', ')}${more}`;
  printLine(pc.dim(`    ${printable(text)}`));
}
