import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import golden from '../../tests/golden/foreign-weights.json' with { type: 'json' };
import { float32 } from '../tensor/tensor.ts';
import { floatsFromHalves } from './float16.ts';
import { serialiseSafetensors } from './safetensors.ts';
import type { StoredArray } from './stored-array.ts';
import { parseWeightFile, type WeightFile } from './weight-file.ts';
import { readWeightFile } from './weight-file-node.ts';

const golds = new URL('../../tests/golden/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, golds)));
const parse = (name: string): WeightFile => parseWeightFile(bytesOf(name), name);

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

function numbersOf(array: StoredArray): Numbers {
  const { dtype, shape, data } = array.read();
  const plain = dtype === 'float16' ? floatsFromHalves(data as Uint16Array) : data;
  return { shape, data: Array.from(plain, Number) };
}

function expectNumbers({ arrays }: WeightFile, wanted: Readonly<Record<string, Numbers>>): void {
  for (const [name, numbers] of Object.entries(wanted)) {
    expect(numbersOf(arrays.get(name)!), name).toEqual(numbers);
  }
}

describe('a file of torch.save', () => {
  test.each(['arrays.pth', 'arrays-legacy.pth'])('%s: views, strides and every dtype are read exactly', (name) => {
    const file = parse(name);
    expect(file.format).toBe(name === 'arrays.pth' ? 'torch zip' : 'torch legacy');
    expect([...file.arrays.keys()]).toEqual(Object.keys(golden.torch));
    expectNumbers(file, golden.torch);
  });

  test('a training checkpoint keeps its weights under "model"', () => {
    expect(parse('arrays-legacy.pth').arrays.get('dense')!.shape).toEqual([2, 3, 4]);
  });
});

describe('a pickle of numpy arrays', () => {
  test.each(['arrays-p2.pkl', 'arrays-p4.pkl', 'arrays-p5.pkl', 'arrays-py2.pkl'])(
    '%s: byte order, Fortran order and halves are read exactly',
    (name) => {
      const file = parse(name);
      const { scalar: _, ...arrays } = golden.numpy;
      expectNumbers(file, arrays);
    },
  );

  test("Detectron's configuration comes along as text, though Python 2 calls it bytes", () => {
    const { notes, arrays } = parse('arrays-py2.pkl');
    expect(notes.get('cfg')).toMatch(/^RESNETS:\n {2}STRIDE_1X1: false\n/);
    expect(arrays.has('conv1_w_momentum')).toBe(true);
    expect(parse('arrays-p4.pkl').notes.get('__author__')).toBe('a test');
  });
});

test('safetensors are read too, and names lose the prefix of training on several cards', () => {
  const bytes = serialiseSafetensors(new Map([['module.conv1.weight', float32([1, 2])]]));
  const { format, arrays } = parseWeightFile(bytes, 'x');
  expect(format).toBe('safetensors');
  expect(numbersOf(arrays.get('conv1.weight') ?? arrays.get('module.conv1.weight')!).data).toEqual([1, 2]);
});

test.each<[string, Uint8Array, RegExp]>([
  ['an empty file', new Uint8Array(), /file\.pth: is no file of weights/],
  ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5, 6), /begin with ff d8 ff e0.*safetensors/],
  ['a list', Uint8Array.of(0x80, 2, 0x5d, 0x2e), /holds no named arrays.*got a list of 0.*state_dict/],
])('%s is no file of weights, and the message says what one is', (_name, bytes, message) => {
  expect(() => parseWeightFile(bytes, 'file.pth')).toThrow(message);
});

test('a path that is not there, and a folder, are named', async () => {
  await expect(readWeightFile('none/at-all.pth')).rejects.toThrow(/none\/at-all\.pth: cannot be opened \(ENOENT\)/);
  await expect(readWeightFile(fileURLToPath(golds))).rejects.toThrow(/is no file/);
  expect((await readWeightFile(fileURLToPath(new URL('arrays.pth', golds)))).arrays.size).toBe(14);
});
