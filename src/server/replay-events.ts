/** @file Clicks as a query set: which items shoppers chose for a query, strongest sign first. */
import { decodeVector } from '../api/encode-vector.ts';
import type { QuerySet } from '../retrieval/query-set.ts';
import type { EventLine, LogLine, QueryLine } from './event-log-node.ts';

/** How much a sign of interest says; a view says nothing. */
const grades: { readonly [T in EventLine['type']]: number } = { view: 0, click: 1, cart: 2, purchase: 3 };

/** A query and what was chosen. */
export interface ReplayedQuery extends Pick<QueryLine, 'queryId' | 'spaceId' | 'label' | 'vector'> {
  /** Ids of items by descending grade, then in the order in which they were chosen. */
  readonly relevant: readonly string[];
}

/**
 * Joins events with their queries.
 *
 * @param weakest events that say less are left out, and so are queries that have no others
 */
export async function replayEvents(
  lines: AsyncIterable<LogLine>,
  weakest: Exclude<EventLine['type'], 'view'> = 'click',
): Promise<ReplayedQuery[]> {
  const queries = new Map<string, QueryLine>();
  const chosen = new Map<string, Map<string, number>>();
  for await (const line of lines) {
    if (line.kind === 'query') {
      queries.set(line.queryId, line);
      continue;
    }
    if (grades[line.type] < grades[weakest]) continue;
    const items = chosen.get(line.queryId) ?? new Map<string, number>();
    items.set(line.item, Math.max(items.get(line.item) ?? 0, grades[line.type]));
    chosen.set(line.queryId, items);
  }
  return [...chosen].flatMap(([queryId, items]) => {
    const query = queries.get(queryId);
    if (query === undefined) return [];
    const { spaceId, label, vector } = query;
    const relevant = [...items].sort(([, a], [, b]) => b - a).map(([item]) => item);
    return [{ queryId, spaceId, label, vector, relevant }];
  });
}

/**
 * As `deepshop evaluate retrieval --query-set` reads it: the queries of the space that most are of, since a store answers
 * vectors of one.
 *
 * @returns undefined where nothing was chosen
 */
export function querySetOf(replayed: readonly ReplayedQuery[], source: string): QuerySet | undefined {
  const counts = new Map<string, number>();
  for (const { spaceId } of replayed) counts.set(spaceId, (counts.get(spaceId) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined) return undefined;
  const [spaceId] = most;
  const queries = replayed
    .filter((query) => query.spaceId === spaceId)
    .map(({ queryId, label, relevant, vector }) => ({
      ...{ id: queryId, label, relevant: [...relevant] },
      vector: [...decodeVector(vector)],
    }));
  return { header: { format: 'deepshop-query-set', version: 1, source, spaceId }, queries };
}
