/** @file One version of a LanceDB table as rows: what is read of it, and how rows get into it. Knows no commits. */
import type { Table } from '@lancedb/lancedb';
import { FirstSeen } from '../catalogue/first-seen.ts';
import { checkVector } from './check-row.ts';
import { checkFilter, compileFilter, type Filter } from './filter.ts';
import { LanceColumns } from './lance-columns.ts';
import { filterToSql, literal } from './lance-filter.ts';
import { type Effort, exactBelow, vectorQuery } from './lance-index-node.ts';
import type { LanceLibrary } from './lance-library-node.ts';
import { nearestWithTies } from './nearest-with-ties.ts';
import { keyText, type Row } from './row.ts';
import type { IndexFacts } from './store-manifest-node.ts';
import { decodeText } from './stored-text.ts';
import type { Hit, StoreConfig, StoreQuery, StoreStats } from './vector-store.ts';

/** Ids in one condition. */
const idsAtOnce = 1000;

export class LanceTable {
  readonly config: StoreConfig;
  readonly columns: LanceColumns;
  readonly table: Table;

  constructor(table: Table, library: LanceLibrary, config: StoreConfig) {
    this.table = table;
    this.config = config;
    this.columns = new LanceColumns(library.arrow, config);
  }

  /** @param index null to compare every row, as an exact query does anyway */
  async nearest({ vector, k, filter, exact }: StoreQuery, index: IndexFacts | null): Promise<Hit[]> {
    checkVector(vector, this.config, 'query');
    const where = filter && (await this.#where(filter));
    if (k < 1) return [];
    const { metric } = this.config;
    const effort = exact || index === null ? undefined : await this.#effort(index, where);
    // The engine makes room for all that is asked for, a candidate at a time: 32 GB for 200 million, and it aborts.
    const most = (await this.table.countRows()) + 1;
    return nearestWithTies({ vector, k }, metric, async (limit) => {
      const query = vectorQuery(this.table, vector, metric, effort && within(effort, limit, most)).limit(
        Math.min(limit, most),
      );
      // Always before vectors are compared: after it, a filter of one row in a hundred leaves next to nothing.
      if (where !== undefined) query.where(where.sql);
      return this.columns.toRows(await query.toArrow());
    });
  }

  /** Undefined where so few rows pass that all of them are compared. */
  async #effort({ alone, filtered }: IndexFacts, where: Condition | undefined): Promise<Effort | undefined> {
    if (where === undefined) return alone;
    const count = where.count ?? (await this.table.countRows(where.sql));
    return count < exactBelow ? undefined : filtered;
  }

  /** Ordered by key. */
  async rowsOf(product: string): Promise<Row[]> {
    const found = await this.table
      .query()
      .where(`product = ${literal(product)}`)
      .toArrow();
    return this.columns.toRows(found).sort((a, b) => compareText(keyText(a), keyText(b)));
  }

  async *rows(): AsyncGenerator<Row> {
    for await (const batch of this.table.query()) yield* this.columns.toRows(batch);
  }

  async stats(): Promise<StoreStats> {
    const products = (await this.products()).size;
    const wholePictures = await this.table.countRows('label IS NULL');
    return { rows: await this.table.countRows(), products, wholePictures };
  }

  /** Of all rows, each once. */
  async products(): Promise<FirstSeen> {
    const products = new FirstSeen();
    for await (const batch of this.table.query().select(['product'])) {
      const column = batch.getChild('product');
      for (let index = 0; index < batch.numRows; index++) products.add(decodeText(String(column?.get(index))), 1);
    }
    return products;
  }

  /** Of these ids, those that the table has. */
  async present(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const some of pieces(ids, idsAtOnce)) {
      const answer = await this.table
        .query()
        .where(`id IN (${some.map(literal).join(', ')})`)
        .select(['id'])
        .toArrow();
      for (let index = 0; index < answer.numRows; index++) found.add(String(answer.getChild('id')?.get(index)));
    }
    return found;
  }

  /** Puts rows in the place of those with their ids; null takes one away. Done again after a fault, it does the same. */
  async replace(changes: ReadonlyMap<string, Row | null>): Promise<void> {
    if ((await this.table.countRows()) > 0) {
      for (const some of pieces([...changes.keys()], idsAtOnce))
        await this.table.delete(`id IN (${some.map(literal).join(', ')})`);
    }
    const rows = [...changes.values()].filter((row) => row !== null);
    if (rows.length > 0) await this.table.add(this.columns.toTable(rows));
  }

  /** Those of attributes that the table was made without; null in every row. */
  async addMissingColumns(): Promise<void> {
    const present = new Set((await this.table.schema()).fields.map(({ name }) => name));
    await this.table.addColumns(this.columns.schema.fields.filter(({ name }) => !present.has(name)));
  }

  async #where(filter: Filter): Promise<Condition> {
    checkFilter(filter, this.config.schema);
    const sql = filterToSql(filter, this.columns.columnOf);
    return sql === undefined ? this.#whereByRow(filter) : { sql };
  }

  /** For a filter that the engine cannot read: every row is judged here, and asked for by number. */
  async #whereByRow(filter: Filter): Promise<Condition> {
    const passes = compileFilter(filter);
    const numbers: string[] = [];
    const names = this.columns.schema.names.map(String).filter((name) => name !== 'vector');
    for await (const batch of this.table.query().select(names).withRowId()) {
      const rowIds = batch.getChild('_rowid');
      for (const [index, facts] of this.columns.toFacts(batch).entries())
        if (passes(facts)) numbers.push(String(rowIds?.get(index)));
    }
    const sql = numbers.length === 0 ? 'id IS NULL' : `_rowid IN (${numbers.join(', ')})`;
    return { sql, count: numbers.length };
  }
}

/** A filter in the engine's words. */
interface Condition {
  readonly sql: string;
  /** How many rows pass, where that is known. */
  readonly count?: number;
}

/** With no more candidates than there are rows. */
function within({ refineFactor, probes }: Effort, limit: number, most: number): Effort {
  return { refineFactor: Math.min(refineFactor, Math.ceil(most / limit)), probes };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function* pieces<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length);
}
