/** @file Counts in sentences. */

/** `1 box`, `2 boxes`. */
export function plural(count: number, one: string, many?: string): string {
  return `${count} ${wordFor(count, one, many)}`;
}

/** The word alone, where the count is written otherwise. */
export function wordFor(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** Classes of garments whose name has no singular; `footwear` is one thing. */
const pluralOnly: ReadonlySet<string> = new Set(
  'trousers shorts jeans leggings tights pants shoes boots sneakers sandals socks gloves glasses sunglasses'.split(' '),
);

/** `this tee`, `these trousers`, `these denim shorts`: a class of garments that is pointed at. */
export function pointedAt(label: string): string {
  const [last = ''] = /\p{L}+$/u.exec(label.toLowerCase()) ?? [];
  return `${pluralOnly.has(last) ? 'these' : 'this'} ${label}`;
}
