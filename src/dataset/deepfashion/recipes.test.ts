import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deepFashionCategories } from './categories.ts';
import { paperTable1, recipes } from './recipes.ts';

const labelOf = (name: string) => deepFashionCategories.findIndex((category) => category.name === name) + 1;

describe("the paper's Table 1", () => {
  it('takes the old labels that it prints', () => {
    const oldLabels = recipes.table1.classes.map((name) =>
      [...recipes.table1.targets].flatMap(([old, target]) => (target === name ? [labelOf(old)] : [])),
    );
    expect(oldLabels).toEqual([[1, 4, 11, 13], [6], [16], [17], [3], [18]]);
  });

  it('adds up to 83,475, and caps blouse and tee', () => {
    expect(paperTable1.rows.reduce((sum, { total }) => sum + total, 0)).toBe(83475);
    expect(paperTable1.rows.map(({ name }) => name)).toEqual(recipes.table1.classes);
    expect(paperTable1.rows.filter(({ total }) => total === 15000).map(({ name }) => name)).toEqual(
      recipes.table1.capped,
    );
  });
});

describe('street13', () => {
  it('says something of all fifty categories, and only in its own classes', () => {
    const { classes, targets } = recipes.street13;
    expect([...targets.keys()].sort()).toEqual(deepFashionCategories.map(({ name }) => name).sort());
    const named = [...targets.values()].flatMap((target) =>
      typeof target === 'string' ? target : (target?.ignore ?? []),
    );
    for (const name of named) expect(classes).toContain(name);
    expect(classes).toHaveLength(13);
  });

  const data = process.env.DEEPSHOP_DATA;
  it.skipIf(data === undefined)('has the classes of the photos in DEEPSHOP_DATA, in their order', () => {
    const { classes } = JSON.parse(readFileSync(join(data!, 'street13.json'), 'utf8'));
    expect(recipes.street13.classes).toEqual(classes);
    const six = JSON.parse(readFileSync(join(data!, 'paper6.json'), 'utf8'));
    expect(recipes.table1.classes).toEqual(six.classes);
  });
});

it('there are twenty upper, sixteen lower and fourteen full categories', () => {
  const count = (type: number) => deepFashionCategories.filter((category) => category.type === type).length;
  expect([count(1), count(2), count(3)]).toEqual([20, 16, 14]);
});
