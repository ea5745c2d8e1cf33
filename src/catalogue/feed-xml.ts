/**
 * @file The items of an RSS 2.0 or Atom feed as a stream: elements and text, one item in memory.
 *
 * A document type is refused, and with it every entity but the five of XML: nothing in a feed can make more text than the
 * feed has, or name another file. More forgiving than a parser of XML, which must stop at the first fault: a fault within
 * an item costs that item, and an ampersand that begins no reference is an ampersand, as every second shop writes it.
 *
 * Reference: https://www.w3.org/TR/xml/, https://support.google.com/merchants/answer/14987622
 */
import { DeepShopError } from '../errors/errors.ts';

export type XmlItem = { readonly record: { readonly [name: string]: string } } | { readonly problem: string };

const maxDepth = 32;
/** Its elements, as many as there are columns in a header. */
const maxElements = 4096;
const googleNamespace = 'http://base.google.com/ns/1.0';
const entities: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface OpenItem {
  /** Of the item's own element, from 1. */
  readonly depth: number;
  readonly record: Map<string, string>;
  /** Names that have their value from Google's namespace. */
  readonly fromGoogle: Set<string>;
  length: number;
  numElements: number;
  problem: string | null;
}

/**
 * @param maxRecord characters of an item or of a tag at most; comments may be longer
 * @throws DeepShopError for what is no XML, or ends before its last element does
 */
export async function* readXmlItems(
  pieces: AsyncIterable<string>,
  where: string,
  { maxRecord }: { readonly maxRecord: number },
): AsyncGenerator<XmlItem> {
  const reader = new ItemReader(where, maxRecord);
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    const taken = reader.take(text, false);
    text = text.slice(taken);
    yield* reader.finished.splice(0);
    if (text.length > maxRecord) reader.refuse('a tag without an end', `tags of at most ${maxRecord} characters`);
  }
  reader.take(text, true);
  yield* reader.finished.splice(0);
  reader.end();
}

class ItemReader {
  readonly finished: XmlItem[] = [];
  readonly #where: string;
  readonly #maxRecord: number;
  /** Names of the open elements, the root first. */
  readonly #open: string[] = [];
  readonly #googlePrefixes = new Set(['g']);
  #item: OpenItem | null = null;
  #text = '';
  #line = 1;
  #sawRoot = false;
  /** The end of CDATA or a comment that is too long to keep, while it is passed over. */
  #passing: string | null = null;

  constructor(where: string, maxRecord: number) {
    this.#where = where;
    this.#maxRecord = maxRecord;
  }

  /** Reads whole tokens; how many characters they had. */
  take(text: string, isEnd: boolean): number {
    for (let at = 0; ; ) {
      const end = this.#takeToken(text, at, isEnd);
      if (end === at) return at;
      this.#line += countLines(text, at, end);
      at = end;
    }
  }

