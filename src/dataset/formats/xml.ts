/**
 * @file The part of XML that label files need: elements and text, as a tree.
 *
 * A document type is refused, and with it every entity but the five of XML itself: nothing in a file can make more text
 * than the file has, or name another file. Attributes are read over.
 *
 * Reference: https://www.w3.org/TR/xml/
 */
import { DatasetError } from '../dataset-error.ts';

export interface XmlElement {
  readonly name: string;
  /** Its own text without that of its children, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Label files are a few kB. */
const maxLength = 1 << 24;
const maxDepth = 64;

const namePattern = /[\p{L}_:][\p{L}\p{N}\p{M}_:.\-·]*/uy;
const attributePattern = /\s+[\p{L}_:][\p{L}\p{N}\p{M}_:.\-·]*\s*=\s*(?:"[^"<]*"|'[^'<]*')/uy;
const entities: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** @throws DatasetError that names the line */
export function parseXml(source: string, where: string): XmlElement {
  let at = 0;
  const refuse = (
    got: string,
    expected = 'XML of elements and text',
    cure = 'Correct the file or remove it.',
  ): never => {
    const line = source.slice(0, at).split('\n').length;
    const facts = { where: `${where}, line ${line}`, expected, got, cure };
    throw new DatasetError('dataset-not-xml', 'this is not XML that can be read', facts);
  };
  if (source.length > maxLength) refuse(`${source.length} characters`, `at most ${maxLength} characters`);
  if (source.trim() === '') refuse('an empty file');
  const open: Open[] = [];
  let root: XmlElement | null = null;
  const passTo = (ending: string, what: string): void => {
    const end = source.indexOf(ending, at);
    if (end < 0) refuse(`${what} without an end`);
    at = end + ending.length;
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
    else if (text.trim() !== '' && text.trim() !== '\uFEFF') refuse(`text outside of the document: ${quote(text)}`);
  };
  const close = (): void => {
    const { name, text, children } = open.pop()!;
    const element = { name, text: text.trim(), children };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  };
  while (at < source.length) {
    const next = source.indexOf('<', at);
    const text = source.slice(at, next < 0 ? source.length : next);
    if (text !== '') addText(decodeEntities(text, refuse));
    if (next < 0) break;
    at = next;
    if (source.startsWith('<!--', at)) passTo('-->', 'a comment');
    else if (source.startsWith('<?', at)) passTo('?>', 'an instruction');
    else if (source.startsWith('<![CDATA[', at)) {
      const start = at + '<![CDATA['.length;
      passTo(']]>', 'CDATA');
      addText(source.slice(start, at - 3));
    } else if (source.startsWith('<!', at)) {
      refuse(
        quote(source.slice(at, at + 20)),
        'no document type and no entities of its own',
        'Remove the <!DOCTYPE ...>.',
      );
    } else if (source.startsWith('</', at)) {
      at += 2;
      const name = match(namePattern);
      match(/\s*/y);
      if (name === null || open.at(-1)?.name !== name || source[at] !== '>') {
        refuse(`</${name ?? ''}`, open.length === 0 ? 'no end where nothing began' : `</${open.at(-1)!.name}>`);
      }
      at++;
      close();
    } else {
      at++;
      const name = match(namePattern) ?? refuse(quote(source.slice(at - 1, at + 19)), 'an element');
      if (root !== null && open.length === 0) refuse(`<${name}> after the end of the document`);
      if (open.length === maxDepth) refuse('elements within elements, deeper', `at most ${maxDepth} levels`);
      open.push({ name, text: '', children: [] });
      while (match(attributePattern) !== null);
      match(/\s*/y);
      const isEmpty = source.startsWith('/>', at);
      if (!isEmpty && source[at] !== '>') refuse(quote(source.slice(at, at + 20)), `the end of <${name}>`);
      at += isEmpty ? 2 : 1;
      if (isEmpty) close();
    }
  }
  if (open.length > 0) refuse('the end of the file', `</${open.at(-1)!.name}>`, 'Is the file cut short?');
  return root ?? refuse('no element');
}

/** Text as the content of an element. Characters that XML cannot hold become U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function decodeEntities(text: string, refuse: (got: string, expected: string) => never): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&\s]{0,12};)?/g, (reference: string, body?: string) => {
    const name = body?.slice(0, -1) ?? '';
    if (Object.hasOwn(entities, name)) return entities[name];
    const digits = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
    const code = digits === null ? 0 : digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
    if (code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)) return String.fromCodePoint(code);
    return refuse(quote(reference), '&amp; &lt; &gt; &quot; &apos; or the number of a character');
  });
}

function quote(text: string): string {
  return JSON.stringify(text.trim().slice(0, 40));
}
