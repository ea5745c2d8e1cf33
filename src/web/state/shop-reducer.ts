/** @file How the app's state changes: one total table of what can happen. */
import type { Box, SearchAnswer } from '../../client/client.ts';
import type { FoundGarment, FoundGarments } from '../finder/garment-finder.ts';
import type { PreparedPhoto } from '../photo/prepare-photo.ts';
import { type FilterChoice, noFilter } from './filter-choice.ts';
import { largestFirst } from './largest-first.ts';
import type { Answer, Failure, Garment, ItemBrief, OpenedItem, ShopState } from './shop-state.ts';
import type { Place, View } from './view.ts';

export type ShopAction =
  | { readonly type: 'photo taken' }
  /** For the empty start. */
  | { readonly type: 'photo left' }
  | { readonly type: 'photo prepared'; readonly prepared: PreparedPhoto }
  | { readonly type: 'photo failed'; readonly failure: Failure; readonly prepared: PreparedPhoto | null }
  | { readonly type: 'garments found'; readonly prepared: PreparedPhoto; readonly found: FoundGarments }
  | { readonly type: 'photo remembered anew'; readonly photoId: string | null }
  | { readonly type: 'garment chosen'; readonly id: string | null }
  | { readonly type: 'box changed'; readonly id: string; readonly box: Box }
  | { readonly type: 'box described'; readonly id: string; readonly box: Box; readonly described: FoundGarment }
  | { readonly type: 'box not described'; readonly id: string; readonly box: Box; readonly failure: Failure }
  | { readonly type: 'drawing'; readonly isDrawing: boolean }
  | { readonly type: 'box drawn'; readonly box: Box }
  | { readonly type: 'box removed'; readonly id: string }
  | { readonly type: 'label wanted'; readonly id: string; readonly label: string | null }
  | { readonly type: 'steered'; readonly id: string; readonly toward: 'like' | 'not'; readonly item: ItemBrief }
  | { readonly type: 'steering undone'; readonly id: string; readonly item: string }
  | { readonly type: 'filtered'; readonly filter: FilterChoice }
  | { readonly type: 'more wanted' }
  | { readonly type: 'asked'; readonly key: string }
  | { readonly type: 'answered'; readonly key: string; readonly answer: SearchAnswer }
  | { readonly type: 'answer failed'; readonly key: string; readonly failure: Failure }
  | { readonly type: 'tried again' }
  | { readonly type: 'item opened'; readonly opened: OpenedItem | null }
  | { readonly type: 'favourite toggled'; readonly item: ItemBrief }
  | { readonly type: 'went'; readonly view: View }
  /** By the browser's own buttons. */
  | { readonly type: 'came back'; readonly place: Place }
  | { readonly type: 'connection changed'; readonly isOnline: boolean };

/** More would make pages that nobody reads; the oldest go. */
const maxFavourites = 200;

export function startState(place: Place, favourites: readonly ItemBrief[], isOnline: boolean): ShopState {
  return {
    view: place.view,
    filter: place.filter,
    favourites,
    isOnline,
    numTries: 0,
    stage: { step: 'none' },
    garments: [],
    chosen: null,
    isDrawing: false,
    answers: {},
    numPages: 1,
    opened: null,
    numDrawn: 0,
  };
}