  /** The file is over. */
  end(): void {
    const [innermost] = this.#open.slice(-1);
    if (innermost !== undefined)
      this.refuse('the end of the file', `</${innermost}>`, 'Is the file cut short? Export it again.');
    if (this.#passing !== null) this.refuse('the end of the file', this.#passing);
    if (!this.#sawRoot) this.refuse('no element', 'an RSS or Atom feed');
  }

  refuse(got: string, expected: string, cure = 'Export the feed again.'): never {
    const facts = { where: `${this.#where}, line ${this.#line}`, expected, got, cure };
    throw new DeepShopError('catalogue-unreadable', 'this is no XML feed that can be read', facts);
  }

  /** Text up to the next markup, or markup; where it ends, or where it began when its end is not there yet. */
  #takeToken(text: string, at: number, isEnd: boolean): number {
    if (this.#passing !== null) {
      const end = endOf(text, this.#passing, at);
      if (end === undefined) return Math.max(at, text.length - this.#passing.length + 1);
      this.#passing = null;
      return end;
    }
    const start = text.indexOf('<', at);
    if (start === at) return this.#takeMarkup(text, at, isEnd);
    // A reference may go on in the next piece.
    const end = start >= 0 ? start : isEnd ? text.length : holdReference(text, at);
    if (end > at) this.#addText(text.slice(at, end), true);
    return end;
  }

  /** One tag, comment, instruction or CDATA; where it ends, or where it began when its end is not there yet. */
  #takeMarkup(text: string, at: number, isEnd: boolean): number {
    if (text.startsWith('<!--', at)) return endOf(text, '-->', at + 4) ?? this.#passLong(text, at, '-->');
    if (text.startsWith('<![CDATA[', at)) {
      const end = endOf(text, ']]>', at + 9);
      if (end === undefined) {
        if (text.length - at > this.#maxRecord) this.#fault(`CDATA of more than ${this.#maxRecord} characters`);
        return this.#passLong(text, at, ']]>');
      }
      this.#addText(text.slice(at + 9, end - 3), false);
      return end;
    }
    if (text.startsWith('<?', at)) return endOf(text, '?>', at + 2) ?? at;
    if (text.startsWith('<!', at)) {
      // "<!" may yet become a comment or CDATA.
      if (!isEnd && text.length - at < 9) return at;
      this.refuse(
        JSON.stringify(text.slice(at, at + 20)),
        'no document type and no entities of its own',
        'Remove the <!DOCTYPE ...>.',
      );
    }
    if (/^<[\s\d&<]/.test(text.slice(at, at + 2))) {
      this.#fault('a bare "<": write &lt;');
      return at + 1;
    }
    const end = endOfTag(text, at);
    if (end === undefined) {
      if (isEnd) this.refuse('the end of the file within a tag', '>', 'Is the file cut short? Export it again.');
      return at;
    }
    this.#takeTag(text.slice(at + 1, end - 1));
    return end;
  }

  /** What is too long to keep is passed over from now on; the rest waits for its end. */
  #passLong(text: string, at: number, ending: string): number {
    if (text.length - at <= this.#maxRecord) return at;
    this.#passing = ending;
    return at + 4;
  }

  #takeTag(tag: string): void {
    const [, slash = '', name = ''] = /^(\/?)([^\s/>"'=<]+)/.exec(tag) ?? [];
    if (name === '') {
      this.#fault(`"<${tag.slice(0, 20)}" is no tag`);
    } else if (slash !== '') {
      this.#close(name);
    } else {
      this.#openElement(name, tag);
      if (tag.endsWith('/')) this.#close(name);
    }
  }

  #openElement(name: string, tag: string): void {
    if (this.#open.length === 0 && this.#sawRoot)
      this.refuse(`<${name}> after the end`, 'one element around all others');
    this.#sawRoot = true;
    if (this.#open.length === maxDepth) this.refuse('elements within elements, deeper', `at most ${maxDepth} levels`);
    this.#open.push(name);
    const depth = this.#open.length;
    const item = this.#item;
    if (item === null) {
      for (const [, prefix = '', uri] of tag.matchAll(/\sxmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)) {
        if (uri === googleNamespace) this.#googlePrefixes.add(prefix);
      }
      if (name === 'item' || name === 'entry') {
        this.#item = { depth, record: new Map(), fromGoogle: new Set(), length: 0, numElements: 0, problem: null };
      }
    } else if (depth === item.depth + 1) {
      this.#text = '';
      item.numElements += 1;
      if (item.numElements > maxElements) this.#fault(`more than ${maxElements} elements`);
      // Atom has the address of a product in an attribute.
      const href = localName(name) === 'link' ? /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(tag) : null;
      if (href !== null) this.#addText(href[1] ?? href[2] ?? '', true);
    }
  }

  #close(name: string): void {
    if (this.#open.at(-1) !== name) {
      const place = this.#open.lastIndexOf(name);
      const inmost = this.#open.at(-1) ?? 'nothing';
      if (this.#item === null || (place >= 0 && place + 1 < this.#item.depth))
        this.refuse(`</${name.slice(0, 40)}>`, `the end of ${inmost}`);
      this.#fault(`</${name.slice(0, 40)}> where <${inmost}> is open`);
      if (place < 0) return;
      this.#open.length = place + 1;
    }
    const depth = this.#open.length;
    this.#open.pop();
    const item = this.#item;
    if (item === null) return;
    if (depth === item.depth + 1) this.#keep(item, name);
    if (depth !== item.depth) return;
    this.#item = null;
    const { problem, record } = item;
    this.finished.push(problem === null ? { record: Object.fromEntries(record) } : { problem });
  }

  /** An element of the item is whole. Google's own counts before one of RSS of the same name, the first before others. */
  #keep(item: OpenItem, name: string): void {
    const value = this.#text.trim();
    this.#text = '';
    const [prefix = '', local = ''] = name.includes(':') ? name.split(':') : ['', name];
    const isGoogle = this.#googlePrefixes.has(prefix);
    if ((prefix !== '' && !isGoogle) || value === '') return;
    const known = item.record.get(local);
    if (known !== undefined && local === 'additional_image_link') item.record.set(local, `${known},${value}`);
    else if (known === undefined || (isGoogle && !item.fromGoogle.has(local))) item.record.set(local, value);
    if (isGoogle) item.fromGoogle.add(local);
  }

  #addText(text: string, hasReferences: boolean): void {
    const item = this.#item;
    if (item === null) {
      if (this.#open.length === 0 && text.trim() !== '')
        this.refuse(JSON.stringify(text.trim().slice(0, 40)), 'an RSS or Atom feed');
      return;
    }
    item.length += text.length;
    if (item.length > this.#maxRecord) this.#fault(`the item is longer than ${this.#maxRecord} characters`);
    if (this.#open.length !== item.depth + 1 || item.problem !== null) return;
    this.#text += hasReferences ? this.#resolve(text) : text;
  }

  #resolve(text: string): string {
    if (!text.includes('&')) return text;
    return text.replace(/&(#?[\p{L}_\d]{1,32});/gu, (reference, name: string) => {
      if (Object.hasOwn(entities, name)) return entities[name];
      const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
      const code = digits === null ? 0 : digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
      if (code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)) return String.fromCodePoint(code);
      this.#fault(
        `${reference} is none of &amp; &lt; &gt; &quot; &apos; and no character's number: write the character`,
      );
      return reference;
    });
  }

  /** Something is wrong: with the item, where one is open, else with the feed. */
  #fault(reason: string): void {
    if (this.#item === null) this.refuse(reason, 'XML');
    this.#item.problem ??= reason;
    this.#text = '';
  }
}

function endOf(text: string, ending: string, from: number): number | undefined {
  const found = text.indexOf(ending, from);
  return found < 0 ? undefined : found + ending.length;
}

/** After the ">" of a tag; one in the quotes of an attribute is none. */
function endOfTag(text: string, start: number): number | undefined {
  let quote: string | null = null;
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return undefined;
}

/** Where text may be cut: not within what may become a reference. */
function holdReference(text: string, from: number): number {
  const ampersand = text.lastIndexOf('&');
  return ampersand >= from && text.length - ampersand < 40 ? ampersand : text.length;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function countLines(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
