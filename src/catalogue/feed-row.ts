/** @file One row of a product feed, whatever its file format: values found by their columns and checked. Parsed at the edge. */
import { z } from 'zod';
import type { AttributeSchema, AttributeType, AttributeValue } from './attributes.ts';
import type { FeedColumns, PickedValues } from './feed-columns.ts';
import { parseNumber, parsePrice } from './price.ts';

/**
 * Names of columns of plain feeds and of Google Merchant feeds. `variant` has none: it is a column that the user maps,
 * so that a feed with ids keeps the keys that it always had.
 */
export const feedColumnNames = {
  id: ['id', 'sku', 'productid', 'itemid', 'handle'],
  variant: [],
  title: ['title', 'name', 'productname'],
  image: ['image', 'imagepath', 'imagefile', 'picture', 'photo', 'file', 'filename', 'path', 'imagelink'],
  additionalImages: ['additionalimagelink', 'additionalimages'],
  category: ['category', 'producttype', 'type', 'googleproductcategory', 'class'],
  price: ['price', 'amount'],
  currency: ['currency', 'pricecurrency'],
  url: ['url', 'link', 'producturl', 'href'],
  brand: ['brand', 'vendor', 'manufacturer'],
  colour: ['colour', 'color'],
  pattern: ['pattern', 'print'],
  gender: ['gender'],
  inStock: ['instock', 'availability', 'available'],
} as const;

/** Longest text of one field; longer ones are a damaged or hostile feed. */
const maxText = 4096;
/** Pictures of one row. */
const maxImages = 100;

const text = z.union([z.string(), z.number().transform(String)]).pipe(
  z
    .string()
    .trim()
    .max(maxText)
    .refine((value) => !value.includes('\uFFFD'), 'bytes that are not UTF-8 (U+FFFD): save the feed as UTF-8'),
);
const keyText = text.refine((value) => !value.includes('\0'), 'has a zero byte');
const requiredText = keyText.refine((value) => value.length > 0, 'must not be empty');
const orNull = (value: string | null | undefined) => (value === undefined || value === '' ? null : value);

export const optionalText = text.nullish().transform(orNull);
export const optionalKey = keyText.nullish().transform(orNull);

export const optionalPrice = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value, context) => {
    const price = parsePrice(value ?? '');
    if (price !== 'unreadable') return price;
    context.addIssue({ code: 'custom', message: `not a price: ${shorten(value)}` });
    return z.NEVER;
  });

/** `javascript:` and its kin never become links. */
export const optionalAddress = optionalText.refine(
  (value) => value === null || isWebAddress(value),
  'must be an http or https address',
);

/** One image, or several in an array of JSON. */
const imageList = z
  .union([requiredText.transform((image) => [image]), z.array(requiredText).min(1).max(maxImages)])
  .refine((images) => images.length > 0);

/** Several in an array, or with commas between them as Merchant feeds have it. */
const furtherImages = z
  .union([
    z.string().transform((value) => value.split(',')),
    z.array(z.string()).transform((values) => values.flatMap((value) => value.split(','))),
  ])
  .nullish()
  .transform((values) => (values ?? []).map((value) => value.trim()).filter((value) => value !== ''))
  .refine((images) => images.length <= maxImages && images.every((image) => keyText.safeParse(image).success), {
    message: `at most ${maxImages}, each of at most ${maxText} characters`,
  });

/** The fields of every feed that has a row an item. */
export const itemShape = {
  id: requiredText,
  variant: optionalKey,
  image: imageList,
  additionalImages: furtherImages,
  title: optionalText,
  category: optionalText,
  price: optionalPrice,
  currency: optionalText,
  url: optionalAddress,
  brand: optionalText,
  colour: optionalText,
  pattern: optionalText,
  gender: optionalText,
  inStock: z.unknown().optional().transform(parseInStock),
};

const plainRowSchema = z.object(itemShape);
export type FeedRow = z.infer<typeof plainRowSchema> & {
  readonly further: { readonly [name: string]: AttributeValue };
};

/** What is wrong with a row, in words. */
export interface RowProblem {
  readonly problem: string;
  /** As far as they were found, unchecked: a row may say what it is about and yet not be usable. */
  readonly fields: { readonly [field: string]: unknown };
}

/** The value of a field of a row that cannot be used, if it is one that products are named by. */
export function keyIn({ fields }: RowProblem, field: string): string | null {
  const parsed = requiredText.safeParse(fields[field]);
  return parsed.success ? parsed.data : null;
}

