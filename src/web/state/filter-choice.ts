/** @file What a shopper filters by: as the server's filter language, and as parameters of the address. */
import type { FacetCount } from '../../client/client.ts';

export interface FilterChoice {
  /** By field, in the order they were chosen; no empty lists. */
  readonly values: { readonly [field: string]: readonly (string | boolean)[] };
  readonly price: { readonly from: number; readonly to: number } | null;
}

export const noFilter: FilterChoice = { values: {}, price: null };

export function isFiltered({ values, price }: FilterChoice): boolean {
  return price !== null || Object.keys(values).length > 0;
}

export function withValues(choice: FilterChoice, field: string, chosen: readonly (string | boolean)[]): FilterChoice {
  const { [field]: _before, ...others } = choice.values;
  return { ...choice, values: chosen.length === 0 ? others : { ...others, [field]: chosen } };
}

/** All but one field: what a shopper might choose there instead. `price` is a field too. */
export function without(choice: FilterChoice, field: string): FilterChoice {
  return field === 'price' ? { ...choice, price: null } : withValues(choice, field, []);
}

export function chosenFields({ values, price }: FilterChoice): string[] {
  return [...Object.keys(values), ...(price === null ? [] : ['price'])];
}

/**
 * In the language of docs/search.md.
 *
 * @param label the class that items must have, or null
 * @returns undefined where everything passes
 */
export function filterExpression({ values, price }: FilterChoice, label: string | null = null): string | undefined {
  const parts = Object.entries(values).map(([field, chosen]) => {
    const [only] = chosen;
    if (chosen.length === 1) return `${nameOf(field)} = ${literal(only)}`;
    // A list holds values of one type.
    if (typeof only === 'boolean') return `${nameOf(field)} != null`;
    return `${nameOf(field)} in (${chosen.map(literal).join(', ')})`;
  });
  if (price !== null) parts.push(`price >= ${price.from}`, `price <= ${price.to}`);
  if (label !== null) parts.push(`label = ${literal(label)}`);
  return parts.length === 0 ? undefined : parts.join(' and ');
}

/** In quotes, any name is a name. */
function nameOf(field: string): string {
  return /^(category|brand|colour|pattern|gender|price|inStock|label)$/.test(field) ? field : literal(field);
}

function literal(value: string | boolean): string {
  if (typeof value === 'boolean') return String(value);
  // JSON also has \b and \f, which the language writes as numbers.
  return JSON.stringify(value).replace(/\\([\\"nrtu]|[bf])/g, (escaped, kind: string) =>
    kind === 'b' ? '\\u0008' : kind === 'f' ? '\\u000c' : escaped,
  );
}

/** `f.brand=Acme&is.inStock=true&price=20-50` */
export function filterParameters({ values, price }: FilterChoice): [string, string][] {
  const pairs = Object.entries(values).flatMap(([field, chosen]) =>
    chosen.map((value): [string, string] =>
      typeof value === 'boolean' ? [`is.${field}`, String(value)] : [`f.${field}`, value],
    ),
  );
  return price === null ? pairs : [...pairs, ['price', `${price.from}-${price.to}`]];
}

/** Of an address that anyone may have written: what says nothing is passed over. */
export function readFilterParameters(parameters: URLSearchParams): FilterChoice {
  let choice = noFilter;
  const add = (field: string, value: string | boolean) => {
    const before = Object.hasOwn(choice.values, field) ? choice.values[field] : [];
    choice = withValues(choice, field, [...before, value]);
  };
  for (const [name, value] of parameters) {
    const [, kind, field = ''] = /^(f|is)\.(.{1,100})$/s.exec(name) ?? [];
    if (kind === 'f') add(field, value);
    else if (kind === 'is' && (value === 'true' || value === 'false')) add(field, value === 'true');
    else if (name === 'price') choice = { ...choice, price: readRange(value) };
  }
  return choice;
}

/** `20-49.5`; null for all else. */
function readRange(text: string): FilterChoice['price'] {
  const [, from = '', to = ''] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  return from !== '' && Number(from) <= Number(to) ? { from: Number(from), to: Number(to) } : null;
}

/** Counts of several lists as one; ranges become the range of all. */
export function mergeFacets(all: readonly { readonly [field: string]: readonly FacetCount[] }[]): {
  readonly [field: string]: readonly FacetCount[];
} {
  const merged = new Map<string, FacetCount[]>();
  for (const [field, counts] of all.flatMap((facets) => Object.entries(facets))) {
    const into = merged.get(field) ?? [];
    for (const each of counts) {
      const at = into.findIndex((other) =>
        'value' in each ? 'value' in other && other.value === each.value : 'from' in other,
      );
      if (at < 0) into.push(each);
      else into[at] = add(into[at], each);
    }
    merged.set(field, into);
  }
  for (const counts of merged.values()) counts.sort((a, b) => b.count - a.count);
  return Object.fromEntries(merged);
}

function add(a: FacetCount, b: FacetCount): FacetCount {
  const count = a.count + b.count;
  if ('value' in a || 'value' in b) return { ...a, count };
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to), currency: a.currency, count };
}
