/**
 * @file Files of `torch.save`: the zip archive that it writes since version 1.6, and the row of pickles before it.
 *
 * Reference: PyTorch's `torch/serialization.py`
 */

import { damaged, inFile, PickleError, refused, shortened } from './pickle-error.ts';
import { torchStorages } from './pickle-globals.ts';
import {
  asKind,
  describeValue,
  isCount,
  isList,
  isTuple,
  type PickledStorage,
  type PickleValue,
} from './pickle-values.ts';
import { bytesOfStored, type StoredNumberName } from './stored-array.ts';
import { unpickle } from './unpickle.ts';
import { readZip, ZipError } from './zip.ts';

/** First value of a file of the older kind, as it is pickled: protocol 2, an integer of ten bytes. */
const legacyMagic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const LEGACY_VERSION = 1001;

export const isLegacyTorch = (bytes: Uint8Array): boolean => legacyMagic.every((byte, at) => bytes[at] === byte);

/** What was saved, out of a zip archive. */
export function readTorchZip(bytes: Uint8Array, where: string): PickleValue {
  const entries = readZip(bytes, where);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const root = pickles[0]?.slice(0, -'/data.pkl'.length);
  if (root === undefined || pickles.length > 1) {
    throw new ZipError('is no archive of torch.save', {
      where,
      expected: 'one entry NAME/data.pkl',
      got: `${pickles.length}`,
    });
  }
  if (entries.has(`${root}/constants.pkl`)) {
    throw refused('TorchScript', `${where}: holds a program, not weights alone`);
  }
  const order = new TextDecoder().decode(entries.get(`${root}/byteorder`) ?? new Uint8Array());
  if (order !== '' && order !== 'little') {
    throw new ZipError('was written on a big-endian machine', { where, got: JSON.stringify(shortened(order)) });
  }
  const persistentLoad = (id: PickleValue): PickleValue => {
    const { key, ...storage } = storageOf(id);
    const stored = entries.get(`${root}/data/${key}`);
    if (stored === undefined) throw damaged(`lacks the numbers ${JSON.stringify(shortened(key))}`);
    checkSize(storage, stored.length);
    return { kind: 'storage', ...storage, bytes: () => stored };
  };
  return unpickle(entries.get(`${root}/data.pkl`)!, { where, persistentLoad }).value;
}

/** What was saved, out of a file of before 1.6, or of `_use_new_zipfile_serialization=False`. */
export function readLegacyTorch(bytes: Uint8Array, where: string): PickleValue {
  const storages = new Map<string, Omit<StorageId, 'key'> & { found: Uint8Array | null }>();
  const persistentLoad = (id: PickleValue): PickleValue => {
    const { key, ...storage } = storageOf(id);
    const known = storages.get(key) ?? { ...storage, found: null };
    storages.set(key, known);
    if (known.dtype !== storage.dtype || known.count !== storage.count)
      throw damaged('describes one storage in two ways');
    return { kind: 'storage', ...storage, bytes: () => known.found! };
  };
  const version = unpickle(bytes, { where, start: legacyMagic.length });
  const system = unpickle(bytes, { where, start: version.end });
  const isLittle = system.value instanceof Map && system.value.get('little_endian') === true;
  if (version.value !== LEGACY_VERSION || !isLittle) {
    throw new PickleError('damaged', 'was written in another form of the old format', {
      where,
      expected: `version ${LEGACY_VERSION}, little-endian`,
      got: describeValue(version.value),
    });
  }
  const saved = unpickle(bytes, { where, start: system.end, persistentLoad });
  const keys = unpickle(bytes, { where, start: saved.end });
  inFile(where, () => {
    if (!isList(keys.value)) throw damaged('lacks the list of its numbers', { got: describeValue(keys.value) });
    let at = keys.end;
    for (const key of keys.value) {
      const storage = typeof key === 'string' ? storages.get(key) : undefined;
      if (storage === undefined)
        throw damaged('lists numbers that no tensor is a view of', { got: describeValue(key) });
      const size = storage.count * bytesOfStored(storage.dtype);
      if (at + 8 + size > bytes.length) throw damaged('ends too early', { expected: `${size} bytes more` });
      const stated = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
      if (stated !== BigInt(storage.count))
        throw damaged('states two sizes', { got: `${stated} and ${storage.count}` });
      storage.found = bytes.subarray(at + 8, at + 8 + size);
      at += 8 + size;
    }
    if ([...storages.values()].some(({ found }) => found === null)) throw damaged('lacks the numbers of a tensor');
  });
  return saved.value;
}

interface StorageId {
  readonly key: string;
  readonly dtype: StoredNumberName;
  readonly count: number;
}

/** `('storage', FloatStorage, key, location, count)`, and in old files a view on part of it, which none has. */
function storageOf(id: PickleValue): StorageId {
  if (!isTuple(id) || id[0] !== 'storage') {
    throw refused(`persistent id ${describeValue(id)}`, 'refers to something outside of itself');
  }
  const [, type, key, , count, view] = id;
  const dtype = torchStorages.get(asKind(type, 'global')?.name ?? '');
  if (dtype === undefined) throw refused(`storage of ${describeValue(type)}`, 'numbers of a kind not read here');
  if (typeof key !== 'string' || !isCount(count) || (view ?? null) !== null) {
    throw damaged('does not describe a storage as PyTorch does', { got: describeValue(key) });
  }
  return { key, dtype, count };
}

function checkSize(
  { dtype, count }: Pick<PickledStorage, 'count'> & { readonly dtype: StoredNumberName },
  bytes: number,
): void {
  const size = count * bytesOfStored(dtype);
  if (size !== bytes)
    throw damaged('has numbers of another size than stated', { expected: `${size} bytes`, got: `${bytes}` });
}
