import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DType, float32, int64, newArray, sizeOf, type Tensor, tensor } from '../tensor/tensor.ts';
import { parseSafetensors, SafetensorsError, serialiseSafetensors } from './safetensors.ts';

/** A file from a header as text and the bytes after it. */
function fileOf(header: string, payload: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + payload.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(payload, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: readonly unknown[], offsets: readonly unknown[]) => ({
  dtype,
  shape,
  data_offsets: offsets,
});

describe('reading', () => {
  test('gives the tensors and the metadata that a file holds', () => {
    const header = JSON.stringify({ __metadata__: { format: 'pt' }, a: entry('F32', [2], [0, 8]) });
    const { tensors, metadata } = parseSafetensors(fileOf(header, new Uint8Array([0, 0, 128, 63, 0, 0, 0, 192])));
    expect(tensors.get('a')).toEqual(float32([1, -2]));
    expect(metadata.get('format')).toBe('pt');
  });

  test('widens bfloat16', () => {
    const file = fileOf(JSON.stringify({ a: entry('BF16', [], [0, 2]) }), new Uint8Array([0x80, 0x3f]));
    expect(parseSafetensors(file).tensors.get('a')).toEqual(float32([1], []));
  });

  test('copies: a Buffer that is part of a larger one stays untouched, wherever it starts', () => {
    const bytes = serialiseSafetensors(new Map([['a', float32([1, 2])]]));
    const pool = Buffer.alloc(bytes.length + 3, 7);
    pool.set(bytes, 3);
    const found = parseSafetensors(pool.subarray(3)).tensors.get('a') as Tensor<'float32'>;
    expect(found).toEqual(float32([1, 2]));
    found.data[0] = 9;
    expect(pool.subarray(3)).toEqual(Buffer.from(bytes));
    expect(found.data.buffer.byteLength).toBe(8);
  });

  test('takes a header padded with spaces and tensors without elements', () => {
    const { tensors } = parseSafetensors(fileOf(`${JSON.stringify({ a: entry('F32', [0, 3], [0, 0]) })}    `));
    expect(tensors.get('a')).toEqual(float32([], [0, 3]));
  });
});

describe('hostile files', () => {
  const eight = new Uint8Array(8);
  const one = (value: unknown) => fileOf(JSON.stringify({ a: value }), eight);
  const hostile: Record<string, [Uint8Array, RegExp]> = {
    'an empty file': [new Uint8Array(0), /too short.*0 bytes/],
    'a header longer than the file': [fileOf('{}', eight, 4096n), /absurd.*4096/],
    'a header of exabytes': [fileOf('{}', eight, 2n ** 63n + 1n), /absurd/],
    'a header that is not UTF-8': [fileOf('ab', eight).fill(0xff, 8, 10), /not JSON/],
    'a header that is not JSON': [fileOf('{"a":'), /not JSON/],
    'a header that is a list': [fileOf('[]'), /not a JSON object/],
    'a header that is null': [fileOf('null'), /not a JSON object/],
    'offsets past the end': [one(entry('F32', [3], [0, 12])), /leave the file.*within 8 bytes/],
    'offsets that descend': [one(entry('F32', [0], [8, 4])), /leave the file/],
    'a negative offset': [one(entry('F32', [2], [-8, 0])), /malformed/],
    'an offset that is not whole': [one(entry('F32', [2], [0.5, 8.5])), /malformed/],
    'an offset that is text': [one(entry('F32', [2], ['0', 8])), /malformed/],
    'a negative extent': [one(entry('F32', [-2, -1], [0, 8])), /malformed/],
    'an extent beyond whole numbers': [one(entry('F32', [1e300], [0, 8])), /malformed/],
    'a size that overflows': [one(entry('F32', [2 ** 40, 2 ** 40, 2 ** 40], [0, 8])), /does not fit the shape/],
    'a size that does not fit the shape': [one(entry('F32', [3], [0, 8])), /12 bytes for F32 \[3\].*got 8/],
    'an unknown dtype': [one(entry('F4', [2], [0, 8])), /dtype is not supported.*F32.*got F4/],
    'a dtype off the prototype': [one(entry('constructor', [2], [0, 8])), /dtype is not supported/],
    'an unknown field': [one({ ...entry('F32', [2], [0, 8]), more: 1 }), /malformed/],
    'an entry without fields': [one(null), /malformed/],
    'metadata that is not text': [fileOf('{"__metadata__":{"a":1}}'), /__metadata__.*malformed/],
    'tensors that overlap': [
      fileOf(JSON.stringify({ a: entry('F32', [1], [0, 4]), b: entry('F16', [3], [2, 8]) }), eight),
      /tensor "b".*overlap/,
    ],
    'two tensors over the same bytes': [
      fileOf(JSON.stringify({ a: entry('F32', [2], [0, 8]), b: entry('F32', [2], [0, 8]) }), eight),
      /overlap/,
    ],
    'a hole between tensors': [
      fileOf(JSON.stringify({ a: entry('U8', [1], [0, 1]), b: entry('F32', [1], [4, 8]) }), eight),
      /belong to none/,
    ],
    'bytes after the last tensor': [one(entry('F32', [1], [0, 4])), /after the last tensor.*expected 4.*got 8/],
    'a name that comes twice': [
      fileOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        eight,
      ),
      /"a" twice/,
    ],
    'the name __proto__': [
      fileOf('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', eight),
      /may not be named "__proto__"/,
    ],
    'the name constructor': [
      fileOf('{"constructor":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', eight),
      /may not be named/,
    ],
  };
  for (const [name, [bytes, message]] of Object.entries(hostile)) {
    test(`${name}: a clear error that names the file`, () => {
      expect(() => parseSafetensors(bytes, 'some.safetensors')).toThrow(SafetensorsError);
      expect(() => parseSafetensors(bytes, 'some.safetensors')).toThrow(message);
      expect(() => parseSafetensors(bytes, 'some.safetensors')).toThrow(/^some\.safetensors/);
    });
  }

  test('any damaged byte gives tensors or a SafetensorsError, nothing else', () => {
    const good = serialiseSafetensors(
      new Map<string, Tensor>([
        ['a', float32([1, 2])],
        ['b', int64([3])],
      ]),
    );
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, cut) => {
        const bytes = good.slice(0, cut < 8 ? cut : good.length);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          parseSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { seed: 6, numRuns: 2000 },
    );
  });
});

