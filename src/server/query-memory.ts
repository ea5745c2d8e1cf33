/**
 * @file What was asked and how it went, in memory: so that events find their query, and the keeper of the shop sees what was not
 * found. No photo, no address, no key: a vector, a box, a class and numbers.
 */
import type { QueryRecordBody } from '../api/admin.ts';
import type { FoundGarment } from './searcher.ts';

/** A query that events may refer to. */
export interface KnownQuery {
  readonly queryId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly spaceId: string;
  readonly box: FoundGarment['box'];
  readonly label: string | null;
  /** `[dimension]` float32 */
  readonly vector: Float32Array;
}

export interface QueryCounts {
  answered: number;
  withoutResult: number;
  weak: number;
}

/** Answers that the keeper can look at. */
const maxRecords = 1000;

export interface QueryMemoryOptions {
  /** How long events may refer to a query. */
  readonly keepMs: number;
  /** Queries at most; the oldest go first. */
  readonly maxQueries: number;
  readonly newId: () => string;
  readonly now?: (() => number) | undefined;
}

export class QueryMemory {
  readonly #options: QueryMemoryOptions;
  readonly #now: () => number;
  readonly #queries = new Map<string, KnownQuery>();
  #records: QueryRecordBody[] = [];
  readonly counts: QueryCounts = { answered: 0, withoutResult: 0, weak: 0 };

  constructor(options: QueryMemoryOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Remembers an answer. @returns the id of its query */
  add(found: FoundGarment, { spaceId, filter }: { readonly spaceId: string; readonly filter: string | null }): string {
    const { box, label, vector, total, items, nothingSimilar } = found;
    const queryId = this.#options.newId();
    const at = this.#now();
    this.#queries.set(queryId, { queryId, at, spaceId, box, label, vector });
    if (this.#queries.size > this.#options.maxQueries) this.#queries.delete(this.#queries.keys().next().value!);
    const outcome = total === 0 ? 'none' : nothingSimilar ? 'weak' : 'answered';
    this.counts[outcome === 'none' ? 'withoutResult' : outcome] += 1;
    this.#records.push({
      queryId,
      at: new Date(at).toISOString(),
      outcome,
      label,
      box: box === null ? null : [box[0], box[1], box[2], box[3]],
      filter,
      total,
      bestSimilarity: items[0]?.similarity ?? null,
    });
    if (this.#records.length > 2 * maxRecords) this.#records = this.#records.slice(-maxRecords);
    return queryId;
  }

  find(queryId: string): KnownQuery | undefined {
    this.forgetOld();
    return this.#queries.get(queryId);
  }

  /** Whether it was there. */
  forget(queryId: string): boolean {
    this.#records = this.#records.filter((record) => record.queryId !== queryId);
    return this.#queries.delete(queryId);
  }

  forgetOld(): void {
    const oldest = this.#now() - this.#options.keepMs;
    for (const [queryId, { at }] of this.#queries) {
      if (at > oldest) break;
      this.#queries.delete(queryId);
    }
  }

  /** The newest first. */
  records(kind: 'all' | 'none' | 'weak', limit: number): QueryRecordBody[] {
    const shown = this.#records.slice(-maxRecords).filter(({ outcome }) => kind === 'all' || outcome === kind);
    return shown.reverse().slice(0, limit);
  }
}
