/**
 * @file The part of protobuf's wire format that reading an ONNX file takes. Bytes come from anywhere: every length is
 * checked against what is there before anything is read or allocated.
 *
 * Reference: https://protobuf.dev/programming-guides/encoding/
 */
import { OnnxFileError } from './onnx-file-error.ts';

/** One field of a message. */
export type Field = { readonly number: number } & (
  | { readonly kind: 'varint'; readonly value: bigint }
  | { readonly kind: 'fixed64'; readonly bytes: Uint8Array }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'fixed32'; readonly bytes: Uint8Array }
);

/** The fields of a message in their order. Nothing is copied. @param where for messages */
export function* readFields(message: Uint8Array, where: string): Generator<Field> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const key = readVarint(message, cursor, where);
    const number = Number(key >> 3n);
    if (number === 0 || key >> 3n > 0x1fffffffn) throw damaged(`field number ${key >> 3n}`, cursor.at, where);
    const wireType = Number(key & 7n);
    if (wireType === 0) yield { number, kind: 'varint', value: readVarint(message, cursor, where) };
    else if (wireType === 1) yield { number, kind: 'fixed64', bytes: take(message, cursor, 8n, where) };
    else if (wireType === 5) yield { number, kind: 'fixed32', bytes: take(message, cursor, 4n, where) };
    else if (wireType === 2) {
      yield { number, kind: 'bytes', bytes: take(message, cursor, readVarint(message, cursor, where), where) };
    } else throw damaged(`wire type ${wireType}`, cursor.at, where);
  }
}

/** Packed varints: a list without keys. */
export function* readPackedVarints(bytes: Uint8Array, where: string): Generator<bigint> {
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) yield readVarint(bytes, cursor, where);
}

/** A varint read as a signed 64-bit number. */
export const toSigned = (value: bigint): bigint => BigInt.asIntN(64, value);

interface Cursor {
  at: number;
}

/** A varint of 64 bits has ten bytes, and the tenth holds one bit. */
function readVarint(bytes: Uint8Array, cursor: Cursor, where: string): bigint {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw truncated(cursor.at, bytes.length, where);
    cursor.at += 1;
    if (index === 9 && byte > 1) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return value;
  }
  throw damaged('a number of more than 64 bits', cursor.at, where);
}

function take(bytes: Uint8Array, cursor: Cursor, length: bigint, where: string): Uint8Array {
  if (length > BigInt(bytes.length - cursor.at)) {
    throw new OnnxFileError('truncated', 'a part is longer than what holds it', {
      where: `${where}, byte ${cursor.at}`,
      expected: `at most ${bytes.length - cursor.at} bytes`,
      got: String(length),
      cure: 'The file is cut off or no ONNX file; fetch it again.',
    });
  }
  const start = cursor.at;
  cursor.at += Number(length);
  return bytes.subarray(start, cursor.at);
}

function truncated(at: number, length: number, where: string): OnnxFileError {
  return new OnnxFileError('truncated', 'ends in the middle of a number', {
    where: `${where}, byte ${at}`,
    got: `${length} bytes`,
    cure: 'The file is cut off or no ONNX file; fetch it again.',
  });
}

function damaged(what: string, at: number, where: string): OnnxFileError {
  return new OnnxFileError('damaged', 'is not protobuf', {
    where: `${where}, byte ${at}`,
    got: what,
    cure: 'The file is damaged or no ONNX file; fetch it again.',
  });
}
