/** @file What is read of one index in OpenSearch: the nearest rows, all rows, rows of a product, counts. Knows no writers. */
import assert from 'node:assert';
import { z } from 'zod';
import { checkVector } from './check-row.ts';
import { checkFilter, type Filter, rowFields } from './filter.ts';
import { nearestWithTies } from './nearest-with-ties.ts';
import { EngineError, type OpenSearchConnection } from './opensearch-connection-node.ts';
import { fromSource, sourceFields } from './opensearch-documents-node.ts';
import { type Clause, filterToClause } from './opensearch-filter.ts';
import { attributeField, termOf } from './opensearch-terms-node.ts';
import { type CountedValue, countDifferent, type ValueField, valuesOf } from './opensearch-values-node.ts';
import { type Row, schemaTypeOf } from './row.ts';
import type { Hit, StoreConfig, StoreQuery, StoreStats } from './vector-store.ts';

/** In a smaller index every row is compared: its graph would save next to nothing, and equal vectors tear graphs apart. */
const exactBelow = 10_000;

export interface ReaderOptions {
  /** Rows below which every one is compared; 10,000 unless given. */
  readonly exactBelow?: number | undefined;
}

/** How long a count of rows is good enough to choose by. */
const countedForMs = 30_000;
/** The engine's bound, of neighbours and of a page. */
const mostNeighbours = 10_000;
/** Candidates that the graph keeps at least: recall@10 in benchmarks/README.md. */
const leastCandidates = 128;
/** Rows of one answer: a few megabytes. */
const pageRows = 2000;
/** How long the engine keeps a view of the index between two pages. */
const viewFor = '5m';
/** Whether the engine answers is known soon. */
const probePatienceMs = 2000;

const hitsSchema = z.object({
  hits: z.object({ hits: z.array(z.object({ _source: z.unknown(), sort: z.array(z.unknown()).optional() })) }),
});
const viewSchema = z.object({ pit_id: z.string() });
const countSchema = z.object({ count: z.number() });

type Page = readonly { readonly row: Row; readonly sort: readonly unknown[] }[];

export class OpenSearchReader {
  readonly #connection: OpenSearchConnection;
  readonly #index: string;
  readonly config: StoreConfig;
  readonly #exactBelow: number;
  #counted: { readonly rows: number; readonly at: number } | undefined;

  constructor(connection: OpenSearchConnection, index: string, config: StoreConfig, options: ReaderOptions = {}) {
    this.#connection = connection;
    this.#index = index;
    this.config = config;
    this.#exactBelow = options.exactBelow ?? exactBelow;
  }

  async query({ vector, k, filter, exact = false }: StoreQuery): Promise<Hit[]> {
    checkVector(vector, this.config, 'query');
    const clause = filter && this.#clause(filter);
    if (k < 1) return [];
    const comparesAll = exact || (await this.#rowsAbout()) < this.#exactBelow;
    return nearestWithTies({ vector, k }, this.config.metric, async (limit) => {
      const isExact = comparesAll || limit > mostNeighbours;
      return isExact ? this.#exactRows(vector, limit, clause) : this.#nearRows(vector, limit, clause);
    });
  }

  async rowsOf(product: string): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.#inOrderOfId({ term: { product: termOf(product) } })) rows.push(row);
    return rows;
  }

  rows(): AsyncGenerator<Row> {
    return this.#inOrderOfId({ match_all: {} });
  }

  async stats(): Promise<StoreStats> {
    const whole: Clause = { bool: { must_not: [{ exists: { field: 'label' } }] } };
    const [rows, products, wholePictures] = [
      await this.#count(),
      await countDifferent(this.#products),
      await this.#count(whole),
    ];
    return { rows, products, wholePictures };
  }

  /** @throws StoreError `store-unavailable` */
  async probe(): Promise<void> {
    await this.#count(undefined, probePatienceMs);
  }

  async productsAfter(after: string | null, limit: number): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { value } of valuesOf(this.#products, { after, limit })) names.push(value);
    return names;
  }

  /** @param name a text attribute, or `label` */
  countValues(name: string): AsyncGenerator<CountedValue> {
    const isField = rowFields.some((each) => each === name);
    return valuesOf({
      ...this.#products,
      field: isField ? name : attributeField(name),
      textIn: (row) => (name === 'label' ? row.label : row.attributes[name]),
    });
  }

  /** The index was changed by us. */
  forgetCount(): void {
    this.#counted = undefined;
  }

  get #products(): ValueField {
    const place = { connection: this.#connection, index: this.#index, config: this.config };
    return { ...place, field: 'product', textIn: ({ product }) => product };
  }

  #clause(filter: Filter): Clause {
    const { schema } = this.config;
    checkFilter(filter, schema);
    const fieldOf = (field: string) => {
      if (rowFields.some((name) => name === field)) return field;
      assert(schemaTypeOf(schema, field) !== undefined, 'a filter that was not checked');
      return attributeField(field);
    };
    return filterToClause(filter, { fieldOf, termOf });
  }

