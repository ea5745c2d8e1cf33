/**
 * @file The tokens of XML, whole or in pieces: tags and text, without what they mean. Feeds and label files are read by it.
 *
 * A document type is refused, and with it every entity but the five of XML: nothing in a file can make more text than the
 * file has, or name another file. What a parser of XML must stop at but a feed may survive is a fault that the handler
 * judges.
 *
 * Reference: https://www.w3.org/TR/xml/
 */
import type { ErrorFacts } from '../errors/errors.ts';

/** Told of each token in the order of the file. */
export interface XmlHandler {
  /** What stands between "<" and ">". */
  onTag(tag: string): void;
  /** @param hasReferences false for CDATA; what is given may be a part of the text between two tags */
  onText(text: string, hasReferences: boolean): void;
  /** Something is wrong that need not end the reading. */
  onFault(reason: string): void;
  /** Throws the reader's own error. `cure` is left out where it is the reader's to know. */
  refuse(facts: ErrorFacts): never;
}

/** Markup that holds text up to an ending of its own. */
const enclosures = [
  { start: '<!--', ending: '-->', name: 'a comment' },
  { start: '<![CDATA[', ending: ']]>', name: 'CDATA' },
  { start: '<?', ending: '?>', name: 'an instruction' },
] as const;

const entities: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export class XmlTokens {
  readonly #where: string;
  readonly #maxToken: number;
  readonly #handler: XmlHandler;
  #text = '';
  #line = 1;
  /** The end of CDATA or a comment that is too long to keep, while it is passed over. */
  #passing: string | null = null;

  /**
   * @param where the file's name, for messages
   * @param maxToken characters of a tag or CDATA at most; comments may be longer
   */
  constructor(where: string, maxToken: number, handler: XmlHandler) {
    this.#where = where;
    this.#maxToken = maxToken;
    this.#handler = handler;
  }

  /** Reads the whole tokens that this piece ends. */
  add(piece: string): void {
    this.#refuseLong();
    this.#text += piece;
    this.#takeAll(false);
  }

  /** Reads what is left: no further piece comes. */
  finish(): void {
    this.#refuseLong();
    this.#takeAll(true);
  }

  /** After {@link finish}: refuses a comment, CDATA or an instruction that was not ended. */
  requireEnded(): void {
    const open = enclosures.find(({ start, ending }) =>
      this.#passing === null ? this.#text.startsWith(start) : this.#passing === ending,
    );
    if (open !== undefined) this.refuse(`${open.name} without an end`, open.ending, 'Is the file cut short?');
  }

  /** Has the handler refuse the file, by the line that is being read. */
  refuse(got: string, expected: string, cure?: string): never {
    const facts = { where: `${this.#where}, line ${this.#line}`, expected, got };
    return this.#handler.refuse(cure === undefined ? facts : { ...facts, cure });
  }

  /** What the last piece left is no token yet: asked when its reader has had the tokens before. */
  #refuseLong(): void {
    if (this.#text.length <= this.#maxToken) return;
    this.refuse('a tag without an end', `tags of at most ${this.#maxToken} characters`);
  }

  #takeAll(isEnd: boolean): void {
    const text = this.#text;
    for (let at = 0; ; ) {
      const end = this.#takeToken(text, at, isEnd);
      if (end === at) {
        this.#text = text.slice(at);
        return;
      }
      this.#line += countLines(text, at, end);
      at = end;
    }
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
    if (end > at) this.#handler.onText(text.slice(at, end), true);
    return end;
  }

  /** One tag, comment, instruction or CDATA; where it ends, or where it began when its end is not there yet. */
  #takeMarkup(text: string, at: number, isEnd: boolean): number {
    if (text.startsWith('<!--', at)) return endOf(text, '-->', at + 4) ?? this.#passLong(text, at, '-->');
    if (text.startsWith('<![CDATA[', at)) {
      const end = endOf(text, ']]>', at + 9);
      if (end === undefined) {
        if (text.length - at > this.#maxToken) this.#handler.onFault(`CDATA of more than ${this.#maxToken} characters`);
        return this.#passLong(text, at, ']]>');
      }
      this.#handler.onText(text.slice(at + 9, end - 3), false);
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
      this.#handler.onFault('a bare "<": write &lt;');
      return at + 1;
    }
    const end = endOfTag(text, at);
    if (end === undefined) {
      if (isEnd) this.refuse('the end of the file within a tag', '>', 'Is the file cut short?');
      return at;
    }
    this.#handler.onTag(text.slice(at + 1, end - 1));
    return end;
  }

  /** What is too long to keep is passed over from now on; the rest waits for its end. */
  #passLong(text: string, at: number, ending: string): number {
    if (text.length - at <= this.#maxToken) return at;
    this.#passing = ending;
    return at + 4;
  }
}

/**
 * Text with its references as characters. One that names none is told, and stays as it is.
 *
 * @param onUnknown given the reference, or `&` where an ampersand begins none
 */
export function resolveReferences(text: string, onUnknown: (reference: string) => void): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:(#?[\p{L}_\d]{1,32});)?/gu, (reference: string, name = '') => {
    if (Object.hasOwn(entities, name)) return entities[name];
    const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const code = digits === null ? 0 : digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
    if (code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)) return String.fromCodePoint(code);
    onUnknown(reference);
    return reference;
  });
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

function countLines(text: string, start: number, end: number): number {
  let count = 0;
  // Not by indexOf, which would look beyond the end: for each token of a long line, all the way.
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === 10) count += 1;
  return count;
}
