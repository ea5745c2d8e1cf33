import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { drawPhoto, form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { encodeVector } from '../api/encode-vector.ts';
import { detectAnswer } from '../api/photo.ts';
import { searchAnswer } from '../api/search.ts';
import type { BoxTuple } from '../boxes/boxes.ts';
import { readPhotoWithin } from '../image/decode-node.ts';
import { factsSchema, lookAtGarment } from '../retrieval/garment-facts.ts';

/** As a device asks, but for the numbers. */
const ofVector = { vector: [1], spaceId: 'any' };

let server: TinyServer;
let numRuns = 0;
let now = Date.parse('2026-11-27T12:00:00Z');

beforeAll(async () => {
  const engine = createColourEngine();
  const counted = {
    ...engine,
    analyse: (...args: Parameters<typeof engine.analyse>) => {
      numRuns += 1;
      return engine.analyse(...args);
    },
    detect: () => Promise.reject(new Error('the network must not run again')),
  };
  server = await openTinyServer({ engine: counted, now: () => now });
});
afterAll(() => server.close());

async function ask(body: object) {
  const answer = await server.app.inject({ method: 'POST', url: '/v1/search', payload: body });
  expect(answer.statusCode, answer.body).toBe(200);
  return searchAnswer.parse(answer.json());
}

async function refused(body: object) {
  const answer = await server.app.inject({ method: 'POST', url: '/v1/search', payload: body });
  return { status: answer.statusCode, ...answer.json().error };
}

async function searchPhoto(photo: Buffer, query?: object) {
  const sent = await form([{ name: 'photo', file: photo }, ...(query ? [{ name: 'query', json: query }] : [])]);
  const answer = await server.app.inject({ method: 'POST', url: '/v1/search', ...sent });
  expect(answer.statusCode, answer.body).toBe(200);
  return searchAnswer.parse(answer.json());
}

async function detect(photo: Buffer) {
  const sent = await form([{ name: 'photo', file: photo }]);
  const answer = await server.app.inject({ method: 'POST', url: '/v1/detect', ...sent });
  expect(answer.statusCode, answer.body).toBe(200);
  return detectAnswer.parse(answer.json());
}

const ids = (garment: { items: readonly { id: string }[] }) => garment.items.map(({ id }) => id);

describe('detect', () => {
  it('finds the garments of a photo and gives the photo an id', async () => {
    const { photo, garments } = await detect(await outfitPhoto());
    expect([photo.width, photo.height]).toEqual([240, 320]);
    expect(garments.map(({ label }) => label).sort()).toEqual(['tee', 'trousers']);
    expect(Date.parse(photo.expiresAt) - now).toBe(15 * 60_000);
  });

  it('gives boxes in pixels of the upright photo, however large it is and whichever way it was held', async () => {
    const small = await drawPhoto([{ colour: [200, 30, 30], isTall: false }])
      .png()
      .toBuffer();
    const large = await sharp(small).resize(1200, 1600).png().toBuffer();
    const turned = await sharp(large).rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { photo, garments } = await detect(turned);
    expect([photo.width, photo.height]).toEqual([1200, 1600]);
    const [x1, y1, x2, y2] = garments[0].box;
    // Drawn at 60..180 x 60..140 of 240 x 320; the engine's grid has 24 cells a side.
    const wanted = [300, 300, 900, 700];
    for (const [at, edge] of [x1, y1, x2, y2].entries())
      expect(Math.abs(edge - wanted[at]), `${edge} for ${wanted[at]}`).toBeLessThanOrEqual(1600 / 24);
  });
});

describe('search', () => {
  it('answers each garment of a photo with its nearest items first', async () => {
    const { photo, garments } = await searchPhoto(await outfitPhoto());
    expect(photo).not.toBeNull();
    const tee = garments.find(({ label }) => label === 'tee');
    const trousers = garments.find(({ label }) => label === 'trousers');
    expect(tee?.items[0]).toMatchObject({ id: 'red-tee', price: 20, currency: 'EUR', attributes: { brand: 'Acme' } });
    expect(trousers?.items[0]?.id).toBe('blue-trousers');
    expect(JSON.stringify(garments)).not.toContain(server.folder);
  });

  it('runs the network once a photo, however often it is asked about', async () => {
    const before = numRuns;
    const { photo, garments } = await detect(await outfitPhoto());
    const all = await ask({ photoId: photo.id });
    const one = await ask({ photoId: photo.id, box: garments[0].box });
    expect(numRuns - before).toBe(1);
    expect(all.garments).toHaveLength(2);
    expect(one.garments).toHaveLength(1);
    expect(one.garments[0].label).toBe(garments[0].label);
    expect(one.garments[0].items[0].why.box).toBe('drawn');
  });

  it('forgets a photo after the stated time, and says so with 410', async () => {
    const { photo } = await detect(await outfitPhoto());
    now += 15 * 60_000 - 1;
    await ask({ photoId: photo.id });
    now += 1;
    const gone = await refused({ photoId: photo.id });
    expect(gone).toMatchObject({ status: 410, code: 'photo-expired', where: 'photoId' });
    expect(gone.cure).toMatch(/send the photo again/i);
    expect((await server.parts.searcher.counts()).photoBytes).toBe(0);
  });

  it('finds what is like an item, and leaves the item out', async () => {
    const { photo, garments } = await ask({ item: 'red-tee' });
    expect(photo).toBeNull();
    expect(ids(garments[0])[0]).toBe('dark-red-tee');
    expect(ids(garments[0])).not.toContain('red-tee');
    const steered = await ask({ like: ['red-tee'], not: ['dark-red-tee'] });
    expect(ids(steered.garments[0])).not.toContain('dark-red-tee');
  });

  it('takes vectors of a device, as numbers and as base64, and answers as for the photo', async () => {
    const photo = await outfitPhoto();
    const own = await searchPhoto(photo);
    const { spaceId } = server.engine.space('garment');
    const engine = createColourEngine();
    const { photo: decoded } = await readPhotoWithin(photo, { maxSide: 1280 });
    const { detections } = await engine.analyse(decoded, { descriptor: 'garment' });
    const [{ vector, label, box }] = detections;
    const wanted = own.garments.find((garment) => garment.label === label);
    for (const sent of [[...vector], encodeVector(vector)]) {
      const { garments } = await ask({ vector: sent, spaceId, label, box });
      expect(ids(garments[0])).toEqual(ids(wanted!));
      expect(garments[0].box).toEqual([...box]);
    }
    const look = await ask({
      spaceId,
      look: true,
      garments: detections.map((found) => ({ vector: encodeVector(found.vector), label: found.label })),
    });
    const shown = look.garments.flatMap(ids);
    expect(new Set(shown).size).toBe(shown.length);
    expect(look.garments.map((garment) => garment.box)).toEqual([null, null]);
  });

  it('gives a device the reasons and the classes that it gives for the same pixels', async () => {
    const photo = await outfitPhoto();
    const { spaceId } = server.engine.space('garment');
    const engine = createColourEngine();
    const { photo: pixels } = await readPhotoWithin(photo, { maxSide: 1280 });
    const { detections } = await engine.analyse(pixels, { descriptor: 'garment' });
    const seen = ({ vector, box }: { vector: Float32Array; box: BoxTuple }) => ({
      vector: encodeVector(vector),
      box,
      facts: lookAtGarment(pixels, box, factsSchema),
    });
    const own = await searchPhoto(photo);
    const found = detections.map(({ label, score, ...each }) => ({ ...seen(each), label, score, classes: [label] }));
    const sent = await ask({ spaceId, garments: found });
    expect(sent.garments.map(({ items }) => items)).toEqual(own.garments.map(({ items }) => items));
    expect(sent.garments[0].items[0].why.words).toContain('nearly the same colours');
    expect(sent.garments[0].items[0].why.textureSimilarity).not.toBeNull();

    const box: [number, number, number, number] = [20, 10, 200, 120];
    const { photo: remembered } = await detect(photo);
    const [drawnThere] = (await ask({ photoId: remembered.id, box })).garments;
    const [vector] = await engine.embedBoxes(pixels, [box], 'garment');
    const { label } = drawnThere;
    const drawn = { ...seen({ vector, box }), label, classes: label === null ? [] : [label], drawn: true };
    const [drawnHere] = (await ask({ spaceId, ...drawn })).garments;
    expect(drawnHere.items).toEqual(drawnThere.items);
    expect(drawnHere.items[0].why.words).toContain('by the box you drew');

    // Two classes that are looked among first, and one alone.
    const [tee] = found;
    const answered = async (classes: readonly string[]) =>
      ids((await ask({ spaceId, ...tee, score: undefined, classes })).garments[0]);
    expect((await answered(['trousers']))[0]).toMatch(/trousers/);
    expect((await answered(['trousers', 'tee']))[0]).toMatch(/tee/);
  });

  it('refuses vectors of another space, of another length and without direction', async () => {
    const { spaceId } = server.engine.space('garment');
    expect(await refused({ vector: [1], spaceId: 'another' })).toMatchObject({
      status: 409,
      code: 'store-space',
      expected: spaceId,
    });
    expect(await refused({ vector: [1, 2], spaceId })).toMatchObject({
      status: 422,
      code: 'store-row',
      expected: '64 numbers',
    });
    expect(await refused({ vector: Array(64).fill(0), spaceId })).toMatchObject({ status: 422, code: 'store-row' });
    expect(await refused({ vector: 'AAAA', spaceId })).toMatchObject({ status: 422, code: 'store-row' });
  });

  it('filters, counts facets, pages', async () => {
    const cheap = await ask({ item: 'red-tee', filter: 'price < 50', facets: ['title'] });
    expect(ids(cheap.garments[0])).toEqual(['blue-tee']);
    expect(cheap.garments[0].hidden).toBeGreaterThan(0);
    expect(cheap.garments[0].facets.brand).toEqual([{ value: 'Acme', count: 1 }]);
    expect(cheap.garments[0].facets.title).toEqual([{ value: 'blue tee', count: 1 }]);
    const whole = await ask({ item: 'red-tee' });
    const second = await ask({ item: 'red-tee', top: 1, offset: 1 });
    expect(ids(second.garments[0])).toEqual(ids(whole.garments[0]).slice(1, 2));
  });

  it('points at the character of a filter that is wrong', async () => {
    expect(await refused({ item: 'red-tee', filter: 'colr = "red"' })).toMatchObject({
      status: 400,
      code: 'filter',
      where: 'filter, character 1',
    });
  });

  it('keeps where pictures lie to itself', async () => {
    for (const body of [{ facets: ['file'] }, { filter: 'file != null' }, { facets: ['colours'] }]) {
      const error = await refused({ item: 'red-tee', ...body });
      expect(error.status).toBe(400);
      expect(error.expected).not.toMatch(/\bfile\b/);
    }
  });

  it.each([
    ['nothing', {}],
    ['two sources', { item: 'red-tee', photoId: `ph_0_${'a'.repeat(22)}` }],
    ['a vector without its space', { vector: [1] }],
    ['a box beside an item', { item: 'red-tee', box: [0, 0, 1, 1] }],
    ['a box without size', { photoId: `ph_0_${'a'.repeat(22)}`, box: [5, 5, 5, 9] }],
    ['an unknown field', { item: 'red-tee', tpo: 3 }],
    ['looks without a vector', { item: 'red-tee', facts: { colours: null, texture: null } }],
    ['a colour that is none', { ...ofVector, facts: { colours: [{ hex: 'red', share: 1 }], texture: null } }],
    ['shares beyond the whole', { ...ofVector, facts: { colours: [{ hex: '#ff0000', share: 2 }], texture: null } }],
    [
      'too many colours',
      { ...ofVector, facts: { colours: Array(17).fill({ hex: '#ff0000', share: 0.1 }), texture: null } },
    ],
    [
      'a texture of seven directions',
      { ...ofVector, facts: { colours: null, texture: { energy: 1, directions: Array(7).fill(0) } } },
    ],
    ['too many classes', { ...ofVector, classes: Array(21).fill('tee') }],
    ['too many items', { item: 'red-tee', top: 101 }],
    ['a photo id of another form', { photoId: '../../etc/passwd' }],
  ])('refuses %s', async (_, body) => {
    expect(await refused(body)).toMatchObject({ status: 400, code: 'request-invalid' });
  });

  it('says which item it does not have', async () => {
    expect(await refused({ item: 'no-such' })).toMatchObject({ status: 404, code: 'store-item', got: 'no-such' });
  });

  it('says that a box lies outside of the photo', async () => {
    const { photo } = await detect(await outfitPhoto());
    const error = await refused({ photoId: photo.id, box: [400, 0, 500, 100] });
    expect(error).toMatchObject({ status: 400, code: 'box-outside', expected: 'x1,y1,x2,y2 within 240 x 320 pixels' });
  });
});
