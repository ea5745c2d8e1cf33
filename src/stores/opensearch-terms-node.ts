/** @file Names and texts as OpenSearch's fields and terms: any name is a field, any text a term, different ones stay different. */
import { createHash } from 'node:crypto';
import { keyText, type RowKey } from './row.ts';
import { encodeText } from './stored-text.ts';

/** The engine refuses terms of more than 32,766 bytes; long before that, nobody reads them in a list of facets. */
const longestTerm = 1024;
/** No text is encoded so: after the first character come four digits. */
const hashMark = '\uffffsha256:';

/** A text as a term that equals another where the texts do; most are themselves. Long ones are a hash. */
export function termOf(text: string): string {
  const term = encodeText(text);
  if (Buffer.byteLength(term) <= longestTerm) return term;
  return `${hashMark}${hash(term)}`;
}

/** Whether the text of a term cannot be had from it. */
export function isHashedTerm(term: string): boolean {
  return term.startsWith(hashMark);
}

/** The field of an attribute, whatever others there are: `a_brand`, or a hash of a name that is no plain word. */
export function attributeField(name: string): string {
  return /^[a-z][a-z0-9_]{0,99}$/i.test(name) ? `a_${name}` : `h_${hash(encodeText(name)).slice(0, 16)}`;
}

/** A hash of the key: as long for any key, and no character of it needs care. */
export function documentId(key: RowKey): string {
  return hash(keyText(key));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
