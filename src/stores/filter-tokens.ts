/** @file The words of a filter expression: names, texts, numbers and signs, each with its place. */
import { FilterError } from './filter-error.ts';

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'sign'; readonly text: Sign; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const signs = ['!=', '<=', '>=', '=', '<', '>', '(', ')', ','] as const;
export type Sign = (typeof signs)[number];

/** A field's name that needs no quotes, unless it is a keyword. */
const namePattern = /[\p{L}_][\p{L}\p{M}\p{N}_.]*/uy;
const numberPattern = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const spacePattern = /\s+/uy;

/** What stands after a backslash, beside `u` and four hexadecimal digits. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Words that are part of the language: a field of that name is quoted. */
const keywords = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null']);

export function needsQuotes(name: string): boolean {
  return keywords.has(name.toLowerCase()) || matchAt(namePattern, name, 0) !== name || name === '';
}

/**
 * All tokens, the end last.
 *
 * @throws FilterError
 */
export function readTokens(expression: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(spacePattern, expression, at).length;
    if (at >= expression.length) return [...tokens, { kind: 'end', at }];
    const { token, end } = readToken(expression, at);
    tokens.push(token);
    at = end;
  }
}

function readToken(expression: string, at: number): { token: Token; end: number } {
  const first = expression[at];
  if (first === '"' || first === "'") return readText(expression, at);
  const name = matchAt(namePattern, expression, at);
  if (name !== '') return { token: { kind: 'name', text: name, at }, end: at + name.length };
  const digits = matchAt(numberPattern, expression, at);
  if (digits !== '') {
    const end = at + digits.length;
    const value = Number(digits);
    // `5EUR` is no number and then a name.
    if (!Number.isFinite(value) || matchAt(namePattern, expression, end) !== '') {
      const got = expression.slice(at, end + 20);
      throw new FilterError('not a number', { expression, at, expected: 'digits, as in 50 or 19.99', got });
    }
    // A zero has one sign: -0 equals 0 in every store.
    return { token: { kind: 'number', value: value + 0, at }, end };
  }
  const sign = signs.find((each) => expression.startsWith(each, at));
  if (sign !== undefined) return { token: { kind: 'sign', text: sign, at }, end: at + sign.length };
  const got = String.fromCodePoint(expression.codePointAt(at)!);
  const expected = 'a field, a value or one of = != < <= > >= in and or not ( )';
  throw new FilterError('a character that means nothing here', { expression, at, expected, got });
}

function readText(expression: string, start: number): { token: Token; end: number } {
  const quote = expression[start];
  let text = '';
  for (let at = start + 1; at < expression.length; at++) {
    const character = expression[at];
    if (character === quote) return { token: { kind: 'text', text, at: start }, end: at + 1 };
    if (character !== '\\') {
      text += character;
      continue;
    }
    const next = expression[at + 1] ?? '';
    const code = /^u([0-9a-f]{4})/i.exec(expression.slice(at + 1, at + 6))?.[1];
    const escaped = code === undefined ? escapes.get(next) : String.fromCharCode(Number.parseInt(code, 16));
    if (escaped === undefined) {
      const expected = `one of ${[...escapes.keys()].join(' ')} or u and four hexadecimal digits after \\`;
      throw new FilterError('an unknown escape', { expression, at, expected, got: next === '' ? 'the end' : next });
    }
    text += escaped;
    at += code === undefined ? 1 : 5;
  }
  const facts = { expression, at: start, expected: `a closing ${quote}`, got: 'the end' };
  throw new FilterError('a text that does not end', facts);
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
