/** @file The items that are similar to one garment, as links to their product pages. */
import type { GarmentAnswer, SimilarItem } from '../../client/client.ts';
import { makeElement } from './make-element.ts';
import type { Speech } from './widget-words.ts';

export interface ResultSettings {
  readonly speech: Speech;
  /** Of links: `_self`, `_blank`... */
  readonly target: string;
  readonly pictureUrl: (image: string | null, width: 320 | 640) => string | null;
  /** Told when half of an item can be seen. */
  readonly onSeen: (item: SimilarItem, position: number) => void;
  /** Told when an item is chosen, before the page is left. */
  readonly onChosen: (item: SimilarItem, position: number, event: MouseEvent) => void;
}

/** @returns the list; `stop` when it is no longer shown */
export function makeResultList(
  garment: GarmentAnswer,
  settings: ResultSettings,
): { readonly element: HTMLElement; stop(): void } {
  const { words, found } = settings.speech;
  const { items } = garment;
  const numOwn = numOfKind(garment);
  if (items.length === 0) {
    return { element: makeElement('p', { class: 'nothing', text: words.none }), stop: () => {} };
  }
  const summary = garment.wholePicture ? words.noGarment : garment.nothingSimilar ? words.weak : found(numOwn);
  const rows = items.map((item, position) => makeElement('li', {}, [makeItem(item, position, settings)]));
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const position = rows.findIndex((row) => row.isSameNode(target));
        const item = items[position];
        if (isIntersecting && item !== undefined) settings.onSeen(item, position);
      }
    },
    { threshold: 0.5 },
  );
  for (const row of rows) observer.observe(row);
  const element = makeElement('div', {}, [
    makeElement('p', { class: 'count', part: 'count', text: summary }),
    ...makeRows(rows.slice(0, numOwn)),
    ...(rows.length > numOwn ? [makeElement('h3', { class: 'others', part: 'others', text: words.otherKinds })] : []),
    ...makeRows(rows.slice(numOwn)),
  ]);
  return { element, stop: () => observer.disconnect() };
}

/** Items of the garment's own kind: the first of its list. */
export function numOfKind({ items, ofKind }: GarmentAnswer): number {
  return Math.min(items.length, ofKind);
}

function makeRows(rows: readonly HTMLElement[]): HTMLElement[] {
  return rows.length === 0 ? [] : [makeElement('ul', { class: 'items', part: 'items' }, rows)];
}

/** What stands there while the server looks. */
export function makeGhosts(count: number): HTMLElement {
  const ghost = () =>
    makeElement('div', { class: 'ghost' }, [
      makeElement('span', { class: 'picture' }),
      makeElement('span', { class: 'line' }),
      makeElement('span', { class: 'line' }),
    ]);
  return makeElement(
    'div',
    { class: 'items', attributes: { 'aria-hidden': 'true' } },
    Array.from({ length: count }, ghost),
  );
}

function makeItem(item: SimilarItem, position: number, settings: ResultSettings): HTMLElement {
  const { speech, target, pictureUrl, onChosen } = settings;
  const picture = makeElement('span', { class: 'picture', part: 'picture' }, [
    makePicture(pictureUrl(item.image, 320), pictureUrl(item.image, 640), speech),
    ...(item.match === 'strong' ? [makeElement('span', { class: 'tag', part: 'tag', text: speech.words.strong })] : []),
  ]);
  const facts = [
    picture,
    makeElement('span', { class: 'name', part: 'name', text: item.title }),
    ...(item.price === null
      ? []
      : [makeElement('span', { class: 'price', part: 'price', text: speech.price(item.price, item.currency) })]),
  ];
  const address = productAddress(item.url);
  if (address === null) return makeElement('div', { class: 'item', part: 'item' }, facts);
  return makeElement(
    'a',
    {
      class: 'item',
      part: 'item',
      attributes: { href: address, target, ...(target === '_self' ? {} : { rel: 'noopener' }) },
      onClick: (event) => onChosen(item, position, event),
    },
    facts,
  );
}

function makePicture(small: string | null, large: string | null, { words }: Speech): HTMLElement {
  const missing = () => makeElement('span', { class: 'missing', text: words.noPicture });
  const address = small === null ? null : productAddress(small);
  if (address === null) return missing();
  const attributes = {
    alt: '',
    loading: 'lazy',
    decoding: 'async',
    referrerpolicy: 'no-referrer',
    src: address,
    ...(large === null || large === small ? {} : { srcset: `${address} 320w, ${large} 640w`, sizes: '220px' }),
  };
  const image = makeElement('img', { attributes });
  image.addEventListener('error', () => image.replaceWith(missing()), { once: true });
  return image;
}

/** What a feed says is an address may be a script. */
export function productAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text, location.href)) return null;
  const { protocol, href } = new URL(text, location.href);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