export function reduceShop(state: ShopState, action: ShopAction): ShopState {
  switch (action.type) {
    case 'photo taken':
      return { ...forgetPhoto(state), view: { page: 'search' }, stage: { step: 'preparing' }, filter: noFilter };
    case 'photo left':
      return { ...forgetPhoto(state), view: { page: 'search' }, stage: { step: 'none' }, filter: noFilter };
    case 'photo prepared':
      return { ...state, stage: { step: 'finding', prepared: action.prepared } };
    case 'photo failed':
      return { ...state, stage: { step: 'failed', failure: action.failure, prepared: action.prepared } };
    case 'garments found': {
      const inOrder = action.found.garments.map((each, index) => ({
        ...newGarment(`g${index + 1}`, each),
        found: index,
      }));
      const garments = largestFirst(inOrder);
      const { photoId, spaceId, whole } = action.found;
      return {
        ...state,
        stage: { step: 'found', photo: { ...action.prepared, photoId, spaceId, whole } },
        garments,
        chosen: garments.length === 1 ? garments[0].id : null,
        numDrawn: garments.length,
      };
    }
    case 'photo remembered anew':
      return state.stage.step === 'found'
        ? { ...state, stage: { step: 'found', photo: { ...state.stage.photo, photoId: action.photoId } } }
        : state;
    case 'garment chosen':
      return { ...state, chosen: action.id, numPages: 1, isDrawing: false };
    case 'box changed':
      return changeGarment(state, action.id, () => ({
        box: action.box,
        found: null,
        description: null,
        trouble: null,
      }));
    case 'box described':
      return changeGarment(state, action.id, ({ box, label }) =>
        // It may have been moved on meanwhile.
        box === action.box ? { label: action.described.label ?? label, description: action.described.description } : {},
      );
    case 'box not described':
      return changeGarment(state, action.id, ({ box }) => (box === action.box ? { trouble: action.failure } : {}));
    case 'drawing':
      return { ...state, isDrawing: action.isDrawing };
    case 'box drawn': {
      const id = `g${state.numDrawn + 1}`;
      const drawn = newGarment(id, { box: action.box, label: null, score: null, description: null });
      const garments = [...state.garments, drawn];
      return { ...state, garments, chosen: id, numDrawn: state.numDrawn + 1, isDrawing: false, numPages: 1 };
    }
    case 'box removed': {
      const garments = state.garments.filter(({ id }) => id !== action.id);
      const chosen = garments.length === 1 ? garments[0].id : null;
      return { ...state, garments, chosen: state.chosen === action.id ? chosen : state.chosen, numPages: 1 };
    }
    case 'label wanted':
      return changeGarment(state, action.id, () => ({ wantedLabel: action.label }));
    case 'steered':
      return changeGarment(state, action.id, ({ like, not }) => {
        const others = (list: readonly ItemBrief[]) => list.filter(({ id }) => id !== action.item.id);
        return action.toward === 'like'
          ? { like: [...others(like), action.item], not: others(not) }
          : { like: others(like), not: [...others(not), action.item] };
      });
    case 'steering undone':
      return changeGarment(state, action.id, ({ like, not }) => ({
        like: like.filter(({ id }) => id !== action.item),
        not: not.filter(({ id }) => id !== action.item),
      }));
    case 'filtered':
      return { ...state, filter: action.filter, numPages: 1 };
    case 'more wanted':
      return { ...state, numPages: state.numPages + 1 };
    case 'asked':
      return setAnswer(state, action.key, { step: 'asked' });
    case 'answered':
      return withLabels(setAnswer(state, action.key, { step: 'answered', answer: action.answer }), action.answer);
    case 'answer failed':
      return setAnswer(state, action.key, { step: 'failed', failure: action.failure });
    case 'tried again':
      return withoutFailures(state);
    case 'item opened':
      return { ...state, opened: action.opened };
    case 'favourite toggled': {
      const others = state.favourites.filter(({ id }) => id !== action.item.id);
      const isNew = others.length === state.favourites.length;
      return { ...state, favourites: isNew ? [action.item, ...others].slice(0, maxFavourites) : others };
    }
    case 'went':
      return { ...state, view: action.view, opened: null, numPages: 1, filter: noFilter };
    case 'came back':
      return { ...state, ...action.place, opened: null, numPages: 1 };
    case 'connection changed':
      return { ...(action.isOnline ? withoutFailures(state) : state), isOnline: action.isOnline };
  }
}

/** Items and favourites stay, what was asked about the photo goes. */
function forgetPhoto(state: ShopState): ShopState {
  return {
    ...state,
    garments: [],
    chosen: null,
    isDrawing: false,
    answers: {},
    numPages: 1,
    opened: null,
    numTries: state.numTries + 1,
    numDrawn: 0,
  };
}

function newGarment(id: string, found: FoundGarment): Garment {
  return { ...found, id, trouble: null, found: null, wantedLabel: null, like: [], not: [] };
}

function changeGarment(state: ShopState, id: string, change: (garment: Garment) => Partial<Garment>): ShopState {
  const garments = state.garments.map((garment) => (garment.id === id ? { ...garment, ...change(garment) } : garment));
  return { ...state, garments, numPages: 1 };
}

function setAnswer(state: ShopState, key: string, answer: Answer): ShopState {
  return { ...state, answers: { ...state.answers, [key]: answer } };
}

/** What failed is asked, or described, once more. */
function withoutFailures(state: ShopState): ShopState {
  return {
    ...state,
    numTries: state.numTries + 1,
    answers: Object.fromEntries(Object.entries(state.answers).filter(([, { step }]) => step !== 'failed')),
    garments: state.garments.map((garment) => (garment.trouble === null ? garment : { ...garment, trouble: null })),
  };
}

/** The server says what is in a box that was drawn. */
function withLabels(state: ShopState, { garments: answered }: SearchAnswer): ShopState {
  const [only] = answered;
  if (answered.length !== 1 || only.box === null || only.label === null) return state;
  const garments = state.garments.map((garment) =>
    garment.found === null && sameBox(garment.box, only.box) ? { ...garment, label: only.label } : garment,
  );
  return { ...state, garments };
}

/** The server may cut a box off at the edge of the photo. */
function sameBox(one: Box, other: Box | null): boolean {
  return other?.every((edge, index) => Math.abs(edge - one[index]) < 1) ?? false;
}
