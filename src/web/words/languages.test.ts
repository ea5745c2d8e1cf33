import { expect, it } from 'vitest';
import {
  chooseLanguage,
  count,
  fill,
  formatMinutes,
  formatPrice,
  labelWord,
  languages,
  tellFailure,
} from './languages.ts';

/** Every sentence by its path; forms of a count are one entry. */
function sentences(words: object, path = ''): [string, string | { readonly [form: string]: string }][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' || ('other' in value && typeof value.other === 'string' && 'one' in value)
      ? [[`${path}${key}`, value] as [string, string]]
      : sentences(value, `${path}${key}.`),
  );
}

const english = new Map(sentences(languages.en.words));
const placeholders = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();

it.each(Object.entries(languages))('%s says everything, with the same values in it', (code, { words }) => {
  const said = new Map(sentences(words));
  expect([...said.keys()]).toEqual([...english.keys()]);
  for (const [path, sentence] of said) {
    const original = english.get(path) ?? '';
    if (typeof sentence === 'string') {
      expect(sentence.trim(), path).not.toBe('');
      expect(placeholders(sentence), path).toEqual(placeholders(String(original)));
    } else {
      const wanted = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
      expect(Object.keys(sentence).sort(), path).toEqual([...wanted].sort());
      // Words for none, one and two may stand for the number itself.
      for (const [form, text] of Object.entries(sentence))
        if (!['zero', 'one', 'two'].includes(form)) expect(placeholders(text), path).toEqual(['{n}']);
    }
  }
});

it('no language but English is English', () => {
  for (const [code, { words }] of Object.entries(languages).slice(1)) {
    const same = sentences(words).filter(([path, sentence]) => sentence === english.get(path));
    // Names and words that are the same in both.
    expect(
      same.map(([path]) => path).filter((path) => !/appName|filter|index|shorts|filters/i.test(path)),
      code,
    ).toEqual([]);
  }
});

it('says minutes as the language has them', () => {
  expect(['en', 'de', 'es', 'ar'].map((language) => formatMinutes(language, 15))).toEqual([
    '15 minutes',
    '15 Minuten',
    '15 minutos',
    '15 دقيقة',
  ]);
  expect(formatMinutes('en', 1)).toBe('1 minute');
});

it('says the seconds of a busy shop that asks for more than a moment', () => {
  const busy = (retryAfterS?: number) => ({ kind: 'busy', code: 'rate-limited', retryAfterS }) as const;
  for (const moment of [busy(), busy(-1), busy(10), busy(1e300)])
    expect(tellFailure('en', moment)).toBe('The shop is very busy. Try again in a moment.');
  expect(tellFailure('en', busy(10.2))).toBe('The shop is very busy. Try again in 11 seconds.');
  expect(tellFailure('de', busy(20))).toBe('Im Shop ist viel los. Versuche es in 20 Sekunden noch einmal.');
  expect(tellFailure('es', busy(20))).toBe('La tienda está muy ocupada. Vuelve a intentarlo dentro de 20 segundos.');
  expect(tellFailure('ar', busy(20))).toMatch(/20 ثانية/);
  expect(tellFailure('ar', busy(103))).toMatch(/103 ثوانٍ/);
  expect(tellFailure('en', { kind: 'other', code: 'internal', retryAfterS: 20 })).toMatch(/tell them: internal$/);
});

it('chooses the first language that it speaks', () => {
  expect(chooseLanguage(['fr-CA', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['ar-EG'])).toBe('ar');
  expect(chooseLanguage(['constructor', 'fi'])).toBe('en');
  expect(chooseLanguage([])).toBe('en');
});

it('fills, counts and prices as the language does', () => {
  expect(fill('{a} of {b}', { a: 1, b: 2 })).toBe('1 of 2');
  expect(count('en', languages.en.words.garmentsFound, 1)).toBe('1 garment found');
  expect(count('de', languages.de.words.garmentsFound, 3)).toBe('3 Kleidungsstücke gefunden');
  expect(count('ar', languages.ar.words.garmentsFound, 2)).toBe('عُثر على قطعتين');
  expect(formatPrice('de', 20.5, 'EUR')).toMatch(/^20,50\s€$/);
  expect(formatPrice('en', 20, null)).toBe('20');
  expect(formatPrice('en', 20, 'not one')).toBe('20 not one');
});

it('names classes, and leaves those of other models as they are', () => {
  expect(labelWord(languages.de.words, 'trousers')).toBe('Hose');
  expect(labelWord(languages.de.words, 'kimono')).toBe('Kimono');
  expect(labelWord(languages.de.words, 'constructor')).toBe('Constructor');
});
