/**
 * @file The different values of a text field of an index in OpenSearch, in order and each with its number of rows. Counted one by one: the
 * engine's own facets and counts of different values are estimates.
 */
import { z } from 'zod';
import type { OpenSearchConnection } from './opensearch-connection-node.ts';
import { fromSource, sourceFields } from './opensearch-documents-node.ts';
import { isHashedTerm, termOf } from './opensearch-terms-node.ts';
import type { Row } from './row.ts';
import { decodeText } from './stored-text.ts';
import type { StoreConfig } from './vector-store.ts';

/** Values of one answer; the engine's bound is 65,535. */
const valuesAtOnce = 10_000;

const valuesSchema = z.object({
  aggregations: z.object({
    values: z.object({
      buckets: z.array(z.object({ key: z.object({ value: z.string() }), doc_count: z.number() })),
      after_key: z.object({ value: z.string() }).optional(),
    }),
  }),
});
const hitsSchema = z.object({ hits: z.object({ hits: z.array(z.object({ _source: z.unknown() })) }) });

/** A text field of an index. */
export interface ValueField {
  readonly connection: OpenSearchConnection;
  readonly index: string;
  readonly config: StoreConfig;
  /** As the engine calls it. */
  readonly field: string;
  /** What a row has in it. */
  readonly textIn: (row: Row) => unknown;
}

export interface CountedValue {
  readonly value: string;
  readonly rows: number;
}

/**
 * Values after one, which need not be there, by their UTF-8.
 *
 * @param limit at most so many
 */
export async function* valuesOf(
  place: ValueField,
  { after, limit = Number.POSITIVE_INFINITY }: { readonly after?: string | null; readonly limit?: number } = {},
): AsyncGenerator<CountedValue> {
  let last = after === undefined || after === null ? undefined : termOf(after);
  for (let left = limit; left > 0; ) {
    const { buckets, after_key } = await readPage(place, last, Math.min(left, valuesAtOnce));
    for (const { key, doc_count } of buckets) {
      const value = await textOf(place, key.value);
      if (value !== undefined) yield { value, rows: doc_count };
    }
    if (after_key === undefined) return;
    left -= buckets.length;
    last = after_key.value;
  }
}

/** How many different values there are. */
export async function countDifferent(place: ValueField): Promise<number> {
  let count = 0;
  let last: string | undefined;
  do {
    const { buckets, after_key } = await readPage(place, last, valuesAtOnce);
    count += buckets.length;
    last = after_key?.value;
  } while (last !== undefined);
  return count;
}

async function readPage({ connection, index, field }: ValueField, last: string | undefined, size: number) {
  const composite = {
    size,
    sources: [{ value: { terms: { field } } }],
    ...(last !== undefined && { after: { value: last } }),
  };
  const answer = await connection.ask({
    purpose: 'search',
    method: 'POST',
    path: `/${index}/_search`,
    query: { allow_partial_search_results: false },
    body: { size: 0, aggs: { values: { composite } } },
  });
  return valuesSchema.parse(answer).aggregations.values;
}

/** Of a long text the term is a hash: a row has the text, unless all with it are gone meanwhile. */
async function textOf(
  { connection, index, config, field, textIn }: ValueField,
  term: string,
): Promise<string | undefined> {
  if (!isHashedTerm(term)) return decodeText(term);
  const answer = await connection.ask({
    purpose: 'search',
    method: 'POST',
    path: `/${index}/_search`,
    query: { allow_partial_search_results: false },
    body: { size: 1, query: { term: { [field]: term } }, _source: sourceFields },
  });
  const [hit] = hitsSchema.parse(answer).hits.hits;
  return hit && String(textIn(fromSource(hit._source, config, connection.address.text)));
}
