/** @file The language that is shown: chosen by the browser, or by the shopper and then kept. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import type { Failure } from '../state/shop-state.ts';
import type { Counted, Words } from './en.ts';
import {
  chooseLanguage,
  count,
  fill,
  formatMinutes,
  formatPrice,
  formatSize,
  isLanguage,
  type Language,
  labelWord,
  languages,
  tellFailure,
} from './languages.ts';

interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly speak: (language: Language) => void;
  readonly say: typeof fill;
  readonly count: (forms: Counted, number: number) => string;
  readonly price: (price: number, currency: string | null) => string;
  readonly size: (bytes: number) => string;
  readonly minutes: (count: number) => string;
  readonly label: (label: string) => string;
  readonly failure: (failure: Failure) => string;
}

const place = 'deepshop-language';
const SpeechContext = createContext<Speech | null>(null);

export function useWords(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error('outside of WordsProvider');
  return speech;
}

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => {
    const kept = window.localStorage.getItem(place) ?? '';
    return isLanguage(kept) ? kept : chooseLanguage(navigator.languages);
  });
  const { words, direction } = languages[language];
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = direction;
  }, [language, direction]);
  const speech = useMemo<Speech>(
    () => ({
      language,
      words,
      speak(chosen) {
        window.localStorage.setItem(place, chosen);
        setLanguage(chosen);
      },
      say: fill,
      count: (forms, number) => count(language, forms, number),
      price: (price, currency) => formatPrice(language, price, currency),
      size: (bytes) => formatSize(language, bytes),
      minutes: (minutes) => formatMinutes(language, minutes),
      label: (label) => labelWord(words, label),
      failure: (failure) => tellFailure(language, failure),
    }),
    [language, words],
  );
  return (
    <SpeechContext value={speech}>
      <I18nProvider locale={language}>{children}</I18nProvider>
    </SpeechContext>
  );
}
