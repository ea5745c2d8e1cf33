/**
 * @file What a pickle is read into: plain values, and arrays that are still in the file.
 *
 * A list is an array, a tuple a frozen one, a dict a `Map` (so no key reaches a prototype). A Python 2 `str` is text and
 * bytes at once: a short one is read as text (Latin-1), a long one as bytes.
 */
import type { StoredArray } from './stored-array.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | readonly PickleValue[]
  | PickleDict
  | PickledArray
  | PickledDtype
  | PickledStorage
  | PickledGlobal;

export type PickleDict = Map<DictKey, PickleValue>;
export type DictKey = string | number | bigint | boolean | null;

/** An array; numpy's are made empty and filled once, by a later instruction. */
export interface PickledArray {
  readonly kind: 'array';
  content: StoredArray | null;
}

/** numpy's description of numbers: `f4`; the byte order comes by a later instruction. */
export interface PickledDtype {
  readonly kind: 'dtype';
  readonly code: string;
  bigEndian: boolean;
}

/** The flat numbers that a PyTorch tensor is a view of. */
export interface PickledStorage {
  readonly kind: 'storage';
  readonly dtype: string;
  readonly count: number;
  /** Looked up when the numbers are wanted. */
  readonly bytes: () => Uint8Array;
}

/** One of the names that may be imported; it does nothing until it is called, and then only what our table says. */
export interface PickledGlobal {
  readonly kind: 'global';
  readonly name: string;
}

/** The value where it is one of the marked kinds. */
export function asKind<K extends 'array' | 'dtype' | 'storage' | 'global'>(
  value: PickleValue | undefined,
  kind: K,
): Extract<PickleValue, { kind: K }> | null {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
  return value.kind === kind ? (value as Extract<PickleValue, { kind: K }>) : null;
}

export const isTuple = (value: PickleValue | undefined): value is readonly PickleValue[] =>
  Array.isArray(value) && Object.isFrozen(value);

export const isList = (value: PickleValue | undefined): value is PickleValue[] =>
  Array.isArray(value) && !Object.isFrozen(value);

/** Sizes, strides, offsets. */
export const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** A tuple of counts: shapes and strides. */
export function asCounts(value: PickleValue | undefined): readonly number[] | null {
  if (!isTuple(value) || value.length > 32) return null;
  return value.every((each) => isCount(each)) ? (value as readonly number[]) : null;
}

/** What a value is, for messages; never its content at length. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (isTuple(value)) return `a tuple of ${value.length}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'object') return value.kind === 'global' ? value.name : `a ${value.kind}`;
  return String(value).slice(0, 60);
}
