import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCoco } from '../../tests/coco-sets.ts';
import { canonicalRelabelling, ownLabels, parseRelabelling, relabel, unknownLabels } from './relabel.ts';

const rules = {
  classes: ['jacket', 'blouse', 'tee'],
  sources: { street: { coat: 'jacket', top: { ignore: ['blouse', 'tee'] }, belt: null }, flat: { Coat: 'jacket' } },
  unlisted: null,
};
const parse = (value: unknown, source?: string) => parseRelabelling(JSON.stringify(value), 'rules.json', source);

const { coco } = parseCoco(
  JSON.stringify({
    images: [1, 2].map((id) => ({ id, file_name: `${id}.jpg`, width: 50, height: 50 })),
    annotations: ['coat', 'top', 'belt', 'shoe'].map((_, index) => ({
      id: index + 1,
      image_id: 1,
      category_id: index + 1,
      bbox: [index, 0, 9, 9],
      iscrowd: 0,
    })),
    categories: ['coat', 'top', 'belt', 'shoe'].map((name, index) => ({ id: index + 1, name })),
  }),
  'labels.json',
);

describe('relabelling', () => {
  it('gives classes, regions to ignore for each class they may hide, and nothing for the rest', () => {
    const { coco: relabelled, dropped } = relabel(coco, parse(rules, 'street'));
    expect(relabelled.categories).toEqual([
      { id: 1, name: 'jacket' },
      { id: 2, name: 'blouse' },
      { id: 3, name: 'tee' },
    ]);
    expect(
      relabelled.annotations.map(({ id, category_id, iscrowd, bbox }) => [id, category_id, iscrowd, bbox[0]]),
    ).toEqual([
      [1, 1, 0, 0],
      [2, 2, 1, 1],
      [3, 3, 1, 1],
    ]);
    expect([...dropped]).toEqual([
      ['belt', 1],
      ['shoe', 1],
    ]);
  });

  it('tells which labels it lists that the file does not have; case counts', () => {
    expect(unknownLabels(coco, parse(rules, 'flat'))).toEqual(['Coat']);
    expect(unknownLabels(coco, parse(rules, 'street'))).toEqual([]);
    expect(unknownLabels(coco, ownLabels(coco))).toEqual([]);
  });

  it('keeps photos that are left without boxes', () => {
    expect(relabel(coco, parse(rules, 'flat')).coco).toMatchObject({ images: [{ id: 1 }, { id: 2 }], annotations: [] });
  });

  it('without rules keeps the labels, numbered from 1', () => {
    const { coco: same } = relabel(coco, ownLabels(coco));
    expect(same.annotations.map(({ category_id }) => category_id)).toEqual([1, 2, 3, 4]);
  });

  it('has one canonical text whatever the order of its file', () => {
    const { coat, top, belt } = rules.sources.street;
    const other = { ...rules, sources: { street: { belt, top, coat } } };
    expect(canonicalRelabelling(parse(other))).toBe(canonicalRelabelling(parse(rules, 'street')));
    expect(canonicalRelabelling(parse(rules, 'flat'))).not.toBe(canonicalRelabelling(parse(rules, 'street')));
  });
});

it.each(['cc0', 'ccp'])('recipes/relabel/street13.json makes the classes of the bundled model of %s', (source) => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const { classes, targets } = parseRelabelling(read('recipes/relabel/street13.json'), 'street13.json', source);
  expect(classes).toEqual(JSON.parse(read('models/lite0-street13/model.json')).classes);
  expect(new Set(targets.values())).toContain('tee');
});

it.each(['cc0', 'ccp'])("recipes/relabel/paper6.json makes the paper's classes of %s", (source) => {
  const path = '../../recipes/relabel/paper6.json';
  const { classes, targets } = parseRelabelling(readFileSync(new URL(path, import.meta.url), 'utf8'), path, source);
  expect(classes.toSorted()).toEqual(['blouse', 'cardigan', 'jacket', 'sweater', 'tank', 'tee']);
  expect(new Set([...targets.values()].filter((target) => typeof target === 'string'))).toEqual(new Set(classes));
});

describe('a bad relabelling is refused', () => {
  it.each([
    ['without a source where there are several', rules, undefined, /expected one of street, flat.*--source/],
    ['with a source that it does not have', rules, 'attic', /there is no source "attic".*street, flat/],
    ['with a source named like an object of the language', rules, 'constructor', /there is no source/],
    [
      'with a class that is not listed',
      { ...rules, sources: { a: { coat: 'parka' } } },
      'a',
      /expected one of jacket, blouse, tee; got parka/,
    ],
    [
      'with an ignored class that is not listed',
      { ...rules, sources: { a: { coat: { ignore: ['parka'] } } } },
      'a',
      /parka/,
    ],
    ['with a class listed twice', { ...rules, classes: ['jacket', 'blouse', 'tee', 'tee'] }, 'street', /listed twice/],
    ['of another form', { classes: [] }, 'a', /this is not a relabelling.*classes/],
  ])('%s', (_, value, source, message) => {
    expect(() => parse(value, source)).toThrow(message);
  });
});
