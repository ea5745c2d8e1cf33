import { describe, expect, test } from 'vitest';
import { tinyRecipe } from '../../tests/tiny-run.ts';
import { UsageError } from '../errors/errors.ts';
import { parseRecipe, type Recipe } from './recipe.ts';
import { combinationOf, combinationsOf, parseVariations, recipeWith, valueIn } from './recipe-grid.ts';

const base = parseRecipe(tinyRecipe({ optimizer: { kind: 'sgd', momentum: 0.8 } }), 'tiny');
const gridOf = (...texts: string[]) => combinationsOf(parseVariations(texts));
const recipesOf = (...texts: string[]): Recipe[] => gridOf(...texts).map((each) => recipeWith(base, each));
const foldersOf = (...texts: string[]) => gridOf(...texts).map(({ folder }) => folder);

describe('a grid', () => {
  test('is every combination, the last setting changing fastest', () => {
    expect(foldersOf('lr=0.01,2e-2', 'optimizer=sgd,adamw')).toEqual([
      'lr=0.01,optimizer=sgd',
      'lr=0.01,optimizer=adamw',
      'lr=0.02,optimizer=sgd',
      'lr=0.02,optimizer=adamw',
    ]);
  });

  test('sets paths and short names, which are the same setting', () => {
    const texts = ['learningRate=0.5', 'weight-decay=0', 'seed=7', 'augmentation.zoom.range=[1,1.2]', 'clipNorm=null'];
    expect(recipesOf(...texts)[0]).toMatchObject({
      ...{ learningRate: 0.5, seed: 7, clipNorm: null },
      optimizer: { kind: 'sgd', momentum: 0.8, weightDecay: 0 },
      augmentation: { flip: 0.5, zoom: { probability: 0.6, range: [1, 1.2] } },
    });
    expect(foldersOf('learningRate=0.5', 'optimizer.kind=sgd')).toEqual(foldersOf('optimizer=sgd', 'lr=0.5'));
  });

  test('leaves the base as it was', () => {
    const before = structuredClone(base);
    recipesOf('augmentation.flip=0', 'detector.boxHead.hidden=[8]', 'optimizer=adamw');
    expect(base).toEqual(before);
  });

  test('another kind of optimizer has its own defaults, but for what is varied beside it', () => {
    const [sgd, adamw] = recipesOf('optimizer=sgd,adamw').map(({ optimizer }) => optimizer);
    expect(sgd).toEqual({ kind: 'sgd', momentum: 0.8, weightDecay: 1e-4 });
    expect(adamw).toEqual({ kind: 'adamw', betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 });
    const both = recipesOf('weight-decay=0.3', 'optimizer=sgd,adamw');
    expect(both.map(({ optimizer }) => optimizer.weightDecay)).toEqual([0.3, 0.3]);
  });

  test('steps take the place of epochs, and the other way round', () => {
    expect(recipesOf('epochs=2')[0]).toMatchObject({ epochs: 2, steps: null });
    const [inEpochs] = recipesOf('epochs=2');
    expect(recipeWith(inEpochs!, gridOf('steps=3')[0])).toMatchObject({ epochs: null, steps: 3 });
  });

  test('enters parts of a detector that the recipe leaves to defaults', () => {
    expect(recipesOf('detector.fpn.width=24', 'detector.nms.a=1')[0].detector).toMatchObject({
      fpn: { strides: [16, 32], width: 24 },
      nms: { a: 1 },
    });
  });

  test('splits values at commas outside of brackets and quotes', () => {
    const [variation] = parseVariations(['detector.x=[1,2],{"a":[3,4]},"b,\\"c",d e,true,null,01']);
    expect(variation!.values).toEqual([[1, 2], { a: [3, 4] }, 'b,"c', 'd e', true, null, '01']);
  });

  test('knows what the base says about a setting', () => {
    const names = ['lr', 'optimizer', 'weight-decay', 'augmentation.flip', 'detector.nothing', 'toString', '__proto__'];
    expect(names.map((name) => valueIn(base, name))).toEqual([0.01, 'sgd', 1e-4, 0.5, undefined, undefined, undefined]);
  });
});

describe('folders', () => {
  test('do not hang on the order of the settings', () => {
    const [a, b] = [
      { name: 'a', value: 1 },
      { name: 'b', value: 2 },
    ];
    expect(combinationOf([b, a])).toEqual(combinationOf([a, b]));
  });

  test('are safe on every file system, and differ where the values do', () => {
    const values = [
      'a',
      'A',
      '../x',
      '..\\x',
      'CON',
      'x.',
      'x\u0000',
      '\u202e',
      '"1"',
      '1',
      '"a,b"',
      '"a, b"',
      `${'y'.repeat(300)}1`,
      `${'y'.repeat(300)}2`,
    ];
    const folders = foldersOf(`name=${values.join(',')}`);
    for (const folder of folders) expect(folder).toMatch(/^[a-z][A-Za-z0-9.,=+_-]{0,180}(?<!\.)$/);
    expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(values.length);
  });
});

describe('refused as wrong usage', () => {
  test.each([
    ['a text without "="', 'lr', /KEY=V1,V2.*no "="/],
    ['no key', '=1', /the key ""/],
    ['a key of every object', '__proto__=1', /no setting of a recipe.*the key "__proto__"/],
    ['one deeper', 'detector.__proto__.x=1', /the key "detector.__proto__.x"/],
    ['a constructor', 'detector.constructor.prototype.x=1', /no setting of a recipe/],
    ['an empty part', 'augmentation..flip=1', /no setting of a recipe/],
    ['no value', 'lr=', /an empty value/],
    ['a missing value', 'lr=1,,2', /an empty value/],
    ['a value twice', 'lr=0.01,1e-2', /a value twice/],
  ])('%s', (_, text, message) => {
    expect(() => parseVariations([text])).toThrow(message);
    expect(() => parseVariations([text])).toThrow(UsageError);
  });

  test.each([
    ['a setting that recipes lack', 'learnRate=1', /--vary, learnRate=1: .*learnRate/],
    ['one of another kind of optimizer', 'optimizer.betas=[0.9,0.99]', /betas/],
    ['a value of another type', 'lr=fast', /got learningRate: /],
    ['a number that is none', 'lr=1e999', /got learningRate: /],
    ['an unknown optimizer', 'optimizer=lion', /got optimizer.kind: /],
    ['something within a number', 'learningRate.x=1', /nothing to set here.*settings in learningRate; got 0.01/],
    ['something within a list', 'canvases.x.height=64', /nothing to set here/],
    [
      'values that do not go together',
      'baseline={"alpha":0}',
      /detector and baseline: .*expected one of them; got "both"/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => recipesOf(text)).toThrow(message);
    expect(() => recipesOf(text)).toThrow(UsageError);
  });

  test('something within a part that is switched off', () => {
    const off = parseRecipe(tinyRecipe({ augmentation: { rotation: null } }), 'tiny');
    const [turned] = gridOf('augmentation.rotation.degrees=5');
    expect(() => recipeWith(off, turned!)).toThrow(/settings in rotation; got null. Give rotation as a whole/);
  });

  test('a setting under two names, and a grid that would never end', () => {
    expect(() => parseVariations(['lr=1', 'learningRate=2'])).toThrow(/varied once.*lr a second time/);
    const ten = '0,1,2,3,4,5,6,7,8,9';
    expect(() => parseVariations([`a=${ten}`, `b=${ten}`, `c=${ten}`, 'd=0,1'])).toThrow(/at most 1000.*got 2000/);
  });
});
