import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDataYaml, writeDataYaml } from './data-yaml.ts';

const parse = (text: string) => parseDataYaml(text, 'data.yaml');

describe('data.yaml', () => {
  it('has folders and names, in lines or in brackets', () => {
    const text = `# a data set
path: ../here   # where it was
train: images/train
val: [images/val, 'more images/val']

nc: 3
names:
  0: coat # long
  1: "t-shirt"
  2: women's hat
download: |
  from somewhere: else
  - and more
`;
    expect(parse(text)).toEqual({
      path: '../here',
      parts: new Map([
        ['train', ['images/train']],
        ['val', ['images/val', 'more images/val']],
      ]),
      names: ['coat', 't-shirt', "women's hat"],
    });
    expect(parse('names: [\'a, b\', "c", d,]').names).toEqual(['a, b', 'c', 'd']);
    expect(parse('names: {0: a, 1: b}').names).toEqual(['a', 'b']);
    expect(parse('names:\n- a\n- b\ntrain:\n  - x\n  - y')).toMatchObject({
      names: ['a', 'b'],
      parts: new Map([['train', ['x', 'y']]]),
    });
    expect(parse('names: [a,\n  b,\n]\nnc: 2').names).toEqual(['a', 'b']);
  });

  it.each([
    ['no names', 'train: x', /names: a list or a map of classes; got "no names"/],
    ['a hole in the numbers', 'names: {0: a, 2: b}', /from 0 on, each once; got 0, 2/],
    ['the same number twice', 'names:\n  0: a\n  0: b', /a key that occurs twice/],
    ['keys that are no numbers', 'names: {a: b}', /whole numbers as keys/],
    ['an anchor', 'names: &x [a]', /line 1: .*no anchor/],
    ['a tag', 'names:\n  - !!python/object a', /line 2: .*no anchor, tag/],
    ['nesting', 'names: [[a]]', /no anchor, tag, nesting/],
    ['a bracket that stays open', 'names: [a', /\] at the end/],
    ['names twice', 'names: [a]\nnames: [b]', /names twice/],
    ['something else', '{"names": ["a"]}', /line 1: .*key: value/],
    ['a map of folders', 'names: [a]\ntrain:\n  x: y', /a folder, or a list of folders, for train/],
  ])('is refused for %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('gives back the names that were written', () => {
    const name = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
        const parts = new Map([['train', 'images/train']]);
        expect(parse(writeDataYaml(names, parts))).toEqual({
          path: null,
          parts: new Map([['train', ['images/train']]]),
          names,
        });
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
