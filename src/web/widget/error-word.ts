/** @file What the widget says of a failure: the app's kinds, of which it has fewer words. */
import { type FailureKind, failureOf } from '../results/failure-kind.ts';
import type { WidgetWords } from './widget-words.ts';

export type ErrorWord = Extract<keyof WidgetWords, `error${string}`>;

/** What a shopper can do something about. */
const wordsByKind: { readonly [K in FailureKind]?: ErrorWord } = {
  unreachable: 'errorUnreachable',
  busy: 'errorBusy',
  closed: 'errorSetup',
  tooLarge: 'errorPicture',
  unreadable: 'errorPicture',
};

export function errorWord(error: unknown): ErrorWord {
  return wordsByKind[failureOf(error).kind] ?? 'errorOther';
}
