/** @file Rows of a store as the API shows them. What is not for shoppers, such as where a picture lies, stays here. */
import type { ItemBody } from '../api/item.ts';
import type { SimilarItemBody } from '../api/search.ts';
import { mapEdges } from '../boxes/boxes.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import type { SimilarItem } from '../retrieval/similar-items.ts';
import type { Row } from '../stores/row.ts';

/** Attributes with a place of their own, or of the server alone. */
const shownElsewhere = new Set(['title', 'price', 'currency', 'url']);
const kept = new Set(['file', ...Object.keys(factsSchema)]);

/** Digits of a picture's hash in its address. */
export const hashDigits = 32;

/** A picture of the web is shown from there; one of a file by this server, if it can. */
export function pictureAddress({ image, product, contentHash, attributes }: Row): string | null {
  if (/^https?:\/\//i.test(image)) return image;
  if (typeof attributes.file !== 'string' || !/^[0-9a-f]{64}$/.test(contentHash)) return null;
  return `/v1/pictures/${encodeURIComponent(product)}/${contentHash.slice(0, hashDigits)}.webp`;
}

/** A product from its rows, of which there is at least one. */
export function itemBody(rows: readonly Row[]): ItemBody {
  const pictures = [...rows].sort(
    (a, b) => a.region - b.region || compare(a.variant, b.variant) || compare(a.image, b.image),
  );
  const [first] = pictures;
  const { title } = first.attributes;
  return {
    id: first.product,
    title: typeof title === 'string' ? title : first.product,
    attributes: shownAttributes(first, new Set(['title'])),
    pictures: pictures.map((row) => ({
      image: pictureAddress(row),
      source: row.image,
      variant: row.variant,
      box: edges(row.box, 1),
      label: row.label,
      score: row.score === null ? null : rounded(row.score, 6),
    })),
  };
}

/** @param rowsOf its product's rows, for the pictures of its variants */
export function similarItemBody(item: SimilarItem, rowsOfProduct: readonly Row[]): SimilarItemBody {
  const { id, product, title, label, similarity, match, price, currency, url, variants, duplicates, why, row } = item;
  const round = (value: number | null) => (value === null ? null : rounded(value, 3));
  return {
    id,
    product,
    title,
    label,
    similarity: rounded(similarity, 6),
    match,
    image: pictureAddress(row),
    price,
    currency,
    url,
    attributes: shownAttributes(row, shownElsewhere),
    variants: variants.map((variant) => {
      const own = rowsOfProduct.find((each) => each.variant === variant.id && each.image === variant.image);
      return {
        id: variant.id,
        image: own === undefined ? null : pictureAddress(own),
        price: variant.price,
        url: variant.url,
        similarity: rounded(variant.similarity, 6),
      };
    }),
    duplicates: [...duplicates],
    why: {
      ...why,
      colourDistance: round(why.colourDistance),
      textureSimilarity: round(why.textureSimilarity),
      shapeSimilarity: round(why.shapeSimilarity),
      words: [...why.words],
    },
  };
}

/** In pixels of a picture that is `scale` times as large, to a thousandth. */
export function edges(box: Row['box'], scale: number): [number, number, number, number] {
  const [x1, y1, x2, y2] = mapEdges(box, (edge) => rounded(edge * scale, 3));
  return [x1, y1, x2, y2];
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function shownAttributes(
  { attributes }: Row,
  without: ReadonlySet<string>,
): { [name: string]: string | number | boolean } {
  const shown: { [name: string]: string | number | boolean } = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && !without.has(name) && !kept.has(name)) shown[name] = value;
  }
  return shown;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
