import { expect, test } from 'vitest';
import { turned } from '../../tests/shop-rows.ts';
import { type ExplainedQuery, explainHit } from './explain-hit.ts';
import { factAttributes, factsOf, lookAtGarment } from './garment-facts.ts';

const plain = '0.00:0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00';
const striped = '9.00:1.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00';
const red = { colours: '#c81e28:1.00', texture: plain };

const query: ExplainedQuery = {
  source: 'detected',
  label: 'tee',
  box: [0, 0, 100, 200],
  facts: factsOf({ attributes: red }),
};
const explain = (others: Parameters<typeof turned>[2], hidden = 0, asked = query) =>
  explainHit(asked, turned('a', 0, others), hidden);

test('an equal garment, in words and in numbers', () => {
  expect(explain({ attributes: red })).toEqual({
    box: 'detected',
    sameClass: true,
    colourDistance: 0,
    textureSimilarity: 1,
    shapeSimilarity: 1,
    hidden: 0,
    words: ['also tee', 'nearly the same colours', 'both plain', 'similar shape'],
  });
});

test('what differs is said', () => {
  const attributes = { colours: '#2850b4:1.00', texture: striped };
  const why = explain({ label: 'tank', box: [0, 0, 10, 10], attributes }, 3, { ...query, source: 'drawn' });
  expect(why.words).toEqual([
    ...['tank, not tee', 'other colours', 'another pattern'],
    ...['by the box you drew', '3 nearer hidden by the filter'],
  ]);
  expect(why).toMatchObject({ box: 'drawn', sameClass: false, hidden: 3, shapeSimilarity: 0.5 });
  expect(why.colourDistance).toBeGreaterThan(60);
  const both = { ...query, facts: factsOf({ attributes: { ...red, texture: striped } }) };
  expect(explain({ attributes: { texture: striped } }, 0, both).words).toContain('a similar pattern');
  expect(explain({ attributes: { colours: '#e0503c:1.00' } }).words).toContain('similar colours');
});

test('what is not known is null and has no words', () => {
  for (const attributes of [{}, { colours: 'red', texture: '?' }, { colours: null, texture: 5 }]) {
    const why = explain({ label: null, attributes });
    expect(why).toMatchObject({
      sameClass: null,
      colourDistance: null,
      textureSimilarity: null,
      shapeSimilarity: null,
    });
    expect(why.words).toEqual([]);
  }
  expect(explain({}, 0, { ...query, source: 'whole', label: null }).words).toEqual(['by the whole picture']);
});

test('facts of a photo come back from the row that keeps them; a store without them is not looked for', () => {
  const pixels = new Uint8Array(3 * 40 * 40).fill(255);
  for (let y = 10; y < 30; y++) for (let x = 10; x < 30; x++) pixels.set([200, 30, 40], 3 * (40 * y + x));
  const photo = { width: 40, height: 40, pixels };
  const attributes = factAttributes(photo, [10, 10, 30, 30]);
  expect(attributes).toEqual(red);
  expect(lookAtGarment(photo, [10, 10, 30, 30], { colours: 'string', texture: 'string' })).toEqual(
    factsOf({ attributes }),
  );
  expect(lookAtGarment(photo, [10, 10, 30, 30], { title: 'string' })).toEqual({ colours: null, texture: null });
});
