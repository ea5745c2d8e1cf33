/**
 * @file The `data.yaml` of a YOLO data set: where the photos are and what the classes are called.
 *
 * The small part of YAML that such files use: `key: value`, lists and maps of plain values, in lines or in brackets. Keys
 * that are not needed are passed over with all that belongs to them. Anchors, tags and multi-line texts are refused.
 */
import { DatasetError } from '../dataset-error.ts';

export interface DataYaml {
  readonly path: string | null;
  /** Folders or lists of photos a part of the split; `unsplit`, which only we write, is of none. */
  readonly parts: ReadonlyMap<'train' | 'val' | 'test' | 'unsplit', readonly string[]>;
  readonly names: readonly string[];
}

type Value = string | readonly string[] | ReadonlyMap<string, string>;

const wanted = new Set(['path', 'train', 'val', 'test', 'unsplit', 'names']);

export function parseDataYaml(text: string, where: string): DataYaml {
  const refuse: Refuse = (got, expected, line) => {
    const place = line === undefined ? where : `${where}, line ${line}`;
    throw new DatasetError('dataset-not-yaml', 'this is not a data.yaml that can be read', {
      where: place,
      expected,
      got,
      cure: 'Correct that line, or leave the key out.',
    });
  };
  const values = topLevel(text, refuse);
  const texts = (key: string): readonly string[] => {
    const value = values.get(key) ?? [];
    if (value instanceof Map) return refuse('a map', `a folder, or a list of folders, for ${key}`);
    return (typeof value === 'string' ? [value] : (value as readonly string[])).filter((each) => each !== '');
  };
  const [path = null] = texts('path');
  const parts = new Map(
    (['train', 'val', 'test', 'unsplit'] as const).flatMap((part) =>
      texts(part).length > 0 ? [[part, texts(part)] as const] : [],
    ),
  );
  return { path, parts, names: classNames(values.get('names'), refuse) };
}

/** The file for classes and parts; texts as JSON strings, which are YAML. */
export function writeDataYaml(names: readonly string[], parts: ReadonlyMap<string, string>): string {
  const folders = [...parts].map(([part, folder]) => `${part}: ${JSON.stringify(folder)}`);
  return `${[...folders, `nc: ${names.length}`, 'names:', ...names.map((name, index) => `  ${index}: ${JSON.stringify(name)}`)].join('\n')}\n`;
}

type Refuse = (got: string, expected: string, line?: number) => never;

function classNames(value: Value | undefined, refuse: Refuse): string[] {
  if (value === undefined || typeof value === 'string')
    return refuse(JSON.stringify(value ?? 'no names'), 'names: a list or a map of classes');
  if (!(value instanceof Map)) return [...(value as readonly string[])];
  const names: string[] = [];
  for (const [key, name] of value) {
    if (!/^\d{1,6}$/.test(key)) refuse(JSON.stringify(key), 'whole numbers as keys of names');
    names[Number(key)] = name;
  }
  if (names.length !== value.size) refuse([...value.keys()].join(', '), 'the numbers of names from 0 on, each once');
  return names;
}

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

function topLevel(text: string, refuse: Refuse): Map<string, Value> {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((raw, index): Line => {
      const bare = withoutComment(raw);
      return { number: index + 1, indent: bare.length - bare.trimStart().length, text: bare.trim() };
    })
    .filter(({ text: each }) => each !== '' && each !== '---');
  const values = new Map<string, Value>();
  for (let at = 0; at < lines.length; ) {
    const line = lines[at++];
    const [, quoted, rest = ''] = /^("[^"]*"|'[^']*'|[^\s:'"{}[\]][^:]*):(?:\s+(.*))?$/.exec(line.text) ?? [];
    if (line.indent > 0 || quoted === undefined) refuse(JSON.stringify(line.text), 'key: value', line.number);
    const key = scalar(quoted!, line, refuse);
    const block: Line[] = [];
    while (at < lines.length && (lines[at].indent > 0 || /^-(\s|$)|^[\]}]/.test(lines[at].text)))
      block.push(lines[at++]);
    if (!wanted.has(key)) continue;
    if (values.has(key)) refuse(`${key} twice`, 'each key once', line.number);
    values.set(key, rest === '' ? blockValue(block, refuse) : flowValue([line, ...block], rest, refuse));
  }
  return values;
}

