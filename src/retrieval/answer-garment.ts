/** @file One garment's answer: the list, what it holds, and a page of it with reasons. */
import type { MatchCalibration } from '../detector/match-calibration.ts';
import { gradeMatch } from '../embedding/match.ts';
import type { Filter } from '../stores/filter.ts';
import type { VectorStore } from '../stores/vector-store.ts';
import { diversify } from './diversify.ts';
import { explainHit } from './explain-hit.ts';
import { countFacets, type Facets } from './facets.ts';
import { foldDuplicates } from './fold-duplicates.ts';
import type { GarmentQuery } from './garment-query.ts';
import { countHidden } from './hidden-products.ts';
import { isAhead, type ProductQuery, type RankedProduct, rankProducts } from './rank-products.ts';
import { findVariants, itemFacts, type SimilarItem } from './similar-items.ts';

/** Products that a list holds unless a page is larger: as far as pages go and facets count. */
const listDepth = 200;
/** A list that is shorter is filled up with products of other classes. */
const fewestListed = 12;

/** Which products a list may hold. */
export interface SearchOptions {
  readonly filter?: Filter | undefined;
  /** One order over all classes, instead of likely ones first. */
  readonly anyCategory?: boolean | undefined;
  /** Compare every item, whatever index there is. */
  readonly exact?: boolean | undefined;
}

/** What is shown of a list. */
export interface PageOptions {
  /** Items of a page. */
  readonly top: number;
  /** Items ahead of the page. */
  readonly offset?: number | undefined;
  readonly isDiverse?: boolean | undefined;
  /** Facets beside the usual ones. */
  readonly facets?: readonly string[] | undefined;
}

export interface AnswerOptions extends PageOptions {
  readonly search?: SearchOptions | undefined;
}

/** A garment and the products that answer it. */
export interface GarmentList {
  readonly query: GarmentQuery;
  readonly asked: ProductQuery;
  readonly products: readonly RankedProduct[];
}

export interface ItemsPage {
  readonly items: readonly SimilarItem[];
  /** Items that can be paged through. */
  readonly total: number;
  /** Of them, items of the garment's likely classes: they come first. All where no class is known. */
  readonly ofKind: number;
  /** Counted over all of them. */
  readonly facets: Facets;
  /** Products that the filter kept off this page or the ones before it. */
  readonly hidden: number;
  /** Every item of the page is a weak match: there is nothing similar. False where matches are not known. */
  readonly nothingSimilar: boolean;
}

/** @param excluded products that are not answered: those that were shown as examples */
export async function listProducts(
  store: VectorStore,
  query: GarmentQuery,
  { top, search: { filter, anyCategory = false, exact } = {} }: AnswerOptions,
  excluded: ReadonlySet<string>,
): Promise<GarmentList> {
  const classes = anyCategory ? [] : query.classes;
  const asked = { vector: query.vector, filter, classes, excluded, exact };
  return {
    query,
    asked,
    products: await rankProducts(store, asked, {
      depth: Math.max(listDepth, top),
      enough: Math.max(fewestListed, top),
    }),
  };
}

/** Lists in which each product stands once: where it is farthest ahead, or in the first of those. */
export function withoutRepeats(lists: readonly GarmentList[]): GarmentList[] {
  const best = new Map<string, { ranked: RankedProduct; list: GarmentList }>();
  for (const list of lists) {
    for (const ranked of list.products) {
      const known = best.get(ranked.product);
      if (known === undefined || isAhead(ranked, known.ranked)) best.set(ranked.product, { ranked, list });
    }
  }
  return lists.map((list) => ({
    ...list,
    products: list.products.filter(({ product }) => best.get(product)!.list === list),
  }));
}

/**
 * The page of a list that was asked for.
 *
 * @param calibration of the store's space; without it items have no match
 */
export async function readPage(
  store: VectorStore,
  { query, asked, products }: GarmentList,
  { top, offset = 0, facets = [], isDiverse = false }: PageOptions,
  calibration: MatchCalibration | undefined,
): Promise<ItemsPage> {
  const { metric, schema } = store.config;
  const folded = foldDuplicates(products, metric);
  const ordered = isDiverse ? diversify(folded, metric) : folded;
  const page = ordered.slice(offset, offset + top);
  // Beyond the end of a list all of it was before; that nothing passes is said of an empty list alone.
  const hidden = await countHidden(store, asked, page.length === 0 ? ordered : page);
  const items: SimilarItem[] = [];
  for (const [at, { hit, duplicates }] of page.entries()) {
    const { row, similarity } = hit;
    items.push({
      ...itemFacts(hit),
      match: query.isPlain && row.label !== null ? gradeMatch(similarity, calibration) : null,
      variants: await findVariants(store, row, asked),
      duplicates,
      why: explainHit(query, row, hidden[at]),
    });
  }
  return {
    items,
    total: ordered.length,
    ofKind: ordered.filter(({ isLikely }) => isLikely).length,
    facets: countFacets(
      ordered.map(({ hit }) => hit.row),
      schema,
      facets,
    ),
    hidden: Math.max(...hidden),
    nothingSimilar: items.length > 0 && items.every(({ match }) => match === 'weak'),
  };
}