  /** By the graph of each shard. A filter is looked at before vectors are compared. */
  async #nearRows(vector: Float32Array, limit: number, filter: Clause | undefined): Promise<Row[]> {
    const near = {
      vector: [...vector],
      k: limit,
      method_parameters: { ef_search: Math.max(limit, leastCandidates) },
      ...(filter && { filter }),
    };
    const page = await this.#search({ size: limit, query: { knn: { vector: near } } });
    return page.map(({ row }) => row);
  }

  /** Every row that passes is compared. More than a page are read from one view of the index. */
  async #exactRows(vector: Float32Array, limit: number, filter: Clause = { match_all: {} }): Promise<Row[]> {
    const space_type = this.config.metric === 'cosine' ? 'cosinesimil' : 'l2';
    const params = { field: 'vector', query_value: [...vector], space_type };
    const script = { lang: 'knn', source: 'knn_score', params };
    const body = {
      query: { script_score: { query: { bool: { filter: [filter] } }, script } },
      sort: [{ _score: 'desc' }, { id: 'asc' }],
    };
    if (limit <= pageRows) return (await this.#search({ ...body, size: limit })).map(({ row }) => row);
    return this.#inOneView(async (view) => {
      const rows: Row[] = [];
      let after: readonly unknown[] | undefined;
      while (rows.length < limit) {
        const size = Math.min(pageRows, limit - rows.length);
        const page = await this.#search({ ...body, size, ...(after && { search_after: after }) }, view);
        rows.push(...page.map(({ row }) => row));
        after = page.at(-1)?.sort;
        if (page.length < size) break;
      }
      return rows;
    });
  }

  /** Goes on where it was when the node that kept the view died. */
  async *#inOrderOfId(query: Clause): AsyncGenerator<Row> {
    let after: readonly unknown[] | undefined;
    let view: string | undefined;
    try {
      while (true) {
        const body = { query, sort: [{ id: 'asc' }], size: pageRows, ...(after && { search_after: after }) };
        let page: Page;
        try {
          // Most products have one page.
          if (after !== undefined) view ??= await this.#openView();
          page = await this.#search(body, view);
        } catch (error) {
          if (view === undefined || !isLostView(error)) throw error;
          view = undefined;
          continue;
        }
        for (const { row } of page) yield row;
        if (page.length < pageRows) return;
        after = page.at(-1)!.sort;
      }
    } finally {
      if (view !== undefined) await this.#closeView(view);
    }
  }

  async #inOneView<T>(job: (view: string) => Promise<T>): Promise<T> {
    while (true) {
      const view = await this.#openView();
      try {
        return await job(view);
      } catch (error) {
        if (!isLostView(error)) throw error;
      } finally {
        await this.#closeView(view);
      }
    }
  }

  async #search(body: object, view?: string): Promise<Page> {
    const answer = await this.#connection.ask({
      purpose: 'search',
      method: 'POST',
      path: view === undefined ? `/${this.#index}/_search` : '/_search',
      // A part of the shards is no answer; with a view the engine decides by its own setting, and is checked here.
      query: view === undefined ? { allow_partial_search_results: false } : {},
      body: {
        ...body,
        track_total_hits: false,
        _source: sourceFields,
        ...(view !== undefined && { pit: { id: view, keep_alive: viewFor } }),
      },
    });
    const where = this.#connection.address.text;
    const { hits } = hitsSchema.parse(answer);
    return hits.hits.map(({ _source, sort = [] }) => ({ row: fromSource(_source, this.config, where), sort }));
  }

  async #openView(): Promise<string> {
    const path = `/${this.#index}/_search/point_in_time`;
    const query = { keep_alive: viewFor, allow_partial_pit_creation: false };
    return viewSchema.parse(await this.#connection.ask({ purpose: 'search', method: 'POST', path, query })).pit_id;
  }

  async #closeView(view: string): Promise<void> {
    const request = {
      method: 'DELETE',
      path: '/_search/point_in_time',
      body: { pit_id: [view] },
      patienceMs: 0,
    } as const;
    // It ends by itself.
    await this.#connection.ask(request).catch(() => {});
  }

  async #count(query: Clause = { match_all: {} }, patienceMs?: number): Promise<number> {
    const request = { purpose: 'search', method: 'POST', path: `/${this.#index}/_count`, body: { query } } as const;
    const answer = await this.#connection.ask(patienceMs === undefined ? request : { ...request, patienceMs });
    return countSchema.parse(answer).count;
  }

  async #rowsAbout(): Promise<number> {
    if (this.#counted === undefined || Date.now() - this.#counted.at > countedForMs)
      this.#counted = { rows: await this.#count(), at: Date.now() };
    return this.#counted.rows;
  }
}

/** Its node died, or it was kept no longer. */
function isLostView(error: unknown): boolean {
  return error instanceof EngineError && error.status === 404 && error.type !== 'index_not_found_exception';
}
