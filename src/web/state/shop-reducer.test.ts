import { describe, expect, it } from 'vitest';
import type { GarmentAnswer, SearchAnswer } from '../../client/client.ts';
import { facetsFor, failureFor, isWaiting, pagesFor, subjectsOf, wantedAsks } from './asks.ts';
import { noFilter, withValues } from './filter-choice.ts';
import { reduceShop, type ShopAction, startState } from './shop-reducer.ts';
import type { ItemBrief, ShopState } from './shop-state.ts';

const prepared = { blob: new Blob(), address: 'blob:1', width: 400, height: 600 };
const found = {
  photoId: 'ph_1',
  spaceId: null,
  whole: null,
  garments: [
    { box: [10, 10, 110, 210], label: 'jacket', score: 0.9, description: null },
    { box: [20, 220, 90, 500], label: 'trousers', score: 0.8, description: null },
  ],
} as const;
const tee: ItemBrief = { id: 'a', title: 'Tee', image: null, price: 5, currency: 'EUR', url: null, brand: null };

function stateAfter(...actions: readonly ShopAction[]): ShopState {
  return actions.reduce(reduceShop, startState({ view: { page: 'search' }, filter: noFilter }, [], true));
}
const withPhoto: ShopAction[] = [{ type: 'photo taken' }, { type: 'garments found', prepared, found }];
const requests = (state: ShopState) => wantedAsks(state).map(({ request }) => request);

function answerOf(total: number, brands: readonly string[] = []): GarmentAnswer {
  return {
    queryId: `q_${total}`,
    box: null,
    label: null,
    score: null,
    wholePicture: false,
    items: [],
    total,
    ofKind: total,
    facets: { brand: brands.map((value) => ({ value, count: 1 })) },
    hidden: 0,
    nothingSimilar: false,
  };
}
const answer = (...garments: GarmentAnswer[]): SearchAnswer => ({ photo: null, garments });

it('asks for the whole look at once, then for a garment as it was found, then by its box', () => {
  const look = stateAfter(...withPhoto);
  expect(requests(look)).toEqual([{ look: true, top: 6 }]);
  const chosen = reduceShop(look, { type: 'garment chosen', id: 'g2' });
  expect(requests(chosen)).toEqual([{ top: 12 }]);
  const moved = reduceShop(chosen, { type: 'box changed', id: 'g2', box: [0, 0, 50, 50] });
  expect(requests(moved)).toEqual([{ top: 12, box: [0, 0, 50, 50] }]);
  // In the look, the moved one is asked about by itself.
  expect(requests(reduceShop(moved, { type: 'garment chosen', id: null }))).toEqual([
    { look: true, top: 6 },
    { top: 12, box: [0, 0, 50, 50] },
  ]);
});

it('shows the largest garment first, and finds each in the answer about all at its own place', () => {
  const boxes = [
    { box: [0, 400, 60, 420], label: 'footwear', score: 0.9, description: null },
    { box: [0, 0, 200, 400], label: 'dress', score: 0.7, description: null },
  ] as const;
  const look = stateAfter({ type: 'garments found', prepared, found: { ...found, garments: boxes } });
  expect(look.garments.map(({ label }) => label)).toEqual(['dress', 'footwear']);
  const [{ key }] = wantedAsks(look);
  const answered = reduceShop(look, { type: 'answered', key, answer: answer(answerOf(1), answerOf(2)) });
  expect(subjectsOf(answered).map((each) => pagesFor(answered, each)[0].total)).toEqual([2, 1]);
});

it('finds each garment in the answer about the whole photo', () => {
  const look = stateAfter(...withPhoto);
  const [{ key }] = wantedAsks(look);
  const answered = reduceShop(look, { type: 'answered', key, answer: answer(answerOf(1), answerOf(2)) });
  expect(subjectsOf(answered).map((each) => pagesFor(answered, each)[0].total)).toEqual([1, 2]);
});

it('pages, examples, kinds and filters become part of the question', () => {
  const state = stateAfter(
    ...withPhoto,
    { type: 'garment chosen', id: 'g1' },
    { type: 'label wanted', id: 'g1', label: 'skirt' },
    { type: 'steered', id: 'g1', toward: 'like', item: tee },
    { type: 'filtered', filter: withValues(noFilter, 'brand', ['Acme']) },
    { type: 'more wanted' },
  );
  const question = { top: 12, filter: 'brand = "Acme" and label = "skirt"', like: ['a'], anyCategory: true };
  expect(requests(state)).toEqual([
    question,
    { ...question, offset: 12 },
    // What other brands there are.
    { top: 1, filter: 'label = "skirt"', like: ['a'], anyCategory: true },
  ]);
});

it('counts of a chosen field are those without the choice', () => {
  const chosen = stateAfter(
    ...withPhoto,
    { type: 'garment chosen', id: 'g1' },
    {
      type: 'filtered',
      filter: withValues(noFilter, 'brand', ['Acme']),
    },
  );
  const [narrow, wide] = wantedAsks(chosen);
  const half = reduceShop(chosen, { type: 'answered', key: narrow.key, answer: answer(answerOf(1, ['Acme'])) });
  const wider = answer(answerOf(9, ['Acme', 'Other']));
  const answered = reduceShop(half, { type: 'answered', key: wide.key, answer: wider });
  expect([chosen, half, answered].map(isWaiting)).toEqual([true, true, false]);
  expect(facetsFor(answered).brand.map((each) => 'value' in each && each.value)).toEqual(['Acme', 'Other']);
});

