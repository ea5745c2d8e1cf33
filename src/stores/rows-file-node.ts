/**
 * @file `rows.bin`: every row of an exact store in one file, little-endian, with a checksum a section.
 *
 * | bytes | what |
 * |---|---|
 * | 0..7 | `DEEPSHOP` |
 * | 8..11 | format version, u32 |
 * | 12..15 | length of the header, u32 |
 * | 16..19 | CRC-32 of the header, u32 |
 * | 20.. | header: JSON with space id, dimension, number of rows, commit number and the sections' lengths and checksums |
 * | then, each at the next multiple of 64 | `vectors`: `[R, D]` float32; `rows`: JSON, a line a row, in the same order |
 */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import type { Row } from './row.ts';
import { StoreError } from './store-error.ts';

const magic = 'DEEPSHOP';
const formatVersion = 1;
const prefixBytes = 20;
const alignment = 64;

const sectionSchema = z.object({ bytes: z.number().int().nonnegative(), crc32: z.number().int().nonnegative() });
const headerSchema = z.object({
  spaceId: z.string(),
  dimension: z.number().int().positive(),
  numRows: z.number().int().nonnegative(),
  commit: z.number().int().nonnegative(),
  sections: z.object({ vectors: sectionSchema, rows: sectionSchema }),
});

const rowSchema = z.object({
  product: z.string(),
  variant: z.string(),
  image: z.string(),
  region: z.number().int().nonnegative(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  label: z.string().nullable(),
  score: z.number().nullable(),
  contentHash: z.string(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export interface RowsFile {
  readonly spaceId: string;
  readonly dimension: number;
  /** Counts up with every commit. */
  readonly commit: number;
  readonly rows: readonly Omit<Row, 'vector'>[];
  /** `[R, D]` float32 */
  readonly vectors: Float32Array;
}

/** Writes atomically; see {@link writeFileAtomically} for `beforeRename`. */
export async function writeRowsFile(path: string, file: RowsFile, beforeRename: () => Promise<void>): Promise<void> {
  const { spaceId, dimension, commit } = file;
  const vectors = new Uint8Array(file.vectors.buffer, file.vectors.byteOffset, file.vectors.byteLength);
  const rows = Buffer.concat(file.rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`)));
  const sections = {
    vectors: { bytes: vectors.length, crc32: crc32(vectors) },
    rows: { bytes: rows.length, crc32: crc32(rows) },
  };
  const header = Buffer.from(JSON.stringify({ spaceId, dimension, numRows: file.rows.length, commit, sections }));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.write(magic, 'latin1');
  prefix.writeUInt32LE(formatVersion, 8);
  prefix.writeUInt32LE(header.length, 12);
  prefix.writeUInt32LE(crc32(header), 16);
  const chunks = [prefix, header, padding(prefixBytes + header.length), vectors, padding(vectors.length), rows];
  await writeFileAtomically(path, chunks, beforeRename);
}

/** Reads and checks the last commit. */
export async function readRowsFile(path: string): Promise<RowsFile> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw corrupt(path, 'the rows of this store are missing', {}, cause);
  }
  try {
    const { size } = await file.stat();
    const { header, end } = await readHeader(file, path, size);
    const { vectors, rows } = header.sections;
    const vectorsAt = aligned(end);
    const rowsAt = aligned(vectorsAt + vectors.bytes);
    const expectedSize = rowsAt + rows.bytes;
    if (size !== expectedSize) {
      const expected = `${expectedSize} bytes`;
      throw corrupt(path, size < expectedSize ? 'truncated' : 'longer than it says', { expected, got: String(size) });
    }
    if (vectors.bytes !== header.numRows * header.dimension * 4) throw corrupt(path, 'counts that do not agree');
    const vectorBytes = await readSection(file, path, 'vectors', vectorsAt, vectors);
    const rowBytes = await readSection(file, path, 'rows', rowsAt, rows);
    const parsed = parseRows(rowBytes, path);
    if (parsed.length !== header.numRows) throw corrupt(path, 'counts that do not agree');
    return { ...header, rows: parsed, vectors: new Float32Array(vectorBytes.buffer) };
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle, path: string, size: number) {
  if (size < prefixBytes)
    throw corrupt(path, 'truncated', { expected: `${prefixBytes} bytes or more`, got: String(size) });
  const prefix = await readAt(file, path, 0, prefixBytes);
  const view = new DataView(prefix.buffer);
  if (Buffer.from(prefix.subarray(0, 8)).toString('latin1') !== magic) throw corrupt(path, 'not a file of rows');
  const version = view.getUint32(8, true);
  if (version !== formatVersion) {
    const cure = 'Update deep-shopping, or index the catalogue again into a new --store.';
    const facts = { where: path, expected: `format version ${formatVersion}`, got: String(version), cure };
    throw new StoreError('version', 'rows of another format version', facts);
  }
  const length = view.getUint32(12, true);
  if (prefixBytes + length > size) throw corrupt(path, 'truncated in its header');
  const bytes = await readAt(file, path, prefixBytes, length);
  if (crc32(bytes) !== view.getUint32(16, true)) throw corrupt(path, 'the checksum of the header is wrong');
  const parsed = headerSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (!parsed.success) throw corrupt(path, 'a header that is not understood', {}, parsed.error);
  return { header: parsed.data, end: prefixBytes + length };
}

async function readSection(
  file: FileHandle,
  path: string,
  name: string,
  at: number,
  section: z.infer<typeof sectionSchema>,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readAt(file, path, at, section.bytes);
  if (crc32(bytes) !== section.crc32) throw corrupt(path, `the checksum of section ${name} is wrong`);
  return bytes;
}

/** Its own buffer, so that numbers can be viewed in it without a copy. */
async function readAt(
  file: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(length - at, 1 << 26), position + at);
    if (bytesRead === 0) throw corrupt(path, 'truncated');
    at += bytesRead;
  }
  return bytes;
}

function parseRows(bytes: Uint8Array, path: string): Omit<Row, 'vector'>[] {
  const rows: Omit<Row, 'vector'>[] = [];
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw corrupt(path, 'a row without an end');
    const parsed = rowSchema.safeParse(JSON.parse(decoder.decode(bytes.subarray(at, end))));
    if (!parsed.success) throw corrupt(path, `row ${rows.length} is not understood`, {}, parsed.error);
    rows.push(parsed.data);
    at = end + 1;
  }
  return rows;
}

function corrupt(
  where: string,
  summary: string,
  facts: { expected?: string; got?: string } = {},
  cause?: unknown,
): StoreError {
  const cure =
    'The file was damaged outside of deepshop: restore it from a copy, or index the catalogue again into a new --store.';
  return new StoreError('corrupt', summary, { where, ...facts, cure }, { cause });
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

function padding(offset: number): Uint8Array {
  return new Uint8Array(aligned(offset) - offset);
}
