/** @file Class names that mean the same: in another case, spelled with a hyphen, or in the plural. */
import { foldCase, singularKey } from '../../text/word-forms.ts';

/** A class name without case, accents, spaces, hyphens and plural: names that are equal then mean the same. */
export function plainName(name: string): string {
  return singularKey(foldCase(name).replace(/[\s_\-./]+/gu, ''));
}