it('an example is liked or not, never both', () => {
  const state = stateAfter(
    ...withPhoto,
    { type: 'steered', id: 'g1', toward: 'like', item: tee },
    { type: 'steered', id: 'g1', toward: 'not', item: tee },
  );
  expect([state.garments[0].like, state.garments[0].not]).toEqual([[], [tee]]);
  const undone = reduceShop(state, { type: 'steering undone', id: 'g1', item: 'a' });
  expect(undone.garments[0].not).toEqual([]);
});

it('draws, removes, and never gives an id twice', () => {
  const drawn = stateAfter(...withPhoto, { type: 'box drawn', box: [0, 0, 9, 9] });
  expect(drawn.chosen).toBe('g3');
  const again = reduceShop(reduceShop(drawn, { type: 'box removed', id: 'g3' }), {
    type: 'box drawn',
    box: [1, 1, 9, 9],
  });
  expect(again.garments.map(({ id }) => id)).toEqual(['g1', 'g2', 'g4']);
});

it('a new photo forgets what was asked about the old one', () => {
  const state = stateAfter(...withPhoto, { type: 'asked', key: 'k' }, { type: 'photo taken' });
  expect([state.answers, state.garments, state.stage.step]).toEqual([{}, [], 'preparing']);
});

it('a photo that is left leaves nothing but what was saved', () => {
  const start = stateAfter({ type: 'favourite toggled', item: tee });
  const left = [...withPhoto, { type: 'asked', key: 'k' }, { type: 'photo left' }] as const;
  const numTries = expect.any(Number);
  expect(left.reduce(reduceShop, start)).toEqual({ ...start, numTries });
});

it('failed questions are asked again when told, or when the connection is back', () => {
  const failure = { kind: 'unreachable', code: 'unreachable' } as const;
  const failed = stateAfter({ type: 'answer failed', key: 'k', failure }, { type: 'asked', key: 'l' });
  expect(Object.keys(reduceShop(failed, { type: 'tried again' }).answers)).toEqual(['l']);
  expect(Object.keys(reduceShop(failed, { type: 'connection changed', isOnline: true }).answers)).toEqual(['l']);
  expect(Object.keys(reduceShop(failed, { type: 'connection changed', isOnline: false }).answers)).toHaveLength(2);
});

describe('a photo whose garments the device has found', () => {
  const facts = { colours: [{ hex: '#112233', share: 1 }], texture: null };
  const own = {
    photoId: null,
    spaceId: 's',
    whole: { vector: 'WWWW', label: null, classes: [], facts },
    garments: found.garments.map(({ label, ...garment }, index) => {
      return { ...garment, label, description: { vector: `AAA${index}`, label, classes: [label, 'shirt'], facts } };
    }),
  };
  const onDevice: ShopAction[] = [{ type: 'photo taken' }, { type: 'garments found', prepared, found: own }];

  it('is asked about by vectors: all together, one, or as a whole where nothing was found', () => {
    const look = stateAfter(...onDevice);
    const [jacket, trousers] = own.garments;
    expect(wantedAsks(look)).toMatchObject([
      {
        needsPhoto: false,
        request: {
          look: true,
          spaceId: 's',
          garments: [jacket, trousers].map(({ description, box, score }) => ({ ...description, box, score })),
        },
      },
    ]);
    const [{ key }] = wantedAsks(look);
    const answered = reduceShop(look, { type: 'answered', key, answer: answer(answerOf(1), answerOf(2)) });
    expect(subjectsOf(answered).map((each) => pagesFor(answered, each)[0].total)).toEqual([1, 2]);
    expect(wantedAsks(reduceShop(look, { type: 'garment chosen', id: 'g1' }))).toMatchObject([
      { needsPhoto: false, request: { ...jacket.description, spaceId: 's', box: [10, 10, 110, 210] } },
    ]);
    const nothing = stateAfter(
      { type: 'photo taken' },
      { type: 'garments found', prepared, found: { ...own, garments: [] } },
    );
    expect(wantedAsks(nothing)).toMatchObject([{ needsPhoto: false, request: { ...own.whole, spaceId: 's' } }]);
  });

  it('has a moved box described before it is asked about, and says what keeps the device from it', () => {
    const box = [0, 0, 50, 50] as const;
    const moved = stateAfter(
      ...onDevice,
      { type: 'garment chosen', id: 'g1' },
      { type: 'box changed', id: 'g1', box: [...box] },
    );
    expect(wantedAsks(moved)).toMatchObject([{ needsPhoto: true }]);
    const [{ box: now }] = moved.garments;
    const failure = { kind: 'deviceFailed', code: 'device-failed' } as const;
    const failed = reduceShop(moved, { type: 'box not described', id: 'g1', box: now, failure });
    expect(failureFor(failed, failed.garments[0])).toBe(failure);
    // Of a place where the box is no longer.
    const late = reduceShop(moved, { type: 'box not described', id: 'g1', box: [...box], failure });
    expect(failureFor(late, late.garments[0])).toBeNull();
    const again = reduceShop(failed, { type: 'tried again' });
    // It covers nothing that was found: it keeps its name, and is looked for among all classes, as by the server.
    const description = { vector: 'BBBB', label: null, classes: [], facts };
    const described = { box: now, label: null, score: null, description };
    const done = reduceShop(again, { type: 'box described', id: 'g1', box: now, described });
    expect(done.garments[0].label).toBe('jacket');
    expect(wantedAsks(done)).toMatchObject([{ needsPhoto: false, request: { ...description, drawn: true } }]);
  });
});

it('favourites come and go, the newest first', () => {
  const other = { ...tee, id: 'b' };
  const state = stateAfter({ type: 'favourite toggled', item: tee }, { type: 'favourite toggled', item: other });
  expect(state.favourites.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(reduceShop(state, { type: 'favourite toggled', item: other }).favourites).toEqual([tee]);
});
