/**
 * @file What has to be asked for what is shown. A state names its questions, each by a key; whoever has the answers runs
 * those that lack one. So filters, boxes and pages need no orders: what was asked before is there at once.
 */
import type { FacetCount, GarmentAnswer, SearchRequest } from '../../client/client.ts';
import { chosenFields, type FilterChoice, filterExpression, mergeFacets, without } from './filter-choice.ts';
import type { Answer, Failure, Garment, ShopState } from './shop-state.ts';

export interface Ask {
  readonly key: string;
  readonly request: SearchRequest;
  /** Whether the request is about the photo: its id is added when it is sent. */
  readonly needsPhoto: boolean;
}

/** What a list of items is similar to; null for the examples of the address, or a photo without garments. */
export type Subject = Garment | null;

export const pageSize = 12;
/** Of each garment, where all are shown. */
const lookSize = 6;
/** Garments that one request holds; docs/openapi.json. */
const maxTogether = 50;
/** No list is longer; docs/search.md. */
const maxItems = 200;

/** What is looked at: one garment, or all. */
export function subjectsOf({ view, stage, garments, chosen }: ShopState): readonly Subject[] {
  if (view.page === 'similar') return [null];
  if (view.page !== 'search' || stage.step !== 'found') return [];
  const garment = garments.find(({ id }) => id === chosen);
  if (garment !== undefined) return [garment];
  return garments.length === 0 ? [null] : garments;
}

/** Everything that the state shows or counts, each once. */
export function wantedAsks(state: ShopState): Ask[] {
  const asks = subjectsOf(state).flatMap((subject) => [
    ...pagesOf(state).map((page) => askFor(state, subject, page)),
    ...chosenFields(state.filter).map((field) => askFor(state, subject, 0, field)),
  ]);
  return [...new Map(asks.map((ask) => [ask.key, ask])).values()];
}

/** Pages of a list that have come. */
export function pagesFor(state: ShopState, subject: Subject): GarmentAnswer[] {
  const pages = pagesOf(state).map((page) => answerFor(state, subject, askFor(state, subject, page)));
  return pages.filter((page) => page !== undefined);
}

/** What has become of the questions for a list, by page. */
export function progressFor(state: ShopState, subject: Subject): (Answer | undefined)[] {
  return pagesOf(state).map((page) => state.answers[askFor(state, subject, page).key]);
}

/** Why a list cannot be shown: what was asked failed, or a device could not describe the box; null where nothing did. */
export function failureFor(state: ShopState, subject: Subject): Failure | null {
  const failed = progressFor(state, subject).find((each) => each?.step === 'failed');
  return failed?.step === 'failed' ? failed.failure : (subject?.trouble ?? null);
}

/** Whether something of what is shown or counted has not come yet. */
export function isWaiting(state: ShopState): boolean {
  return wantedAsks(state).some(({ key }) => (state.answers[key]?.step ?? 'asked') === 'asked');
}

/** What may be chosen: of a field that is chosen from already, the counts without that choice. */
export function facetsFor(state: ShopState): { readonly [field: string]: readonly FacetCount[] } {
  const subjects = subjectsOf(state);
  const countsOf = (field?: string) =>
    mergeFacets(
      subjects
        .map((subject) => answerFor(state, subject, askFor(state, subject, 0, field))?.facets)
        .filter((each) => each !== undefined),
    );
  const facets = { ...countsOf() };
  for (const field of chosenFields(state.filter)) facets[field] = countsOf(field)[field] ?? facets[field] ?? [];
  return facets;
}

function pagesOf({ numPages }: ShopState): number[] {
  return Array.from({ length: Math.min(numPages, Math.ceil(maxItems / pageSize)) }, (_, page) => page);
}

/** The question for a page of a list; with a field, for what else might be chosen in it. */
function askFor(state: ShopState, subject: Subject, page: number, field?: string): Ask {
  const shape = shapeOf(state.filter, subject?.wantedLabel ?? null, page, field);
  const { view, stage, chosen } = state;
  if (view.page === 'similar')
    return askOf({ ...shape, like: view.like, ...(view.not.length === 0 ? {} : { not: view.not }) }, false);
  const { spaceId, whole } = stage.step === 'found' ? stage.photo : { spaceId: null, whole: null };
  if (subject === null)
    return whole === null || spaceId === null ? askOf(shape, true) : askOf({ ...shape, ...whole, spaceId }, false);
  // Asked about together, no product is shown for two garments.
  if (chosen === null && isPlain(subject)) {
    const look = { ...shape, look: true, ...(field === undefined ? { top: lookSize } : {}) };
    return spaceId === null ? askOf(look, true) : askOf({ ...look, spaceId, garments: describedIn(state) }, false);
  }
  const { like, not, wantedLabel, description, box, found } = subject;
  const request = {
    ...shape,
    ...(like.length === 0 ? {} : { like: like.map(({ id }) => id) }),
    ...(not.length === 0 ? {} : { not: not.map(({ id }) => id) }),
    ...(wantedLabel === null ? {} : { anyCategory: true }),
  };
  if (description !== null && spaceId !== null) {
    const drawn = found === null ? { drawn: true } : {};
    return askOf({ ...request, ...description, spaceId, box, ...drawn }, false);
  }
  return askOf(found === null ? { ...request, box } : request, true);
}

/** As it was found: the answer about all garments has it. */
function isPlain({ found, wantedLabel, like, not }: Garment): boolean {
  return found !== null && wantedLabel === null && like.length + not.length === 0;
}

/** Those that a device asks about together, as many as the API takes. */
function plainGarments({ garments }: ShopState): Garment[] {
  return garments.filter(isPlain).slice(0, maxTogether);
}

function describedIn(state: ShopState) {
  return plainGarments(state).flatMap(({ description, box, score }) =>
    description === null ? [] : [{ ...description, box, score }],
  );
}

function shapeOf(filter: FilterChoice, label: string | null, page: number, field?: string): SearchRequest {
  const expression = filterExpression(field === undefined ? filter : without(filter, field), label);
  return {
    top: field === undefined ? pageSize : 1,
    ...(page === 0 ? {} : { offset: page * pageSize }),
    ...(expression === undefined ? {} : { filter: expression }),
  };
}

function askOf(request: SearchRequest, needsPhoto: boolean): Ask {
  return { key: JSON.stringify(request), request, needsPhoto };
}

/** What an answer says of one garment: that about all of them has it at its place. */
function answerFor(state: ShopState, subject: Subject, { key, request, needsPhoto }: Ask): GarmentAnswer | undefined {
  const entry = state.answers[key];
  if (entry?.step !== 'answered') return undefined;
  return entry.answer.garments[placeOf(state, subject, { request, needsPhoto })];
}

function placeOf(state: ShopState, subject: Subject, { request, needsPhoto }: Pick<Ask, 'request' | 'needsPhoto'>) {
  if (subject === null) return 0;
  if (request.garments !== undefined) return plainGarments(state).indexOf(subject);
  return needsPhoto && request.box === undefined ? (subject.found ?? 0) : 0;
}
