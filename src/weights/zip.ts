/**
 * @file Reads zip archives as PyTorch writes them: entries stored without compression, 64-bit records or not. Only the
 * central directory is trusted for sizes, and nothing in it that does not fit the file.
 *
 * Not here: compression (PyTorch uses none, so a compressed entry is refused), encryption, parts over several files, and
 * the entries' checksums, which PyTorch lets its users switch off.
 * Reference: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import { shortened } from './pickle-error.ts';

/** A zip archive that is damaged, or of a kind that is not read. */
export class ZipError extends DeepShopError {
  constructor(summary: string, facts: ErrorFacts = {}) {
    super('zip-invalid', summary, { cure: 'Fetch or save the file again.', ...facts });
  }
}

const SIGNATURES = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 };
const SIZES = { local: 30, central: 46, end: 22, end64: 56, locator: 20 };
/** The largest comment, after which the record of the end must be found. */
const MAX_COMMENT = 0xffff;
/** Detectors have some 2,000 arrays. */
const MAX_ENTRIES = 200_000;
const IN_64_BITS = 0xffffffff;
const ENCRYPTED = 1;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length > 4 && [0x50, 0x4b, 3, 4].every((byte, at) => bytes[at] === byte);

/**
 * The entries by name: views of the file, not copies.
 *
 * @param where names the file in errors
 */
export function readZip(bytes: Uint8Array, where: string): Map<string, Uint8Array> {
  const archive = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), where };
  const directory = findDirectory(archive);
  const entries = new Map<string, Uint8Array>();
  const ranges: { readonly start: number; readonly end: number; readonly name: string }[] = [];
  let at = directory.start;
  for (let index = 0; index < directory.count; index++) {
    const entry = readEntry(archive, at, directory.start + directory.size);
    if (entries.has(entry.name)) throw fault(archive, `has two entries of one name: ${shortened(entry.name)}`);
    entries.set(entry.name, bytes.subarray(entry.start, entry.end));
    ranges.push({ start: entry.header, end: entry.end, name: entry.name });
    at = entry.next;
  }
  ranges.sort((a, b) => a.start - b.start);
  for (const [index, range] of ranges.entries()) {
    const limit = ranges[index + 1]?.start ?? directory.start;
    if (range.end > limit) throw fault(archive, `has entries that overlap: ${shortened(range.name)}`);
  }
  return entries;
}

interface Archive {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly where: string;
}

interface Directory {
  readonly start: number;
  readonly size: number;
  readonly count: number;
}

function fault({ where }: Archive, summary: string, facts: ErrorFacts = {}): ZipError {
  return new ZipError(summary, {
    where,
    cure: 'The file is cut or damaged, or not written by PyTorch; fetch it again.',
    ...facts,
  });
}

/** Reads fields after checking that a record of this kind lies at a place. */
function recordAt(archive: Archive, kind: keyof typeof SIGNATURES, at: number): DataView {
  const { bytes, view } = archive;
  const fits = at >= 0 && at + SIZES[kind] <= bytes.length && view.getUint32(at, true) === SIGNATURES[kind];
  if (!fits) throw fault(archive, `has no ${kind} record where it says`, { got: `byte ${at}` });
  return new DataView(bytes.buffer, bytes.byteOffset + at, SIZES[kind]);
}

function wide(archive: Archive, view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(archive.bytes.length))
    throw fault(archive, 'states a size beyond the file', { got: String(value) });
  return Number(value);
}

function findDirectory(archive: Archive): Directory {
  const { bytes, view } = archive;
  const first = Math.max(0, bytes.length - SIZES.end - MAX_COMMENT);
  for (let at = bytes.length - SIZES.end; at >= first; at--) {
    if (view.getUint32(at, true) !== SIGNATURES.end) continue;
    if (at + SIZES.end + view.getUint16(at + 20, true) !== bytes.length) continue;
    const end = recordAt(archive, 'end', at);
    const has64 = at >= SIZES.locator && view.getUint32(at - SIZES.locator, true) === SIGNATURES.locator;
    const directory = has64
      ? wideDirectory(archive, at - SIZES.locator)
      : { count: end.getUint16(10, true), size: end.getUint32(12, true), start: end.getUint32(16, true) };
    if (directory.count > MAX_ENTRIES) throw fault(archive, 'has too many entries', { got: String(directory.count) });
    if (directory.start + directory.size > at) throw fault(archive, 'has a directory beyond its end');
    return directory;
  }
  throw fault(archive, 'has no end of a zip archive');
}

