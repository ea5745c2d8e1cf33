/**
 * @file Reads pickles of protocols 0 to 5 as far as they hold arrays, numbers, text, lists, dicts and tuples, and refuses
 * all else by name. See `pickle-globals.ts` for the few names that may be imported.
 *
 * Reference: CPython's `Lib/pickletools.py`, which documents every instruction.
 */
import { latin1Text, PickleCursor, simplest } from './pickle-cursor.ts';
import { beyondLimit, damaged, inFile, refused } from './pickle-error.ts';
import { buildState, callGlobal, importName } from './pickle-globals.ts';
import { type PersistentLoad, PickleMachine, pickleLimits } from './pickle-machine.ts';
import { describeValue, type PickleValue } from './pickle-values.ts';

export interface UnpickleOptions {
  /** Names the file in errors. */
  readonly where: string;
  /** Position of the first instruction; default 0. */
  readonly start?: number;
  /** Left out: persistent ids are refused. */
  readonly persistentLoad?: PersistentLoad;
}

/**
 * The value of one pickle.
 *
 * @returns also the position after it: files hold several, one after another
 * @throws PickleError
 */
export function unpickle(bytes: Uint8Array, options: UnpickleOptions): { value: PickleValue; end: number } {
  const cursor = new PickleCursor(bytes, options.start);
  const machine = new PickleMachine(cursor, options.persistentLoad ?? refusePersistentId);
  return inFile(options.where, () => {
    for (let step = 0; step < pickleLimits.steps; step++) {
      const code = cursor.uint8();
      if (code === STOP) return { value: machine.pop(), end: cursor.position };
      const run = instructions.get(code);
      if (run === undefined) throw unknownInstruction(code, cursor.position - 1);
      run(machine);
    }
    throw beyondLimit('instructions', pickleLimits.steps);
  });
}

const refusePersistentId: PersistentLoad = (id) => {
  throw refused(`persistent id ${describeValue(id)}`, 'refers to something outside of itself');
};

const unknownInstruction = (code: number, at: number) =>
  damaged('has an unknown instruction', { got: `0x${code.toString(16).padStart(2, '0')} at byte ${at}` });

const byteOf = (character: string): number => character.charCodeAt(0);
const STOP = byteOf('.');
const HIGHEST_PROTOCOL = 5;
/** A Python 2 `str` up to this length is taken for text: names. Longer ones are the bytes of arrays. */
const MAX_SHORT_TEXT = 1024;

type Instruction = (machine: PickleMachine) => void;

/** Named as in pickletools. Letters are those of the text protocol; numbers came with protocol 2 and later. */
const instructions: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  // Constants and numbers.
  [byteOf('N'), (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [byteOf('I'), (m) => m.push(lineInteger(m.cursor.line()))],
  [byteOf('L'), (m) => m.push(lineInteger(m.cursor.line().replace(/L$/, '')))],
  [byteOf('J'), (m) => m.push(m.cursor.int32())],
  [byteOf('K'), (m) => m.push(m.cursor.uint8())],
  [byteOf('M'), (m) => m.push(m.cursor.uint16())],
  [0x8a, (m) => m.push(m.cursor.integer(m.cursor.uint8()))],
  [0x8b, (m) => m.push(m.cursor.integer(m.cursor.length32()))],
  [byteOf('F'), (m) => m.push(lineFloat(m.cursor.line()))],
  [byteOf('G'), (m) => m.push(m.cursor.float64())],
  // Text and bytes.
  [byteOf('S'), (m) => m.push(quotedText(m.cursor.line()))],
  [byteOf('V'), (m) => m.push(rawUnicode(m.cursor.line()))],
  [byteOf('T'), (m) => m.push(oldString(m, m.cursor.length32()))],
  [byteOf('U'), (m) => m.push(oldString(m, m.cursor.uint8()))],
  [byteOf('X'), (m) => m.push(m.cursor.text(m.cursor.uint32()))],
  [0x8c, (m) => m.push(m.cursor.text(m.cursor.uint8()))],
  [0x8d, (m) => m.push(m.cursor.text(m.cursor.uint64()))],
  [byteOf('B'), (m) => m.push(m.cursor.take(m.cursor.uint32()))],
  [byteOf('C'), (m) => m.push(m.cursor.take(m.cursor.uint8()))],
  [0x8e, (m) => m.push(m.cursor.take(m.cursor.uint64()))],
  [0x96, (m) => m.push(m.cursor.take(m.cursor.uint64()))],
  // Containers.
  [byteOf('('), (m) => m.mark()],
  [byteOf(')'), (m) => m.pushTuple([])],
  [byteOf('t'), (m) => m.pushTuple(m.popMarked())],
  [0x85, (m) => m.pushTuple([m.pop()])],
  [0x86, (m) => m.pushTuple([m.pop(), m.pop()].reverse())],
  [0x87, (m) => m.pushTuple([m.pop(), m.pop(), m.pop()].reverse())],
  [byteOf(']'), (m) => m.push([])],
  [byteOf('l'), (m) => filled(m, [], (items) => m.extendList(items))],
  [byteOf('a'), (m) => m.extendList([m.pop()])],
  [byteOf('e'), (m) => m.extendList(m.popMarked())],
  [byteOf('}'), (m) => m.push(new Map())],
  [byteOf('d'), (m) => filled(m, new Map(), (items) => m.extendDict(items))],
  [byteOf('s'), (m) => m.extendDict([m.pop(), m.pop()].reverse())],
  [byteOf('u'), (m) => m.extendDict(m.popMarked())],
  // The stack and the memo.
  [byteOf('0'), (m) => (m.hasOpenMark() ? void m.popMarked() : void m.pop())],
  [byteOf('1'), (m) => void m.popMarked()],
  [byteOf('2'), (m) => m.push(m.top())],
  [byteOf('p'), (m) => m.memoize(memoIndex(m.cursor.line()))],
  [byteOf('q'), (m) => m.memoize(m.cursor.uint8())],
  [byteOf('r'), (m) => m.memoize(m.cursor.uint32())],
  [0x94, (m) => m.memoize()],
  [byteOf('g'), (m) => m.recall(memoIndex(m.cursor.line()))],
  [byteOf('h'), (m) => m.recall(m.cursor.uint8())],
  [byteOf('j'), (m) => m.recall(m.cursor.uint32())],
  // Frame and protocol: nothing to do but to look.
  [0x80, (m) => checkProtocol(m.cursor.uint8())],
  [0x95, (m) => void m.cursor.uint64()],
  // What a pickle asks for: a table answers, or it is refused.
  [byteOf('c'), (m) => m.push(importName(m.cursor.line(), m.cursor.line()))],
  [0x93, importFromStack],
  [byteOf('R'), reduce],
  [byteOf('b'), build],
  [byteOf('P'), (m) => m.push(m.persistentLoad(m.cursor.line()))],
  [byteOf('Q'), (m) => m.push(m.persistentLoad(m.pop()))],
  // Objects of classes and more: never.
  [byteOf('i'), (m) => refuse(`${m.cursor.line()}.${m.cursor.line()}`, 'makes an object of a class')],
  [byteOf('o'), (m) => refuse(describeValue(m.popMarked()[0]), 'makes an object of a class')],
  [0x81, (m) => refuseObject(m, 1)],
  [0x92, (m) => refuseObject(m, 2)],
  [0x82, (m) => refuse(`extension ${m.cursor.uint8()}`, 'imports by a registered number')],
  [0x83, (m) => refuse(`extension ${m.cursor.uint16()}`, 'imports by a registered number')],
  [0x84, (m) => refuse(`extension ${m.cursor.int32()}`, 'imports by a registered number')],
  [0x8f, () => refuse('set', 'holds what is no array, number, text, list, dict or tuple')],
  [0x90, () => refuse('set', 'holds what is no array, number, text, list, dict or tuple')],
  [0x91, () => refuse('frozenset', 'holds what is no array, number, text, list, dict or tuple')],
  [0x97, () => refuse('a buffer beside the file', 'refers to something outside of itself')],
  [0x98, () => refuse('a buffer beside the file', 'refers to something outside of itself')],
]);

