/** @file One row of a product feed, whatever its file format: names of columns matched, values checked. Parsed at the edge. */
import { z } from 'zod';

/** Column names that feeds use, to ours; compared without case, spaces, dashes and underscores. */
const columnNames: { readonly [field: string]: readonly string[] } = {
  id: ['id', 'sku', 'productid', 'itemid', 'handle'],
  title: ['title', 'name', 'productname'],
  image: ['image', 'imagepath', 'imagefile', 'picture', 'photo', 'file', 'filename', 'path', 'imagelink'],
  category: ['category', 'producttype', 'type', 'googleproductcategory', 'class'],
  price: ['price', 'amount'],
  currency: ['currency', 'pricecurrency'],
  url: ['url', 'link', 'producturl', 'href'],
  brand: ['brand', 'vendor', 'manufacturer'],
  colour: ['colour', 'color'],
  pattern: ['pattern', 'print'],
};

/** Longest text of one field; longer ones are a damaged or hostile feed. */
const maxText = 4096;

const text = z.union([z.string(), z.number().transform(String)]).pipe(z.string().trim().max(maxText));
const requiredText = text.refine((value) => value.length > 0, 'must not be empty');
const optionalText = text
  .nullish()
  .transform((value) => (value === undefined || value === null || value === '' ? null : value));

const feedRowSchema = z.object({
  id: requiredText,
  image: requiredText,
  title: optionalText,
  category: optionalText,
  price: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value, context) => {
      const price = parsePrice(value ?? '');
      if (price !== 'unreadable') return price;
      context.addIssue({ code: 'custom', message: `not a price: ${JSON.stringify(value)}` });
      return z.NEVER;
    }),
  currency: optionalText,
  url: optionalText.refine((value) => value === null || isWebAddress(value), 'must be an http or https address'),
  brand: optionalText,
  colour: optionalText,
  pattern: optionalText,
});

export type FeedRow = z.infer<typeof feedRowSchema>;

/** What a header does not name although every row needs it: the field and the names that it may have. */
export function missingColumns(header: readonly string[]): { readonly field: string; readonly names: string }[] {
  const named = new Set(header.map(plain));
  return ['id', 'image']
    .map((field) => ({ field, aliases: columnNames[field]! }))
    .filter(({ aliases }) => !aliases.some((alias) => named.has(alias)))
    .map(({ field, aliases }) => ({ field, names: aliases.join(', ') }));
}

/** A row's fields, or what is wrong with it in words. */
export function parseFeedRow(record: unknown): FeedRow | { readonly problem: string } {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return { problem: 'not an object with named fields' };
  const named: Record<string, unknown> = {};
  const entries = Object.entries(record).map(([name, value]) => [plain(name), value] as const);
  for (const [field, aliases] of Object.entries(columnNames)) {
    // The first alias wins, not the first column: `id` stands above `handle`.
    for (const alias of aliases) {
      const found = entries.find(([name]) => name === alias);
      if (found === undefined) continue;
      named[field] = found[1];
      break;
    }
  }
  const parsed = feedRowSchema.safeParse(named);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? 'row');
    return named[field] === undefined ? `${field} is missing` : `${field}: ${issue.message}`;
  });
  return { problem: problems.join('; ') };
}

/**
 * `"19.99"`, `"EUR 1.299,00"`, `"$5"`: an amount with or without a currency around it. The last point or comma is the
 * decimal one when one or two digits follow it.
 */
function parsePrice(value: string | number): { amount: number; currency: string | null } | null | 'unreadable' {
  if (typeof value === 'number')
    return Number.isFinite(value) && value >= 0 ? { amount: value, currency: null } : 'unreadable';
  const trimmed = value.trim();
  if (trimmed === '') return null;
  const match = /^(?<before>[A-Z]{3}|[$€£¥]|)\s*(?<digits>\d[\d.,' ]*|[.,]\d+)\s*(?<after>[A-Z]{3}|[$€£¥]|)$/iu.exec(
    trimmed,
  );
  if (match?.groups === undefined) return 'unreadable';
  const { before, digits, after } = match.groups as { before: string; digits: string; after: string };
  if (before !== '' && after !== '') return 'unreadable';
  const decimal = /^(?<whole>.*)[.,](?<cents>\d{1,2})$/.exec(digits.trim());
  const whole = (decimal?.groups?.whole ?? digits).replace(/[.,' ]/g, '');
  const amount = Number(`${whole === '' ? '0' : whole}.${decimal?.groups?.cents ?? '0'}`);
  if (!Number.isFinite(amount)) return 'unreadable';
  const mark = (before || after).toUpperCase();
  return { amount, currency: mark === '' ? null : (currencySigns[mark] ?? mark) };
}

const currencySigns: { readonly [sign: string]: string } = { $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' };

/** `javascript:` and its kin never become links. */
function isWebAddress(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}
