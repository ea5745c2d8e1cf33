/** @file Records that name their fields themselves: a column that the user asked for must be in one of the first. */
import type { CatalogueProblem } from './catalogue.ts';
import type { FeedColumns } from './feed-columns.ts';
import type { FeedRecord } from './feed-records-node.ts';

/** Something a feed has, and the characters that it is made of: what it takes to hold it. */
export interface MeasuredRecord {
  readonly found: FeedRecord | CatalogueProblem;
  readonly length: number;
}

/** Records in which a column must be seen at least once. */
const recordsToLookThrough = 1000;
/** Characters of them: fewer records are looked through where they are long. */
const textToLookThrough = 1 << 24;
/** Names of one record that are looked at, as many as a header has. */
const maxNames = 4096;

/**
 * The records, as they come; where the user named columns, the first are held until enough was
 * looked through.
 *
 * @param where the feed, for messages
 * @throws UsageError when a column that the user named is in none of the first
 */
export async function* requireSeen(
  records: AsyncIterable<MeasuredRecord>,
  columns: FeedColumns,
  where: string,
): AsyncGenerator<FeedRecord | CatalogueProblem> {
  const held: (FeedRecord | CatalogueProblem)[] = [];
  const seen = new Set<string>();
  let heldText = 0;
  let isSettled = !columns.asksForColumns;
  const settle = () => {
    isSettled = true;
    if (seen.size > 0) columns.requireAsked([...seen], where);
    return held.splice(0);
  };
  for await (const { found, length } of records) {
    if (isSettled) {
      yield found;
      continue;
    }
    held.push(found);
    heldText += length;
    if ('record' in found && typeof found.record === 'object' && found.record !== null) {
      for (const name of Object.keys(found.record).slice(0, maxNames)) seen.add(name);
    }
    if (held.length === recordsToLookThrough || heldText >= textToLookThrough) yield* settle();
  }
  if (!isSettled) yield* settle();
}