function refuse(asked: string, why: string): never {
  throw refused(asked, why);
}

/** NEWOBJ: a class below its arguments. */
function refuseObject(machine: PickleMachine, numArguments: number): never {
  for (let count = 0; count < numArguments; count++) machine.pop();
  return refuse(describeValue(machine.pop()), 'makes an object of a class');
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  machine.push(callGlobal(machine.pop(), args, machine.cursor));
}

function build(machine: PickleMachine): void {
  const state = machine.pop();
  buildState(machine.top(), state);
}

/** The instructions of protocol 0 make a container of all that was marked. */
function filled(machine: PickleMachine, empty: PickleValue, fill: (items: PickleValue[]) => void): void {
  const items = machine.popMarked();
  machine.push(empty);
  fill(items);
}

function importFromStack(machine: PickleMachine): void {
  const [name, module] = [machine.pop(), machine.pop()];
  if (typeof module !== 'string' || typeof name !== 'string') throw refused(describeValue(name), 'imports by no name');
  machine.push(importName(module, name));
}

function checkProtocol(version: number): void {
  if (version > HIGHEST_PROTOCOL) throw damaged(`is of protocol ${version}`, { expected: `0 to ${HIGHEST_PROTOCOL}` });
}

/** A Python 2 `str`. */
function oldString(machine: PickleMachine, length: number): PickleValue {
  const bytes = machine.cursor.take(length);
  if (length > MAX_SHORT_TEXT) return bytes;
  machine.cursor.account(length);
  return latin1Text(bytes);
}

function lineInteger(line: string): PickleValue {
  // Python 2 wrote its booleans so.
  if (line === '00' || line === '01') return line === '01';
  if (!/^[+-]?\d{1,40}$/.test(line))
    throw damaged('has a malformed integer', { got: JSON.stringify(line.slice(0, 40)) });
  return simplest(BigInt(line.replace(/^\+/, '')));
}

function lineFloat(line: string): number {
  const value = line === 'inf' ? Infinity : line === '-inf' ? -Infinity : Number(line);
  if (line.trim() === '' || (Number.isNaN(value) && line !== 'nan')) {
    throw damaged('has a malformed number', { got: JSON.stringify(line.slice(0, 40)) });
  }
  return value;
}

function memoIndex(line: string): number {
  if (!/^\d{1,15}$/.test(line)) throw damaged('has a malformed memo index', { got: JSON.stringify(line.slice(0, 40)) });
  return Number(line);
}

/** `'...'` with the escapes of Python 2's `repr`. */
function quotedText(line: string): string {
  const inner = /^(['"])(.*)\1$/s.exec(line)?.[2];
  if (inner === undefined) throw damaged('has text without quotes', { got: JSON.stringify(line.slice(0, 40)) });
  const plain: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t' };
  return inner.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_whole, hex: string | undefined, letter: string) =>
    hex === undefined ? (plain[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Characters beyond Latin-1 are escaped by their numbers. */
function rawUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
