/**
 * @file The state of a pickle that is being read: a stack, marks in it, a memo. Everything that grows is capped, and
 * nothing here or later follows a value down to its ends, so nesting costs no stack of ours.
 */
import type { PickleCursor } from './pickle-cursor.ts';
import { beyondLimit, damaged, refused } from './pickle-error.ts';
import { dictKey } from './pickle-globals.ts';
import { describeValue, isList, type PickleValue } from './pickle-values.ts';

/** Caps: many times what the largest detectors need (X-101: 40 thousand instructions, 10 thousand memo entries). */
export const pickleLimits = {
  /** Instructions. */
  steps: 20_000_000,
  /** Values on the stack. */
  stack: 1_000_000,
  /** Values put into lists, tuples and dicts. */
  items: 5_000_000,
  memo: 1_000_000,
  /** Marks open at once, and containers within containers. */
  depth: 100,
} as const;

/** Gives what a persistent id stands for: the storages of PyTorch's files. */
export type PersistentLoad = (id: PickleValue) => PickleValue;

export class PickleMachine {
  readonly cursor: PickleCursor;
  readonly persistentLoad: PersistentLoad;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #depths = new WeakMap<object, number>();
  #items = 0;

  constructor(cursor: PickleCursor, persistentLoad: PersistentLoad) {
    this.cursor = cursor;
    this.persistentLoad = persistentLoad;
  }

  push(value: PickleValue): void {
    if (this.#stack.length >= pickleLimits.stack) throw beyondLimit('values waiting', pickleLimits.stack);
    this.#stack.push(value);
  }

  /** The last value, which may not lie below the last mark. */
  pop(): PickleValue {
    this.#requireOne();
    return this.#stack.pop() as PickleValue;
  }

  top(): PickleValue {
    this.#requireOne();
    return this.#stack.at(-1) as PickleValue;
  }

  mark(): void {
    if (this.#marks.length >= pickleLimits.depth) throw beyondLimit('nesting', pickleLimits.depth);
    this.#marks.push(this.#stack.length);
  }

  hasOpenMark(): boolean {
    return this.#marks.at(-1) === this.#stack.length;
  }

  /** All values since the last mark, which is closed. */
  popMarked(): PickleValue[] {
    const start = this.#marks.pop();
    if (start === undefined) throw damaged('closes what it did not open');
    return this.#stack.splice(start);
  }

  memoize(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
    if (this.#memo.size > pickleLimits.memo) throw beyondLimit('remembered values', pickleLimits.memo);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw damaged(`recalls value ${index}, which it did not remember`);
    this.push(value);
  }

  pushTuple(items: PickleValue[]): void {
    this.#contain(items, items);
    this.push(Object.freeze(items));
  }

  extendList(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!isList(list)) throw refused(describeValue(list), 'appends to what is no list');
    this.#contain(list, items);
    for (const item of items) list.push(item);
  }

  /** Keys and values in turn. */
  extendDict(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw refused(describeValue(dict), 'sets items of what is no dict');
    if (items.length % 2 === 1) throw damaged('has a key without a value');
    this.#contain(dict, items);
    for (let at = 0; at < items.length; at += 2) dict.set(dictKey(items[at]), items[at + 1]);
  }

  #requireOne(): void {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= floor) throw damaged('takes a value that it did not give (stack underflow)');
  }

  /** Counts what goes into a container, and how deep it then lies. */
  #contain(container: object, items: readonly PickleValue[]): void {
    this.#items += items.length;
    if (this.#items > pickleLimits.items) throw beyondLimit('values in containers', pickleLimits.items);
    let depth = this.#depths.get(container) ?? 1;
    for (const item of items) {
      if (typeof item === 'object' && item !== null) depth = Math.max(depth, 1 + (this.#depths.get(item) ?? 0));
    }
    if (depth > pickleLimits.depth) throw beyondLimit('nesting', pickleLimits.depth);
    this.#depths.set(container, depth);
  }
}
