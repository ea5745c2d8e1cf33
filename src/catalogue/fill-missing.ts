/** @file What the user says of all items at once, where their feed says nothing: the currency, and how addresses are made. */
import { UsageError } from '../errors/errors.ts';
import type { FeedPicture } from './catalogue.ts';
import { optionalAddress } from './feed-row.ts';

export interface FeedDefaults {
  /** Three letters of ISO 4217, as {@link parseCurrency} gives them. */
  readonly currency?: string | undefined;
  /** As {@link parseAddressPattern} lets them pass. */
  readonly url?: string | undefined;
}

/** The places for the product's id; a Shopify product's is its handle. */
const placePattern = /\{(?:handle|id)\}/g;

/** The picture with what its feed left out. A price that is none has no currency, and an address that would be none is null. */
export function fillMissing<T extends FeedPicture>(picture: T, { currency, url }: FeedDefaults): T {
  return {
    ...picture,
    currency: picture.currency ?? (picture.price === null ? null : (currency ?? null)),
    url: picture.url ?? (url === undefined ? null : addressOf(url, picture.product)),
  };
}

function addressOf(pattern: string, product: string): string | null {
  // Half of a surrogate pair, as JSON may hold one, is no text of UTF-8.
  const escaped = encodeURIComponent(product.replace(/\p{Surrogate}/gu, '\uFFFD'));
  return optionalAddress.safeParse(pattern.replace(placePattern, () => escaped)).data ?? null;
}

/**
 * `--url 'https://shop.example/products/{handle}'`
 *
 * @throws UsageError where it makes no address of http or https, the same one of every item, or one of another host
 */
export function parseAddressPattern(text: string): string {
  const facts = {
    where: `--url ${text}`,
    expected: "an address with {handle} or {id} behind its host, as 'https://shop.example/products/{handle}'",
  };
  const without = text.replace(placePattern, '');
  const [strange] = /\{[^{}]*\}/.exec(without) ?? [];
  if (strange !== undefined) throw new UsageError('an unknown place in an address', { ...facts, got: strange });
  if (without === text) throw new UsageError('one address for all items', { ...facts, got: text });
  const [first, second] = ['a', 'b'].map((product) => addressOf(text, product));
  if (first == null || second == null) throw new UsageError('not an address', { ...facts, got: text });
  if (new URL(first).origin !== new URL(second).origin)
    throw new UsageError('a host that depends on the item', { ...facts, got: text });
  return text;
}

/**
 * `--currency EUR`
 *
 * @throws UsageError
 */
export function parseCurrency(text: string): string {
  if (/^[a-z]{3}$/i.test(text)) return text.toUpperCase();
  const facts = { where: '--currency', expected: 'three letters of ISO 4217, as EUR', got: text };
  throw new UsageError('not a currency', facts);
}
