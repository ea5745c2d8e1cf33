/** @file Words as they are compared: without case, accents and plural. For keys, not for eyes. */

/** A piece of text: to put n marks of one letter in order takes n squared steps, and text from outside may be all marks. */
const piece = /.{1,1024}/gsu;

/** Lower case, no accents on Latin letters, wide letters as plain ones. */
export function foldCase(text: string): string {
  return text.replace(piece, foldMarks).toLowerCase();
}

function foldMarks(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/(\p{Script=Latin})[\u0300-\u036f]+/gu, '$1')
    .normalize('NFC');
}

/** The same for the singular and the plural of an English word in lower case; it may be neither. */
export function singularKey(word: string): string {
  // Dress and dresses, blouse and blouses: without the ending, both.
  if (/(s|x|z|ch|sh)es?$/.test(word)) return word.replace(/es?$/, '');
  // Body and bodies, as tie and ties.
  return word.replace(/([^s])s$/, '$1').replace(/([^aeiou])y$/, '$1ie');
}