describe('writing', () => {
  const dtype = fc.constantFrom<DType>('float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'bool');
  const anyTensor = fc.tuple(dtype, fc.array(fc.nat(4), { maxLength: 3 })).map(([kind, shape]): Tensor => {
    const data = newArray(kind, sizeOf(shape));
    new Uint8Array(data.buffer).forEach((_, i, bytes) => {
      bytes[i] = (i * 37) % 64;
    });
    return tensor(kind, shape, data);
  });
  const name = fc
    .string({ maxLength: 12 })
    .filter((text) => !['__metadata__', '__proto__', 'constructor', 'prototype'].includes(text));

  test('what is written is read back, and the order of tensors changes no byte', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, anyTensor), { selector: ([key]) => key, maxLength: 6 }), (entries) => {
        const bytes = serialiseSafetensors(new Map(entries), { b: '2', a: '1' });
        const { tensors, metadata } = parseSafetensors(bytes);
        expect(tensors).toEqual(new Map(entries));
        expect([...metadata]).toEqual([
          ['a', '1'],
          ['b', '2'],
        ]);
        expect(serialiseSafetensors(new Map([...entries].reverse()), { a: '1', b: '2' })).toEqual(bytes);
      }),
      { seed: 8 },
    );
  });

  test('every tensor starts at a multiple of its width', () => {
    const bytes = serialiseSafetensors(
      new Map<string, Tensor>([
        ['a', tensor('uint8', [3], new Uint8Array(3))],
        ['b', int64([1])],
      ]),
    );
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8))).toMatch(/^{"b":.*\[0,8\]},"a":.*\[8,11\]/);
  });

  test('a name of the prototype is refused', () => {
    expect(() => serialiseSafetensors(new Map([['__proto__', float32([1])]]))).toThrow(/may not be named/);
  });
});
