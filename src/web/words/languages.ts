/** @file The languages there are, which of them a browser wants, and how words become sentences. */
import type { Failure } from '../state/shop-state.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { type Counted, en, type Words } from './en.ts';
import { es } from './es.ts';

export const languages = {
  en: { name: 'English', direction: 'ltr', words: en },
  de: { name: 'Deutsch', direction: 'ltr', words: de },
  es: { name: 'Español', direction: 'ltr', words: es },
  ar: { name: 'العربية', direction: 'rtl', words: ar },
} as const satisfies {
  readonly [code: string]: { readonly name: string; readonly direction: 'ltr' | 'rtl'; readonly words: Words };
};

export type Language = keyof typeof languages;

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(languages, code);
}

/** @param wanted as `navigator.languages`: the first that we speak, else English */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [code = ''] = tag.toLowerCase().split('-');
    if (isLanguage(code)) return code;
  }
  return 'en';
}

/** `{name}` in a sentence replaced by its value. */
export function fill(sentence: string, values: { readonly [name: string]: string | number }): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The form of a language for a number, with the number in its digits. */
export function count(language: string, forms: Counted, number: number): string {
  const form = forms[new Intl.PluralRules(language).select(number)] ?? forms.other;
  return fill(form, { n: new Intl.NumberFormat(language).format(number) });
}

/** A price as the language writes it; a number alone where the currency is unknown. */
export function formatPrice(language: string, price: number, currency: string | null): string {
  try {
    return new Intl.NumberFormat(language, currency === null ? {} : { style: 'currency', currency }).format(price);
  } catch {
    // A feed may name a currency that is none.
    return `${new Intl.NumberFormat(language).format(price)} ${currency}`;
  }
}

/** A size of files, in megabytes as the language writes them. */
export function formatSize(language: string, bytes: number): string {
  const style = { style: 'unit', unit: 'megabyte', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, style).format(bytes / 1e6);
}

/** A time in words: "15 minutes". */
export function formatMinutes(language: string, minutes: number): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(minutes);
}

/** Longer waits are told by their seconds: a moment is as long as `deep-shopping/client` waits by itself. */
const momentS = 10;

/** What asks for more than a day may say anything. */
const longestWaitS = 86_400;

/** What failed, and what to do about it. */
export function tellFailure(language: Language, { kind, code, retryAfterS = 0 }: Failure): string {
  const { words } = languages[language];
  const isLong = retryAfterS > momentS && retryAfterS <= longestWaitS;
  if (kind === 'busy' && isLong) return count(language, words.busyFor, Math.ceil(retryAfterS));
  return fill(words.failures[kind], { code });
}

/** The word of a class; models of other makers have classes of their own, shown as they are named. */
export function labelWord(words: Words, label: string): string {
  const known: { readonly [label: string]: string } = words.labels;
  return Object.hasOwn(known, label) ? known[label] : label.charAt(0).toUpperCase() + label.slice(1);
}
