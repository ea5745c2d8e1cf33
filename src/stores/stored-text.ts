/**
 * @file Any JavaScript string as text that UTF-8, SQL, Arrow and search engines carry unchanged. Lone halves of surrogate pairs have no
 * UTF-8, NUL ends a string in some parsers, and Arrow's decoder swallows a leading byte order mark.
 */

/** Opens an escape: never a character of a text (Unicode keeps it free), and escaped itself where one comes along. */
const mark = '\uffff';
const escaped = /[\0\ufeff\uffff\p{Cs}]/gu;
const escapes = /\uffff([0-9a-f]{4})/g;

/** Different texts stay different; nearly all stay as they are. `decodeText(encodeText(s))` is `s`. */
export function encodeText(text: string): string {
  return text.replace(escaped, (unit) => mark + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}

export function decodeText(stored: string): string {
  return stored.includes(mark)
    ? stored.replace(escapes, (_, digits) => String.fromCharCode(parseInt(digits, 16)))
    : stored;
}
