import { expect, test } from 'vitest';
import { describeFailures } from './describe-failures.ts';

const numbered = (count: number, reasonOf: (row: number) => string) =>
  Array.from({ length: count }, (_, index) => ({ source: `feed.csv row ${index + 1}`, reason: reasonOf(index + 1) }));

test('many pictures that fail for one reason are a line, few are a line each', () => {
  const unfetched = numbered(60, (row) => `image "https://cdn.example/${row}.jpg" is an address: fetch with --fetch`);
  const refused = numbered(
    9,
    (row) => `http://localhost:80${80 + row}/${row}.jpg?v=${row}: the address is not fetched; got port ${row}`,
  );
  const missing = numbered(3, (row) => `image "${row}.jpg" does not exist`);
  const failed = [...unfetched.slice(0, 1), ...missing, ...unfetched.slice(1), ...refused];
  expect(describeFailures(failed, { hasReport: true })).toEqual([
    '60 alike; first: feed.csv row 1: image "https://cdn.example/1.jpg" is an address: fetch with --fetch',
    'feed.csv row 1: image "1.jpg" does not exist',
    'feed.csv row 2: image "2.jpg" does not exist',
    'feed.csv row 3: image "3.jpg" does not exist',
    '9 alike; first: feed.csv row 1: http://localhost:8081/1.jpg?v=1: the address is not fetched; got port 1',
  ]);
  expect(describeFailures(failed, { hasReport: false }).at(-1)).toBe('--report FILE keeps every one.');
  expect(describeFailures(missing, { hasReport: false })).toHaveLength(3);
});

test('what failed is harmless to a terminal', () => {
  const [line] = describeFailures(
    numbered(9, () => 'image "\u001b[2J" does not exist'),
    { hasReport: true },
  );
  expect(line).toMatch(/^9 alike; first: feed\.csv row 1: image "/);
  expect(line).not.toContain('\u001b');
});
