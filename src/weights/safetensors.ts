/**
 * @file safetensors, from and to bytes: 8 bytes of header length, a JSON header, then the numbers, little-endian.
 *
 * Files come from anywhere, so nothing in a header is trusted: every tensor must lie inside the file, have the size
 * that its shape says and share no byte with another.
 * Reference: https://github.com/huggingface/safetensors#format
 */
import { z } from 'zod';
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import { arrayOver, type DType, newArray, sizeOf, type Tensor } from '../tensor/tensor.ts';
import { repeatedKey } from './unique-keys.ts';

/** A file that is not valid safetensors. */
export class SafetensorsError extends DeepShopError {
  constructor(summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super('safetensors-invalid', summary, { cure: 'Fetch or write the file again.', ...facts }, options);
  }
}

export interface SafetensorsFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The format's own cap. */
const MAX_HEADER_BYTES = 100_000_000;

const dtypeNames = {
  float64: 'F64',
  int64: 'I64',
  float32: 'F32',
  int32: 'I32',
  float16: 'F16',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<DType, string>;

const stored: ReadonlyMap<string, { readonly dtype: DType; readonly bytes: number }> = new Map([
  ...Object.entries(dtypeNames).map(
    ([dtype, name]) => [name, { dtype: dtype as DType, bytes: bytesOf(dtype as DType) }] as const,
  ),
  // Widened to float32 when read, which loses nothing.
  ['BF16', { dtype: 'float32', bytes: 2 }] as const,
]);

const natural = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(natural),
  data_offsets: z.tuple([natural, natural]),
});
const metadataSchema = z.record(z.string(), z.string());

/** Names that would reach an object's prototype in careless hands. */
const refusedNames = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a file. The tensors are copies.
 *
 * @param where names the file in errors
 */
export function parseSafetensors(bytes: Uint8Array, where = 'safetensors'): SafetensorsFile {
  const headerEnd = headerEndOf(bytes, where);
  const header = parseHeader(bytes.subarray(8, headerEnd), where);
  const payload = bytes.subarray(headerEnd);
  const tensors = new Map<string, Tensor>();
  const ranges: Range[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = new Map(Object.entries(checked(metadataSchema, value, `${where}, __metadata__`)));
      continue;
    }
    const { tensor, range } = readTensor(name, value, payload, where);
    tensors.set(name, tensor);
    ranges.push(range);
  }
  checkCoverage(ranges, payload.length, where);
  return { tensors, metadata };
}

/** Writes a file. The same tensors give the same bytes, in whatever order they come. */
export function serialiseSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // Wide numbers first, so that every tensor is aligned when the payload is.
  const entries = [...tensors].sort(
    ([nameA, a], [nameB, b]) => bytesOf(b.dtype) - bytesOf(a.dtype) || (nameA < nameB ? -1 : 1),
  );
  const header = new Map<string, unknown>();
  const metadataEntries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (metadataEntries.length > 0) header.set('__metadata__', Object.fromEntries(metadataEntries));
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (name === '__metadata__' || refusedNames.has(name)) throw refusedName(name, 'tensors to write');
    header.set(name, { dtype: dtypeNames[dtype], shape, data_offsets: [offset, offset + data.byteLength] });
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let position = 8 + headerLength;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function bytesOf(dtype: DType): number {
  return newArray(dtype, 0).BYTES_PER_ELEMENT;
}

function headerEndOf(bytes: Uint8Array, where: string): number {
  const truncated = 'The file is truncated or not safetensors; fetch it again.';
  if (bytes.length < 8) {
    throw new SafetensorsError('too short to be safetensors', { where, got: `${bytes.length} bytes`, cure: truncated });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const limit = Math.min(MAX_HEADER_BYTES, bytes.length - 8);
  if (length > BigInt(limit)) {
    throw new SafetensorsError('header length is absurd', {
      where,
      expected: `at most ${limit} bytes`,
      got: `${length}`,
      cure: truncated,
    });
  }
  return 8 + Number(length);
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError('header is not JSON', { where, got: (cause as Error).message }, { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new SafetensorsError('header is not a JSON object', { where });
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new SafetensorsError(`header has ${JSON.stringify(repeated)} twice`, { where });
  return header as Record<string, unknown>;
}

function readTensor(name: string, value: unknown, payload: Uint8Array, file: string): { tensor: Tensor; range: Range } {
  if (refusedNames.has(name)) throw refusedName(name, file);
  const where = `${file}, tensor ${JSON.stringify(name)}`;
  const entry = checked(entrySchema, value, where);
  const format = stored.get(entry.dtype);
  if (format === undefined) {
    throw new SafetensorsError('dtype is not supported', {
      where,
      expected: [...stored.keys()].join(', '),
      got: entry.dtype.slice(0, 40),
    });
  }
  const [start, end] = entry.data_offsets;
  if (start > end || end > payload.length) {
    throw new SafetensorsError('offsets leave the file', {
      where,
      expected: `an ascending range within ${payload.length} bytes`,
      got: `[${start}, ${end}]`,
      cure: 'The file is truncated or was made to mislead; fetch it again.',
    });
  }
  const size = sizeOf(entry.shape) * format.bytes;
  if (size !== end - start) {
    throw new SafetensorsError('size does not fit the shape', {
      where,
      expected: `${size} bytes for ${entry.dtype} [${entry.shape}]`,
      got: `${end - start}`,
    });
  }
  // A copy has a buffer of its own, aligned whatever the offset was. (A Buffer's slice() would be a view.)
  const { buffer } = new Uint8Array(payload.subarray(start, end));
  const data = entry.dtype === 'BF16' ? widened(new Uint16Array(buffer)) : arrayOver(format.dtype, buffer);
  return { tensor: { dtype: format.dtype, shape: entry.shape, data }, range: { name, start, end } };
}

function widened(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

function checkCoverage(ranges: readonly Range[], payloadBytes: number, where: string): void {
  let covered = 0;
  const ordered = [...ranges].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const { name, start, end } of ordered) {
    if (start !== covered) {
      throw new SafetensorsError(start < covered ? 'tensors overlap' : 'bytes between tensors belong to none', {
        where: `${where}, tensor ${JSON.stringify(name)}`,
        expected: `a start at ${covered}`,
        got: `${start}`,
      });
    }
    covered = end;
  }
  if (covered !== payloadBytes) {
    throw new SafetensorsError('bytes after the last tensor belong to none', {
      where,
      expected: `${covered} bytes of numbers`,
      got: `${payloadBytes}`,
    });
  }
}

function refusedName(name: string, where: string): SafetensorsError {
  return new SafetensorsError(`a tensor may not be named ${JSON.stringify(name)}`, { where });
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new SafetensorsError('header entry is malformed', { where, got: z.prettifyError(result.error) });
  }
  return result.data;
}