/** A row's fields, or what is wrong with it. */
export function parseFeedRow(
  record: unknown,
  columns: FeedColumns,
  attributes: AttributeSchema = {},
): FeedRow | RowProblem {
  return parseRow(record, plainRowSchema, columns, attributes);
}

/** As {@link parseFeedRow}, for a format with fields of its own. */
export function parseRow<T extends object>(
  record: unknown,
  schema: z.ZodType<T>,
  columns: FeedColumns,
  attributes: AttributeSchema,
): (T & { readonly further: { readonly [name: string]: AttributeValue } }) | RowProblem {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return { problem: 'not an object with named fields', fields: {} };
  const picked = columns.pick(record);
  const parsed = schema.safeParse(picked.fields);
  const { further, problems } = parseFurther(picked.further, attributes);
  if (parsed.success && problems.length === 0) return { ...parsed.data, further };
  return { problem: [...describeIssues(parsed.error, picked), ...problems].join('; '), fields: picked.fields };
}

function describeIssues(error: z.ZodError | undefined, { fields }: PickedValues): string[] {
  return (error?.issues ?? []).map((issue) => {
    const field = String(issue.path[0] ?? 'row');
    return fields[field] === undefined ? `${field} is missing` : `${field}: ${plainest(issue)}`;
  });
}

/** Of a union, what was wrong with the first kind that it might have been. */
function plainest(issue: z.core.$ZodIssue): string {
  const [first] = issue.code === 'invalid_union' ? (issue.errors[0] ?? []) : [];
  return first === undefined ? issue.message : plainest(first);
}

/** Values of further attributes: what is empty or not there is null. */
function parseFurther(
  values: { readonly [name: string]: unknown },
  attributes: AttributeSchema,
): { readonly further: { readonly [name: string]: AttributeValue }; readonly problems: readonly string[] } {
  const further: Record<string, AttributeValue> = {};
  const problems: string[] = [];
  for (const [name, type] of Object.entries(attributes)) {
    const value = parseAttribute(values[name], type);
    if (value === undefined) problems.push(`${name}: not a ${type}: ${shorten(values[name])}`);
    else further[name] = value;
  }
  return { further, problems };
}

/** Undefined for what the type cannot hold. */
function parseAttribute(value: unknown, type: AttributeType): AttributeValue | undefined {
  if (value === undefined || value === null || value === '') return null;
  switch (type) {
    case 'string': {
      const words = wordsOf(value);
      return words === undefined ? undefined : optionalText.safeParse(words).data;
    }
    case 'number': {
      if (typeof value !== 'string' && typeof value !== 'number') return undefined;
      if (typeof value === 'string' && value.trim() === '') return null;
      const number = parseNumber(value);
      return Number.isNaN(number) ? undefined : number;
    }
    case 'boolean':
      return parseBoolean(value);
  }
}

/** One word, or those of an array with commas between them; undefined where there is anything else. */
function wordsOf(value: unknown): string | undefined {
  const words = (Array.isArray(value) ? value : [value]).filter((each) => each !== null);
  return words.every(isWord) ? words.join(', ') : undefined;
}

function isWord(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

const yes: ReadonlySet<string> = new Set(['true', 'yes', 'y', '1']);
const no: ReadonlySet<string> = new Set(['false', 'no', 'n', '0']);

function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value).trim().toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

/** The words of Google's `availability` and some neighbours'; what can only be ordered ahead is not in stock. */
const inStockWords: { readonly [word: string]: boolean } = {
  instock: true,
  available: true,
  limitedavailability: true,
  outofstock: false,
  soldout: false,
  preorder: false,
  backorder: false,
  availablefororder: false,
  discontinued: false,
};

/** A truth, a word, or how many there are; null for what says nothing that we know. */
function parseInStock(value: unknown): boolean | null {
  if (typeof value === 'number') return value > 0;
  if (value === undefined || value === null || (typeof value !== 'string' && typeof value !== 'boolean')) return null;
  const truth = parseBoolean(value);
  if (truth !== undefined) return truth;
  const word = String(value)
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[\s_-]/g, '');
  if (/^\d{1,9}$/.test(word)) return Number(word) > 0;
  return Object.hasOwn(inStockWords, word) ? inStockWords[word] : null;
}

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

/** What holds others is only named: it may be as deep as its text is long. */
function shorten(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value !== 'string') return String(value);
  return value.length > 60 ? `${JSON.stringify(value.slice(0, 60)).slice(0, 60)}...` : JSON.stringify(value);
}
