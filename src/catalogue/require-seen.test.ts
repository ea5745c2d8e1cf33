import { expect, test } from 'vitest';
import { FeedColumns } from './feed-columns.ts';
import { feedColumnNames } from './feed-row.ts';
import { type MeasuredRecord, requireSeen } from './require-seen.ts';

const asking = new FeedColumns(feedColumnNames, { attributes: { size: 'string' } });

/** Records of so many characters; `size` is in the last of them. */
async function* feedOf(count: number, length: number, taken: { count: number }): AsyncGenerator<MeasuredRecord> {
  for (let row = 1; row <= count; row++) {
    taken.count += 1;
    yield { found: { row, record: row === count ? { id: row, size: 'M' } : { id: row } }, length };
  }
}

/** How many were taken from the feed before the first was given on, and all that came. */
async function read(count: number, length: number, columns = asking) {
  const taken = { count: 0 };
  const records: unknown[] = [];
  let held = 0;
  for await (const record of requireSeen(feedOf(count, length, taken), columns, 'feed.jsonl')) {
    if (records.length === 0) held = taken.count;
    records.push(record);
  }
  return { held, records };
}

test('a column that was asked for is looked for in a thousand records, or in those of 16 million characters', async () => {
  for (const [count, length] of [
    [1000, 100],
    [999, 16_000],
    [16, 1 << 20],
    [1, 1 << 30],
  ] as const) {
    const { held, records } = await read(count, length);
    expect(held).toBe(count);
    expect(records).toHaveLength(count);
    expect(records.at(-1)).toEqual({ row: count, record: { id: count, size: 'M' } });
  }
  for (const [count, length] of [
    [1001, 100],
    [17, 1 << 20],
  ] as const)
    await expect(read(count, length)).rejects.toThrow(/feed.jsonl, --attribute size.*no such column.*got size/);
});

test('no more than that is held, in whatever order they come', async () => {
  const taken = { count: 0 };
  async function* feed(): AsyncGenerator<MeasuredRecord> {
    yield { found: { row: 1, record: { size: 'M' } }, length: 10 };
    yield* feedOf(100, 1 << 20, taken);
  }
  let given = 0;
  let most = 0;
  for await (const _ of requireSeen(feed(), asking, 'feed.jsonl')) {
    most = Math.max(most, taken.count + 1 - given);
    given += 1;
  }
  expect(given).toBe(101);
  expect(most).toBe(17);
});

test('nothing is held where no column was asked for', async () => {
  const { held, records } = await read(40, 1 << 20, new FeedColumns(feedColumnNames));
  expect(held).toBe(1);
  expect(records).toHaveLength(40);
});
