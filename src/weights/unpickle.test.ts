import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostilePickles } from '../../tests/hostile-pickles.ts';
import { PickleError } from './pickle-error.ts';
import type { PickleValue } from './pickle-values.ts';
import { unpickle } from './unpickle.ts';
import { parseWeightFile, WeightFileError } from './weight-file.ts';
import { ZipError } from './zip.ts';

/** A pickle spelled in Latin-1. */
const read = (pickle: string): PickleValue =>
  unpickle(
    Uint8Array.from(pickle, (character) => character.charCodeAt(0)),
    { where: 'x.pkl' },
  ).value;

describe('plain values', () => {
  test.each<[string, string, unknown]>([
    ['None, True, False', '(N\x88\x89t.', [null, true, false]],
    ['booleans of Python 2', '(I01\nI00\nI7\nt.', [true, false, 7]],
    ['whole numbers of every size', '(K\x07M\x01\x01J\xfe\xff\xff\xff\x8a\x01\xffL12L\nt.', [7, 257, -2, -1, 12]],
    ['an integer beyond 2 ** 53', '\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.', 2n ** 64n],
    ['numbers', '(G\x3f\xe0\x00\x00\x00\x00\x00\x00F-2.5\nt.', [0.5, -2.5]],
    [
      'text of every protocol',
      "(X\x02\x00\x00\x00\xc3\xa9U\x01\xe9S'a\\n\\x41'\nV\\u00e9\nt.",
      ['é', 'é', 'a\nA', 'é'],
    ],
    ['bytes', 'C\x02ab.', Uint8Array.of(97, 98)],
    ['a list with appended items', '](K\x01K\x02eK\x03a.', [1, 2, 3]],
    [
      'a dict, set in two ways',
      '}(U\x01aK\x01uK\x05U\x01bs.',
      new Map<unknown, unknown>([
        ['a', 1],
        [5, 'b'],
      ]),
    ],
    ['containers of protocol 0', '(lp0\n(dU\x01kg0\ns\x86.', [[], new Map([['k', []]])]],
    ['an OrderedDict with PyTorch’s attribute', 'ccollections\nOrderedDict\n)R}U\x09_metadata}sb.', new Map()],
    ['an OrderedDict of Python 2', 'ccollections\nOrderedDict\n(](](K\x01K\x02eetR.', new Map([[1, 2]])],
  ])('%s', (_name, pickle, wanted) => {
    expect(read(pickle)).toEqual(wanted);
  });

  test('a key like __proto__ is a key of a Map and nothing else', () => {
    const value = read('}U\x09__proto__}U\x08pollutedK\x01ss.');
    expect(value).toBeInstanceOf(Map);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test('200 hostile pickles are refused, each with what it tried to import or do', () => {
  const pickles = hostilePickles(200, 20261125);
  expect(pickles.length).toBeGreaterThanOrEqual(200);
  for (const { name, bytes, names } of pickles) {
    let thrown: unknown = null;
    try {
      unpickle(bytes, { where: 'evil.pkl' });
    } catch (error) {
      thrown = error;
    }
    expect(thrown, name).toBeInstanceOf(PickleError);
    expect((thrown as PickleError).message, name).toMatch(names);
    expect((thrown as PickleError).message, name).toMatch(/^evil\.pkl: /);
    expect((thrown as PickleError).message.length, name).toBeLessThan(700);
  }
});

describe('fuzzing: whatever a file holds, it is read or refused by name', () => {
  const golds = new URL('../../tests/golden/', import.meta.url);
  const names = [
    'arrays.pth',
    'arrays-legacy.pth',
    'arrays-p2.pkl',
    'arrays-p4.pkl',
    'arrays-p5.pkl',
    'arrays-py2.pkl',
  ];

  const readOrRefuse = (bytes: Uint8Array): void => {
    try {
      for (const { read: readArray } of parseWeightFile(bytes, 'fuzzed').arrays.values()) readArray();
    } catch (error) {
      const isNamed = error instanceof PickleError || error instanceof ZipError || error instanceof WeightFileError;
      if (!isNamed && (error as { code?: unknown }).code !== 'safetensors-invalid') throw error;
    }
  };

  test.each(names)('%s with bytes changed, cut out or put in', (name) => {
    const whole = new Uint8Array(readFileSync(new URL(name, golds)));
    const place = fc.nat(whole.length - 1);
    const change = fc.record({ at: place, byte: fc.nat(255), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, moves) => {
        let bytes = Uint8Array.from(whole);
        for (const { at, byte, cut, put } of changes) {
          if (moves) bytes = Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + cut)]);
          else bytes[at] = byte;
        }
        readOrRefuse(bytes);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('instructions in any order', () => {
    const letters =
      '(.)]}0123abcdeghijlopqrstuFGIJKLMNPQRSTUVXBC\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8c\x8d\x93\x94\x95\x96';
    const pieces = [
      'ccollections\nOrderedDict\n',
      'cnumpy\ndtype\n',
      'ctorch._utils\n_rebuild_tensor_v2\n',
      'U\x02f4',
      'K\x01',
      '\x85R',
    ];
    const piece = fc.oneof(fc.constantFrom(...letters), fc.constantFrom(...pieces));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        try {
          read(`${parts.join('')}.`);
        } catch (error) {
          if (!(error instanceof PickleError)) throw error;
        }
      }),
      { seed: 11, numRuns: 3000 },
    );
  });
});
