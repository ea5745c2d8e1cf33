/** @file Answers as `deepshop recommend --json` prints them: what programs rely on, named key by key. */
import { mapEdges } from '../boxes/boxes.ts';
import type { Why } from '../retrieval/explain-hit.ts';
import type { GarmentAnswer } from '../retrieval/recommend.ts';
import type { ItemVariant, SimilarItem } from '../retrieval/similar-items.ts';
import { rounded } from './command-runtime.ts';

export function answerAsJson(answer: GarmentAnswer) {
  const { box, label, score, wholePicture, items, total, ofKind, facets, hidden, nothingSimilar } = answer;
  return {
    box: mapEdges(box, (edge) => rounded(edge, 3)),
    label,
    score: score === null ? null : rounded(score, 6),
    wholePicture,
    items: items.map(itemAsJson),
    total,
    ofKind,
    facets,
    ...(hidden === 0 ? {} : { hidden }),
    ...(nothingSimilar ? { nothingSimilar } : {}),
  };
}

function itemAsJson(item: SimilarItem) {
  return {
    id: item.id,
    title: item.title,
    label: item.label,
    similarity: rounded(item.similarity, 6),
    image: item.image,
    product: item.product,
    variants: item.variants.map(variantAsJson),
    price: item.price,
    currency: item.currency,
    url: item.url,
    match: item.match,
    why: whyAsJson(item.why),
    ...(item.duplicates.length === 0 ? {} : { duplicates: item.duplicates }),
  };
}

function variantAsJson({ id, image, price, url, similarity }: ItemVariant): ItemVariant {
  return { id, image, price, url, similarity: rounded(similarity, 6) };
}

function whyAsJson({ box, sameClass, hidden, words, ...numbers }: Why): Why {
  const round = (value: number | null) => (value === null ? null : rounded(value, 3));
  return {
    box,
    sameClass,
    colourDistance: round(numbers.colourDistance),
    textureSimilarity: round(numbers.textureSimilarity),
    shapeSimilarity: round(numbers.shapeSimilarity),
    hidden,
    words,
  };
}
