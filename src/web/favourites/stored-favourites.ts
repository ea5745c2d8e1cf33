/** @file What was saved, on this device only. */
import type { ItemBrief } from '../state/shop-state.ts';

const place = 'deepshop-favourites';

/** What lies there may be of another version, or anything: what cannot be shown is passed over. */
export function readFavourites(storage: Pick<Storage, 'getItem'>): ItemBrief[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(place) ?? '[]');
    return Array.isArray(stored) ? stored.flatMap(readBrief) : [];
  } catch {
    return [];
  }
}

/** Storage may be full or forbidden: then favourites last as long as the page. */
export function writeFavourites(storage: Pick<Storage, 'setItem'>, favourites: readonly ItemBrief[]): void {
  try {
    storage.setItem(place, JSON.stringify(favourites));
  } catch {}
}

function readBrief(stored: unknown): ItemBrief[] {
  if (typeof stored !== 'object' || stored === null) return [];
  const fields: { readonly [name: string]: unknown } = { ...stored };
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null);
  const id = text('id');
  if (id === null) return [];
  const price = typeof fields.price === 'number' ? fields.price : null;
  const url = text('url');
  return [
    {
      id,
      price,
      title: text('title') ?? id,
      image: text('image'),
      currency: text('currency'),
      url: url !== null && /^https?:\/\//i.test(url) ? url : null,
      brand: text('brand'),
    },
  ];
}
