/** @file Which page is shown, and its address. Addresses hold items and filters, never a photo. */
import { type FilterChoice, filterParameters, readFilterParameters } from './filter-choice.ts';

export type View =
  | { readonly page: 'search' }
  | { readonly page: 'favourites' }
  | { readonly page: 'admin' }
  /** Items similar to some, and less to others. */
  | { readonly page: 'similar'; readonly like: readonly string[]; readonly not: readonly string[] }
  /** A list that someone has sent. */
  | { readonly page: 'shared'; readonly items: readonly string[] };

export interface Place {
  readonly view: View;
  readonly filter: FilterChoice;
}

/** As many examples as the API takes. */
const maxItems = 20;

/** @returns path and query */
export function addressOf({ view, filter }: Place): string {
  if (view.page === 'favourites' || view.page === 'admin') return `/${view.page}`;
  const query = new URLSearchParams(filterParameters(filter));
  if (view.page === 'similar') {
    for (const id of view.like) query.append('like', id);
    for (const id of view.not) query.append('not', id);
  }
  if (view.page === 'shared') for (const id of view.items) query.append('item', id);
  const path = view.page === 'search' ? '/' : `/${view.page}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Of any address: what is unknown is the page to search from. */
export function placeOf({ pathname, search }: { readonly pathname: string; readonly search: string }): Place {
  const query = new URLSearchParams(search);
  const filter = readFilterParameters(query);
  return { view: viewOf(pathname.replace(/\/+$/, ''), query), filter };
}

function viewOf(path: string, query: URLSearchParams): View {
  const named = (name: string) => [...new Set(query.getAll(name))].filter((id) => id !== '').slice(0, maxItems);
  if (path === '/favourites') return { page: 'favourites' };
  if (path === '/admin') return { page: 'admin' };
  if (path === '/similar' && named('like').length > 0)
    return { page: 'similar', like: named('like'), not: named('not') };
  if (path === '/shared' && named('item').length > 0) return { page: 'shared', items: named('item') };
  return { page: 'search' };
}