function wideDirectory(archive: Archive, locator: number): Directory {
  const end = recordAt(archive, 'end64', wide(archive, recordAt(archive, 'locator', locator), 8));
  return { count: wide(archive, end, 32), size: wide(archive, end, 40), start: wide(archive, end, 48) };
}

interface Entry {
  readonly name: string;
  /** Of the local header, of the first byte, after the last. */
  readonly header: number;
  readonly start: number;
  readonly end: number;
  /** Of the next record of the directory. */
  readonly next: number;
}

function readEntry(archive: Archive, at: number, limit: number): Entry {
  const { bytes, where } = archive;
  const record = recordAt(archive, 'central', at);
  const [nameLength, extraLength] = [record.getUint16(28, true), record.getUint16(30, true)];
  const nameStart = at + SIZES.central;
  const next = nameStart + nameLength + extraLength + record.getUint16(32, true);
  if (next > limit) throw fault(archive, 'has a directory that is cut');
  const name = entryName(archive, bytes.subarray(nameStart, nameStart + nameLength));
  const place = { where: `${where}, entry ${JSON.stringify(shortened(name))}` };
  if ((record.getUint16(8, true) & ENCRYPTED) !== 0) throw fault(archive, 'is encrypted', place);
  const method = record.getUint16(10, true);
  if (method !== 0) {
    const cure = 'PyTorch compresses nothing: the archive was packed anew. Save the weights again with torch.save.';
    throw fault(archive, 'is compressed', { ...place, expected: 'method 0 (stored)', got: `method ${method}`, cure });
  }
  const extra = { start: nameStart + nameLength, end: nameStart + nameLength + extraLength };
  const [size, packed, header] = wideFields(archive, extra, [
    record.getUint32(24, true),
    record.getUint32(20, true),
    record.getUint32(42, true),
  ]);
  if (size !== packed) throw fault(archive, 'states two sizes', place);
  const local = recordAt(archive, 'local', header);
  const localName = header + SIZES.local;
  const start = localName + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + size > bytes.length) throw fault(archive, 'reaches beyond the file', place);
  const hasSameName = local.getUint16(26, true) === nameLength && sameBytes(bytes, localName, nameStart, nameLength);
  if (!hasSameName) throw fault(archive, 'is named otherwise where its bytes are', place);
  return { name, header, start, end: start + size, next };
}

/** Sizes and places that do not fit 32 bits stand in an extra field, in this order. */
function wideFields(
  archive: Archive,
  extra: { readonly start: number; readonly end: number },
  narrow: readonly [number, number, number],
): [number, number, number] {
  const { view } = archive;
  if (!narrow.includes(IN_64_BITS)) return [...narrow];
  for (let at = extra.start; at + 4 <= extra.end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let from = at + 4;
    const end = Math.min(extra.end, from + view.getUint16(at + 2, true));
    return narrow.map((value) => {
      if (value !== IN_64_BITS) return value;
      if (from + 8 > end) throw fault(archive, 'has a 64-bit field that is cut');
      from += 8;
      return wide(archive, view, from - 8);
    }) as [number, number, number];
  }
  throw fault(archive, 'lacks the 64-bit field that it points to');
}

/** Names go nowhere near a disk, but one that would climb out of a folder says that the file is no friend. */
function entryName(archive: Archive, bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fault(archive, 'has a name that is not UTF-8');
  }
  const isOdd = name === '' || /^[/\\]|\\|(^|\/)\.\.(\/|$)|^[A-Za-z]:|\p{Cc}/u.test(name);
  if (isOdd)
    throw fault(archive, 'has a name that no archive of weights has', { got: JSON.stringify(shortened(name)) });
  return name;
}

function sameBytes(bytes: Uint8Array, a: number, b: number, count: number): boolean {
  for (let at = 0; at < count; at++) if (bytes[a + at] !== bytes[b + at]) return false;
  return true;
}
