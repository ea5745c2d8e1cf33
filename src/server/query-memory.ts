/**
 * @file What was asked and how it went, in memory: so that events find their query, and the keeper of the shop sees what was not
 * found. No photo, no address, no key: a vector, a box, a class, the ids of what was answered, and numbers.
 */
import type { QueryRecordBody } from '../api/admin.ts';
import { eventTypes, type ShopEvent } from '../api/event.ts';
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

/** A query with what was answered, and what was told of it. */
interface RememberedQuery {
  readonly query: KnownQuery;
  /** By the id of an item, a product or a variant that was answered: the types of events that were told of it, a bit each. */
  readonly told: Map<string, number>;
}

/** What becomes of an event: only what was answered can have been seen or chosen, and only once. */
export type TakenEvent =
  | { readonly kind: 'taken'; readonly query: KnownQuery }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown' };

export interface QueryCounts {
  answered: number;
  withoutResult: number;
  weak: number;
}

/** Answers that the keeper can look at. */
const maxRecords = 1000;

/** Ids that are remembered, of all queries together: about 60 bytes each. A page has 12 items and a few variants of each. */
const defaultMaxIds = 500_000;

export interface QueryMemoryOptions {
  /** How long events may refer to a query. */
  readonly keepMs: number;
  /** Queries at most; the oldest go first. */
  readonly maxQueries: number;
  /** Ids of answered items at most, of all queries together; the oldest queries go first. */
  readonly maxIds?: number | undefined;
  readonly newId: () => string;
  readonly now?: (() => number) | undefined;
}

export class QueryMemory {
  readonly #options: QueryMemoryOptions;
  readonly #now: () => number;
  readonly #queries = new Map<string, RememberedQuery>();
  #numIds = 0;
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
    const told = new Map(items.flatMap(idsOf).map((id) => [id, 0]));
    this.#queries.set(queryId, { query: { queryId, at, spaceId, box, label, vector }, told });
    this.#numIds += told.size;
    const { maxQueries, maxIds = defaultMaxIds } = this.#options;
    for (const oldest of this.#queries.keys()) {
      if (this.#queries.size <= maxQueries && this.#numIds <= maxIds) break;
      this.#delete(oldest);
    }
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

  /**
   * Takes an event of what was answered: each type once an item. So a query has at most {@link eventTypes} times the ids of its
   * answer, however often it is told.
   */
  take({ queryId, item, type }: ShopEvent): TakenEvent {
    this.forgetOld();
    const known = this.#queries.get(queryId);
    if (known === undefined) return { kind: 'unknown' };
    const before = known.told.get(item);
    const bit = 1 << eventTypes.indexOf(type);
    if (before === undefined || (before & bit) !== 0) return { kind: 'refused' };
    known.told.set(item, before | bit);
    return { kind: 'taken', query: known.query };
  }

  /** Whether it was there. */
  forget(queryId: string): boolean {
    this.#records = this.#records.filter((record) => record.queryId !== queryId);
    return this.#delete(queryId);
  }

  #delete(queryId: string): boolean {
    this.#numIds -= this.#queries.get(queryId)?.told.size ?? 0;
    return this.#queries.delete(queryId);
  }

  forgetOld(): void {
    const oldest = this.#now() - this.#options.keepMs;
    for (const [queryId, { query }] of this.#queries) {
      if (query.at > oldest) break;
      this.#delete(queryId);
    }
  }

  /** The newest first. */
  records(kind: 'all' | 'none' | 'weak', limit: number): QueryRecordBody[] {
    const shown = this.#records.slice(-maxRecords).filter(({ outcome }) => kind === 'all' || outcome === kind);
    return shown.reverse().slice(0, limit);
  }
}

/** What an event may name an item by. */
function idsOf({ id, product, variants }: FoundGarment['items'][number]): string[] {
  return [id, product, ...variants.map((variant) => variant.id)];
}
