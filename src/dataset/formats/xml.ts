/**
 * @file The part of XML that label files need: elements and text, as a tree.
 *
 * What no file may do, a document type and entities of its own, `text/xml-tokens.ts` refuses. Attributes are read over.
 */
import { resolveReferences, XmlTokens } from '../../text/xml-tokens.ts';
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

const attributePattern = /\s+[\p{L}_:][\p{L}\p{N}\p{M}_:.\-·]*\s*=\s*(?:"[^"<]*"|'[^'<]*')/uy;

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** @throws DatasetError that names the line */
export function parseXml(source: string, where: string): XmlElement {
  const reader = new TreeReader(where);
  if (source.length > maxLength) reader.tokens.refuse(`${source.length} characters`, `at most ${maxLength} characters`);
  if (source.trim() === '') reader.tokens.refuse('an empty file', 'XML of elements and text');
  reader.tokens.add(source);
  reader.tokens.finish();
  return reader.end();
}

/** Unlike the reader of feeds: a fault anywhere is a fault of the file. */
class TreeReader {
  readonly tokens: XmlTokens;
  readonly #open: Open[] = [];
  #root: XmlElement | null = null;

  constructor(where: string) {
    this.tokens = new XmlTokens(where, maxLength, {
      onTag: (tag) => (tag.startsWith('/') ? this.#takeEnd(tag) : this.#takeStart(tag)),
      onText: (text, hasReferences) => this.#addText(hasReferences ? this.#resolve(text) : text),
      onFault: (reason) => this.tokens.refuse(reason, 'XML of elements and text'),
      refuse: (facts) => {
        const summary = 'this is not XML that can be read';
        throw new DatasetError('dataset-not-xml', summary, { cure: 'Correct the file or remove it.', ...facts });
      },
    });
  }

  /** The file is over. */
  end(): XmlElement {
    this.tokens.requireEnded();
    const innermost = this.#open.at(-1);
    if (innermost !== undefined)
      this.tokens.refuse('the end of the file', `</${innermost.name}>`, 'Is the file cut short?');
    return this.#root ?? this.tokens.refuse('no element', 'XML of elements and text');
  }

  #takeStart(tag: string): void {
    const name =
      /^[\p{L}_:][\p{L}\p{N}\p{M}_:.\-·]*/u.exec(tag)?.[0] ?? this.tokens.refuse(quote(`<${tag}`), 'an element');
    if (this.#root !== null && this.#open.length === 0)
      this.tokens.refuse(`<${name.slice(0, 40)}> after the end of the document`, 'one element around all others');
    if (this.#open.length === maxDepth)
      this.tokens.refuse('elements within elements, deeper', `at most ${maxDepth} levels`);
    const rest = tag.slice(endOfAttributes(tag, name.length));
    if (!/^\s*\/?$/.test(rest)) this.tokens.refuse(quote(`${rest}>`), `the end of <${name.slice(0, 40)}>`);
    this.#open.push({ name, text: '', children: [] });
    if (rest.endsWith('/')) this.#close();
  }

  #takeEnd(tag: string): void {
    const name = tag.slice(1).trimEnd();
    const innermost = this.#open.at(-1)?.name;
    if (name !== innermost)
      this.tokens.refuse(
        `</${name.slice(0, 40)}>`,
        innermost === undefined ? 'no end where nothing began' : `</${innermost}>`,
      );
    this.#close();
  }

  #close(): void {
    const { name, text, children } = this.#open.pop()!;
    const element = { name, text: text.trim(), children };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
    else if (text.trim() !== '')
      this.tokens.refuse(`text outside of the document: ${quote(text)}`, 'XML of elements and text');
  }

  #resolve(text: string): string {
    return resolveReferences(text, (reference) =>
      this.tokens.refuse(quote(reference), '&amp; &lt; &gt; &quot; &apos; or the number of a character'),
    );
  }
}

/** Where the attributes of a tag end, which are read over. */
function endOfAttributes(tag: string, start: number): number {
  attributePattern.lastIndex = start;
  for (let end = start; ; end = attributePattern.lastIndex) if (!attributePattern.test(tag)) return end;
}

/** Text as the content of an element. Characters that XML cannot hold become U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function quote(text: string): string {
  return JSON.stringify(text.trim().slice(0, 40));
}
