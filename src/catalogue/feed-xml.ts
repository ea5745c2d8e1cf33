/**
 * @file The items of an RSS 2.0 or Atom feed as a stream, one in memory. A fault within an item costs that item.
 *
 * Reference: https://support.google.com/merchants/answer/14987622
 */
import { DeepShopError } from '../errors/errors.ts';
import { resolveReferences, XmlTokens } from '../text/xml-tokens.ts';

export type XmlItem = { readonly record: { readonly [name: string]: string } } | { readonly problem: string };

const maxDepth = 32;
/** Its elements, as many as there are columns in a header. */
const maxElements = 4096;
const googleNamespace = 'http://base.google.com/ns/1.0';

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
  for await (const piece of pieces) {
    reader.tokens.add(piece);
    yield* reader.finished.splice(0);
  }
  reader.tokens.finish();
  yield* reader.finished.splice(0);
  reader.end();
}

class ItemReader {
  readonly finished: XmlItem[] = [];
  readonly tokens: XmlTokens;
  readonly #maxRecord: number;
  /** Names of the open elements, the root first. */
  readonly #open: string[] = [];
  readonly #googlePrefixes = new Set(['g']);
  #item: OpenItem | null = null;
  #text = '';
  #sawRoot = false;

  constructor(where: string, maxRecord: number) {
    this.#maxRecord = maxRecord;
    this.tokens = new XmlTokens(where, maxRecord, {
      onTag: (tag) => this.#takeTag(tag),
      onText: (text, hasReferences) => this.#addText(text, hasReferences),
      onFault: (reason) => this.#fault(reason),
      refuse: (facts) => {
        const summary = 'this is no XML feed that can be read';
        throw new DeepShopError('catalogue-unreadable', summary, { cure: 'Export the feed again.', ...facts });
      },
    });
  }

  /** The file is over. */
  end(): void {
    const [innermost] = this.#open.slice(-1);
    if (innermost !== undefined)
      this.tokens.refuse('the end of the file', `</${innermost}>`, 'Is the file cut short? Export it again.');
    this.tokens.requireEnded();
    if (!this.#sawRoot) this.tokens.refuse('no element', 'an RSS or Atom feed');
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
      this.tokens.refuse(`<${name}> after the end`, 'one element around all others');
    this.#sawRoot = true;
    if (this.#open.length === maxDepth)
      this.tokens.refuse('elements within elements, deeper', `at most ${maxDepth} levels`);
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
        this.tokens.refuse(`</${name.slice(0, 40)}>`, `the end of ${inmost}`);
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
        this.tokens.refuse(JSON.stringify(text.trim().slice(0, 40)), 'an RSS or Atom feed');
      return;
    }
    item.length += text.length;
    if (item.length > this.#maxRecord) this.#fault(`the item is longer than ${this.#maxRecord} characters`);
    if (this.#open.length !== item.depth + 1 || item.problem !== null) return;
    this.#text += hasReferences ? this.#resolve(text) : text;
  }

  #resolve(text: string): string {
    return resolveReferences(text, (reference) => {
      // The commonest fault of feeds, and it is clear what was meant.
      if (reference === '&') return;
      this.#fault(
        `${reference} is none of &amp; &lt; &gt; &quot; &apos; and no character's number: write the character`,
      );
    });
  }

  /** Something is wrong: with the item, where one is open, else with the feed. */
  #fault(reason: string): void {
    if (this.#item === null) this.tokens.refuse(reason, 'XML');
    this.#item.problem ??= reason;
    this.#text = '';
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
