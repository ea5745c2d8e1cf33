import { expect, test } from 'vitest';
import { parseQuerySet, type QuerySet, serialiseQuerySet } from './query-set.ts';

const set: QuerySet = {
  header: { format: 'deepshop-query-set', version: 1, source: 'by hand', spaceId: 'ab' },
  queries: [
    { id: 'a', label: 'tee', relevant: ['p1', 'p2'], vector: [1, 0] },
    { id: 'b', label: null, relevant: ['p1'], photo: 'b.jpg', box: [0, 0, 10, 20] },
  ],
};

test('what is written is read again, blank lines and all', () => {
  expect(parseQuerySet(serialiseQuerySet(set).replaceAll('\n', '\n\n'), 'set.jsonl')).toEqual(set);
});

const header = JSON.stringify(set.header);
const query = JSON.stringify(set.queries[0]);
test.each([
  ['', /set.jsonl: the query set is empty/],
  [header, /asks nothing/],
  ['{"format": "other", "version": 1, "source": "x"}', /line 1: is no line of a query set.*format/],
  [`${header}\nnot json`, /line 2: is not JSON/],
  [`${header}\n${query}\n${query}`, /line 3: two questions have one id; got "a"/],
  [`${header}\n{"id": "a", "relevant": [], "vector": [1]}`, /line 2: is no line/],
  [`${header}\n{"id": "a", "relevant": ["p"], "photo": "a.jpg", "box": [5, 0, 1, 9]}`, /line 2: is no line/],
  [`{"format": "deepshop-query-set", "version": 1, "source": "x"}\n${query}`, /of no stated space/],
])('refuses %j', (text, message) => {
  expect(() => parseQuerySet(text, 'set.jsonl')).toThrow(message);
});