function blockValue(block: readonly Line[], refuse: Refuse): Value {
  const isList = block[0]?.text.startsWith('-') ?? true;
  const entries = block.map((line): [string, string] => {
    if (line.indent !== block[0].indent) refuse(JSON.stringify(line.text), 'plain values, one a line', line.number);
    const [, item] = /^-\s+(.*)$/.exec(line.text) ?? [];
    if (isList)
      return [
        '',
        item === undefined ? refuse(JSON.stringify(line.text), '- value', line.number) : scalar(item, line, refuse),
      ];
    return entry(line.text, line, refuse);
  });
  return isList ? entries.map(([, value]) => value) : mapOf(entries, block[0], refuse);
}

/** A value on the line of its key; brackets may go on over the lines that follow. */
function flowValue(lines: readonly Line[], first: string, refuse: Refuse): Value {
  const [line] = lines as [Line];
  const whole = [first, ...lines.slice(1).map(({ text }) => text)].join(' ');
  const closing = { '[': ']', '{': '}' }[whole[0]];
  if (closing === undefined) {
    if (lines.length > 1) refuse(JSON.stringify(whole.slice(0, 60)), 'a value on one line', line.number);
    return scalar(whole, line, refuse);
  }
  if (!whole.endsWith(closing)) refuse(JSON.stringify(whole.slice(0, 60)), `${closing} at the end`, line.number);
  const items = splitItems(whole.slice(1, -1));
  if (closing === ']') return items.map((item) => scalar(item, line, refuse));
  return mapOf(
    items.map((item) => entry(item, line, refuse)),
    line,
    refuse,
  );
}

function mapOf(entries: readonly [string, string][], line: Line, refuse: Refuse): ReadonlyMap<string, string> {
  const map = new Map(entries);
  if (map.size !== entries.length) refuse('a key that occurs twice', 'each key once', line.number);
  return map;
}

function entry(text: string, line: Line, refuse: Refuse): [string, string] {
  const [, key, value] = /^("[^"]*"|'[^']*'|[^:]+?)\s*:\s+(.*)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) return refuse(JSON.stringify(text), 'number: name', line.number);
  return [scalar(key, line, refuse), scalar(value, line, refuse)];
}

function scalar(text: string, line: Line, refuse: Refuse): string {
  if (/^"/.test(text)) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return refuse(text, 'a text in double quotes', line.number);
    }
  }
  if (/^'/.test(text)) {
    if (!/^'(?:[^']|'')*'$/.test(text)) refuse(text, 'a text in single quotes', line.number);
    return text.slice(1, -1).replaceAll("''", "'");
  }
  if (/^[&*!|>%@`[\]{}]|^- |: /.test(text))
    refuse(JSON.stringify(text), 'a plain value: no anchor, tag, nesting or text of several lines', line.number);
  return text;
}

/** Parts between commas that are not in quotes; one after the last value is allowed. */
function splitItems(text: string): string[] {
  const ends = placesOutsideQuotes(text, (character) => character === ',');
  const items = [...ends, text.length].map((end, index) =>
    text.slice(index === 0 ? 0 : ends[index - 1] + 1, end).trim(),
  );
  if (items.at(-1) === '') items.pop();
  return items;
}

/** `#` starts a comment at the beginning or after a space, and not within quotes. */
function withoutComment(line: string): string {
  const [start] = placesOutsideQuotes(line, (character, before) => character === '#' && /^\s?$/.test(before));
  return line.slice(0, start);
}

/** A quote opens where a value can begin, so an apostrophe within a word is none. */
function placesOutsideQuotes(text: string, isPlace: (character: string, before: string) => boolean): number[] {
  const places: number[] = [];
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const before = text[at - 1] ?? '';
    if (quote !== '') {
      if (character === '\\' && quote === '"') at++;
      else if (character === quote) quote = '';
    } else if (/["']/.test(character) && /^[\s,:[{]?$/.test(before)) quote = character;
    else if (isPlace(character, before)) places.push(at);
  }
  return places;
}
