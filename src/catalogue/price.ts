/** @file Amounts of money as feeds write them, and numbers written in the same ways. */

export interface Price {
  readonly amount: number;
  /** ISO 4217 where the feed has a sign or letters for it. */
  readonly currency: string | null;
}

/** No honest amount is longer, with its currency and spaces. */
const maxLength = 64;
// Digits end in no space: were spaces theirs or those after them, each way would be tried.
const pricePattern =
  /^(?<before>[A-Z]{3}|[$€£¥]|)\s*(?<digits>\d(?:[\d.,' ]*[\d.,'])?|[.,]\d+)\s*(?<after>[A-Z]{3}|[$€£¥]|)$/iu;
const currencySigns: { readonly [sign: string]: string } = { $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' };

/**
 * `"19.99"`, `"EUR 1.299,00"`, `"$5"`: an amount with or without a currency around it. The last point or comma is the
 * decimal one when one or two digits follow it.
 *
 * @returns null for what is empty
 */
export function parsePrice(value: string | number): Price | null | 'unreadable' {
  if (typeof value === 'number')
    return Number.isFinite(value) && value >= 0 ? { amount: value, currency: null } : 'unreadable';
  const trimmed = value.trim();
  if (trimmed === '') return null;
  if (trimmed.length > maxLength) return 'unreadable';
  const match = pricePattern.exec(trimmed);
  if (match?.groups === undefined) return 'unreadable';
  const { before, digits, after } = match.groups as { before: string; digits: string; after: string };
  if (before !== '' && after !== '') return 'unreadable';
  const amount = parseDigits(digits);
  if (!Number.isFinite(amount)) return 'unreadable';
  const mark = (before || after).toUpperCase();
  return { amount, currency: mark === '' ? null : (currencySigns[mark] ?? mark) };
}

/** `"-1,5"`, `"42"`, `"1e3"`: NaN for what is no finite number. */
export function parseNumber(value: string | number): number {
  const number = Number(value);
  if (typeof value === 'number' || (value.trim() !== '' && Number.isFinite(number)))
    return Number.isFinite(number) ? number : Number.NaN;
  const match = /^(?<sign>[+-]?)\s*(?<digits>\d[\d.,' ]*|[.,]\d+)$/.exec(value.trim());
  if (match?.groups === undefined) return Number.NaN;
  const size = parseDigits(match.groups.digits!);
  return Number.isFinite(size) ? (match.groups.sign === '-' ? -size : size) : Number.NaN;
}

function parseDigits(digits: string): number {
  const decimal = /^(?<whole>.*)[.,](?<cents>\d{1,2})$/.exec(digits.trim());
  const whole = (decimal?.groups?.whole ?? digits).replace(/[.,' ]/g, '');
  return Number(`${whole === '' ? '0' : whole}.${decimal?.groups?.cents ?? '0'}`);
}
