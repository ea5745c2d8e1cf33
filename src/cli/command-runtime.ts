/** @file What the commands need from outside of themselves, and how they end: exit codes, output, arguments. */
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from 'commander';
import type { GarmentEngine } from '../embedding/descriptor.ts';
import { printable, printableJson } from '../errors/printable.ts';

/**
 * Loads a model directory, and the encoder of an `encoder.json` beside it. Commands get it handed in: the network is not
 * read before it is needed.
 */
export type LoadEngine = (
  modelDirectory: string,
  options?: { readonly encoder?: string | undefined },
) => Promise<GarmentEngine>;

/** The model that comes with the package; the same way up from `src/cli` and from `dist/cli`. */
export const bundledModel = fileURLToPath(new URL('../../models/lite0-street13', import.meta.url));

/** Something failed and was reported; the rest was done. */
export function markFailed(): void {
  process.exitCode = 1;
}

/** The one JSON document of a command. */
export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`);
}

/** A line of a report on stdout. */
export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** A line for whoever watches; never part of a result. */
export function log(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `--min-score X` */
export function parseScore(text: string): number {
  const score = Number(text);
  if (text.trim() !== '' && score >= 0 && score <= 1) return score;
  throw new InvalidArgumentError('expected a number from 0 to 1.');
}

/** `--top N`, `--bootstrap N`... */
export function parsePositiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0.');
}

/** `--seed N` */
export function parseSeed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('expected a whole number.');
  return value;
}

/** Boxes are printed to a thousandth of a pixel, scores and similarities to a millionth. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** One line for a file that failed: its name once, whether or not the message begins with it, or with its whole path. */
export function describeFailure(file: string, message: string): string {
  const [named] = message.split(': ', 1);
  const isNamed = named === file || named.endsWith(`/${file}`) || named.endsWith(`\\${file}`);
  return printable(isNamed && message !== named ? message : `${file}: ${message}`);
}
