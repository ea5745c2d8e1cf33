/** @file The bytes of a pickle with a position: every length is checked against what is left before anything is made. */
import { beyondLimit, damaged } from './pickle-error.ts';

/** What is made out of a file, beyond views of it, is at most twice as large (arrays as text and as bytes), and this. */
const SPARE_BYTES = 1 << 24;
/** Of a number written as text, or of a name. */
const MAX_LINE = 4096;
/** Of an integer. */
const MAX_INTEGER_BYTES = 64;

export class PickleCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #madeBytes = 0;
  position: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
  }

  /** The next `count` bytes: a view, not a copy. */
  take(count: number): Uint8Array {
    const left = this.#bytes.length - this.position;
    if (count > left) throw damaged('ends too early', { expected: `${count} bytes more`, got: `${left}` });
    const start = this.position;
    this.position += count;
    return this.#bytes.subarray(start, this.position);
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** Lengths of 8 bytes. */
  uint64(): number {
    const value = this.#view.getBigUint64(this.#step(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('states an absurd length', { got: String(value) });
    return Number(value);
  }

  /** Big-endian, unlike all the rest. */
  float64(): number {
    return this.#view.getFloat64(this.#step(8), false);
  }

  /** A length that its format allows to be negative. */
  length32(): number {
    const length = this.int32();
    if (length < 0) throw damaged('states a negative length', { got: String(length) });
    return length;
  }

  /** A whole number in two's complement. */
  integer(count: number): number | bigint {
    if (count > MAX_INTEGER_BYTES) throw beyondLimit('an integer of more bytes', MAX_INTEGER_BYTES);
    const bytes = this.take(count);
    let value = 0n;
    for (let at = count - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at]);
    return simplest(count > 0 ? BigInt.asIntN(8 * count, value) : 0n);
  }

  /** UTF-8. */
  text(count: number): string {
    const bytes = this.take(count);
    this.account(count);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw damaged('holds text that is not UTF-8', { got: (cause as Error).message });
    }
  }

  /** Up to the end of the line, which is passed over. Latin-1. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw damaged('ends within a line');
    if (end - this.position > MAX_LINE) throw beyondLimit('a line of more characters', MAX_LINE);
    const bytes = this.take(end - this.position);
    this.position++;
    return latin1Text(bytes);
  }

  /** To be called before text, bytes or dicts are made that take memory of their own. */
  account(bytes: number): void {
    const limit = 2 * this.#bytes.length + SPARE_BYTES;
    this.#madeBytes += bytes;
    if (this.#madeBytes > limit) throw beyondLimit('memory for copies of what the file holds', limit);
  }

  #step(count: number): number {
    const at = this.position;
    this.take(count);
    return at;
  }
}

/** A number where it is exact, else a bigint. */
export function simplest(value: bigint): number | bigint {
  const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? Number(value) : value;
}

/** Every byte as the character of its number. (`TextDecoder`'s latin1 is Windows-1252.) */
export function latin1Text(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return parts.join('');
}

/** The inverse; null where a character is no byte. */
export function latin1Bytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) return null;
    bytes[at] = code;
  }
  return bytes;
}
