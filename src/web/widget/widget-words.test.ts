import { expect, test } from 'vitest';
import { languages as appLanguages } from '../words/languages.ts';
import { fill, speechFor } from './widget-words.ts';

test('words are there in four languages, with prices and plurals of each', () => {
  const english = speechFor(['fr', 'en-GB']);
  expect([english.language, english.direction, english.found(1)]).toEqual(['en', 'ltr', '1 similar item']);
  expect(english.price(20, 'EUR')).toBe('€20.00');
  expect(english.price(20, 'no currency')).toBe('20 no currency');
  expect([english.minutes(1), speechFor(['de']).minutes(15)]).toEqual(['1 minute', '15 Minuten']);
  expect(speechFor(['de-AT']).price(1234.5, 'EUR').replace(/\s/g, ' ')).toBe('€ 1.234,50');
  const arabic = speechFor(['ar']);
  expect([arabic.direction, arabic.found(2), arabic.label('tee')]).toEqual(['rtl', 'منتجان مشابهان', 'تيشيرت']);
  expect([speechFor([]).language, arabic.label('cape'), arabic.label('constructor')]).toEqual([
    'en',
    'cape',
    'constructor',
  ]);
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const tag of ['de', 'es', 'ar']) {
    for (const [word, text] of Object.entries(speechFor([tag]).words)) {
      if (typeof text !== 'string') continue;
      const same = (english.words as unknown as Record<string, string>)[word];
      expect([tag, word, places(text)]).toEqual([tag, word, places(same ?? '')]);
    }
  }
  // One thing is said in the same words as in the app: nobody is to wonder what differs.
  for (const [tag, { words }] of Object.entries(appLanguages)) {
    const { weak } = speechFor([tag]).words;
    expect(weak).toBe(words.nothingSimilar);
    expect(weak).toMatch(/\.$/);
  }
  expect(fill('{a} of {b}', { a: '{b}' })).toBe('{b} of {b}');
});
