/** @file Clicks as a retrieval test set: which items shoppers chose for a query, strongest sign first. */
import type { EventLine, LogLine, QueryLine } from './event-log-node.ts';

/** How much a sign of interest says; a view says nothing. */
const grades: { readonly [T in EventLine['type']]: number } = { view: 0, click: 1, cart: 2, purchase: 3 };

/** A line of the test set. */
export interface ReplayedQuery {
  readonly queryId: string;
  readonly spaceId: string;
  readonly box: QueryLine['box'];
  readonly label: string | null;
  /** float32, little-endian, base64 */
  readonly vector: string;
  /** Ids of items by descending grade, then in the order in which they were chosen. */
  readonly relevant: readonly string[];
  /** 1 clicked, 2 put into a cart, 3 bought; one number an item. */
  readonly grades: readonly number[];
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
    const { spaceId, box, label, vector } = query;
    const byGrade = [...items].sort(([, a], [, b]) => b - a);
    const relevant = byGrade.map(([item]) => item);
    return [{ queryId, spaceId, box, label, vector, relevant, grades: byGrade.map(([, grade]) => grade) }];
  });
}
