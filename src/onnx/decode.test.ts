import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add, mul } from '../graph/arithmetic.ts';
import { conv } from '../graph/neural.ts';
import { input, UNKNOWN } from '../graph/value.ts';
import { float32, tensor } from '../tensor/tensor.ts';
import { decodeOnnx, inlineTensors } from './decode.ts';
import { encodeOnnx } from './encode.ts';
import { OnnxFileError } from './onnx-file-error.ts';
import { MessageWriter } from './protobuf-writer.ts';

const x = input('x', 'float32', [1, 2, UNKNOWN, UNKNOWN]);
const w = input('w', 'float32', [3, 2, 1, 1]);
const weights = float32([1, 2, 3, 4, 5, 6], [3, 2, 1, 1]);
const ours = encodeOnnx({
  outputs: { y: add(mul(conv(x, w, null, { padding: 1 }), 2), 1) },
  bindings: new Map([['w', weights]]),
  metadata: { classes: '["tee"]' },
}).bytes;

/** A model whose graph has one initialiser. */
const withTensor = (stored: MessageWriter) =>
  new MessageWriter().message(7, new MessageWriter().message(5, stored.text(8, 'w'))).finish();
const failure = (code: string, text: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(text) });
const decoding = (bytes: Uint8Array) => () => decodeOnnx(bytes, 'm.onnx');

describe('a file of ours', () => {
  test('reads back as it was written', () => {
    const file = decodeOnnx(ours);
    expect(file.inputs).toEqual([{ name: 'x', elementType: 1, shape: [1, 2, 'x_2', 'x_3'] }]);
    expect(file.outputs.map(({ name }) => name)).toEqual(['y']);
    expect(file.nodes.map(({ op }) => op)).toEqual(['Conv', 'Mul', 'Add', 'Identity']);
    expect(file.nodes[0]).toMatchObject({ inputs: ['x', 'w'], attributes: { pads: [1, 1, 1, 1], group: 1 } });
    expect(inlineTensors(file).get('w')).toEqual(weights);
    expect(file.metadata).toEqual(new Map([['classes', '["tee"]']]));
    expect([file.irVersion, file.producer, file.opsets.get('')]).toEqual([9, 'deep-shopping', 18]);
  });
});

describe('weights as lists of numbers', () => {
  test.each([
    [6, 'int32', Int32Array.of(-1, 7), (m: MessageWriter) => m.varint(5, -1).varint(5, 7)],
    [7, 'int64', BigInt64Array.of(-1n, 2n ** 40n), (m: MessageWriter) => m.varint(7, -1).varint(7, 2n ** 40n)],
    [1, 'float32', Float32Array.of(0.5, -2), (m: MessageWriter) => m.float(4, 0.5).float(4, -2)],
    [
      1,
      'float32',
      Float32Array.of(0.5, -2),
      (m: MessageWriter) => m.bytes(4, new Uint8Array(Float32Array.of(0.5, -2).buffer)),
    ],
    [
      11,
      'float64',
      Float64Array.of(0.1, 3),
      (m: MessageWriter) => m.bytes(10, new Uint8Array(Float64Array.of(0.1, 3).buffer)),
    ],
    [9, 'bool', Uint8Array.of(1, 0), (m: MessageWriter) => m.bytes(5, Uint8Array.of(1, 0))],
  ] as const)('of type %i, %s', (code, dtype, data, write) => {
    const file = decodeOnnx(withTensor(write(new MessageWriter().varint(1, 2).varint(2, code))));
    expect(inlineTensors(file).get('w')).toEqual(tensor(dtype, [2], data as never));
  });

  test('of a type that has no place here are listed without numbers', () => {
    const file = decodeOnnx(withTensor(new MessageWriter().varint(1, 1).varint(2, 8).text(6, 'word')));
    expect(file.initialisers.get('w')).toMatchObject({ elementType: 8, tensor: null, place: null });
  });
});

describe('bytes that are no ONNX file', () => {
  test('an empty file, another kind of file', () => {
    expect(decoding(new Uint8Array(0))).toThrow(failure('onnx-damaged', /no graph.*an empty file/));
    expect(decoding(new TextEncoder().encode('<html>'))).toThrow(OnnxFileError);
  });

  test('a file that is cut off anywhere gives an error or, between parts, no graph or fewer parts', () => {
    for (let length = 0; length < ours.length; length++) {
      try {
        decodeOnnx(ours.subarray(0, length), 'm.onnx');
      } catch (error) {
        expect(error).toBeInstanceOf(OnnxFileError);
      }
    }
  });

  test('a number of more than 64 bits, one that never ends', () => {
    const overflow = Uint8Array.of(0x08, ...new Array(9).fill(0xff), 0x02);
    expect(decoding(overflow)).toThrow(failure('onnx-damaged', /more than 64 bits/));
    expect(decoding(Uint8Array.of(0x08, ...new Array(50).fill(0x80)))).toThrow(failure('onnx-damaged', /64 bits/));
    expect(decoding(Uint8Array.of(0x08, 0x80))).toThrow(failure('onnx-truncated', /middle of a number/));
  });

  test('a length beyond the end, however large', () => {
    expect(decoding(Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0))).toThrow(
      failure('onnx-truncated', /expected at most 1 bytes; got 18446744073709551615/),
    );
  });

  test('field 0, groups, a field of another kind', () => {
    expect(decoding(Uint8Array.of(0x00, 0x00))).toThrow(failure('onnx-damaged', /field number 0/));
    expect(decoding(Uint8Array.of(0x0b))).toThrow(failure('onnx-damaged', /wire type 3/));
    expect(decoding(Uint8Array.of(0x38, 0x05))).toThrow(failure('onnx-damaged', /field 7 is of another kind/));
  });

  test('absurd shapes, and sizes that do not fit them', () => {
    const shaped = (...extents: (number | bigint)[]) =>
      extents.reduce<MessageWriter>((message, extent) => message.varint(1, extent), new MessageWriter().varint(2, 1));
    expect(decoding(withTensor(shaped(-1)))).toThrow(failure('onnx-damaged', /absurd shape/));
    expect(decoding(withTensor(shaped(2 ** 31, 2 ** 31, 2 ** 31)))).toThrow(failure('onnx-damaged', /absurd shape/));
    expect(decoding(withTensor(shaped(2 ** 30)))).toThrow(failure('onnx-damaged', /expected 1073741824 numbers/));
    expect(decoding(withTensor(shaped(1).bytes(9, new Uint8Array(3))))).toThrow(
      failure('onnx-damaged', /multiple of 4 bytes/),
    );
    expect(decoding(withTensor(shaped(1).bytes(9, new Uint8Array(8))))).toThrow(
      failure('onnx-damaged', /expected 1 numbers.*got 2/),
    );
  });

  test('whatever the bytes, an answer or an OnnxFileError', async () => {
    const real = await readFile(new URL('../../tests/golden/pytorch-net.onnx', import.meta.url));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = new Uint8Array(real);
          for (const [at, byte] of changes) bytes[at] = byte;
          try {
            decodeOnnx(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(OnnxFileError);
          }
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });
});
