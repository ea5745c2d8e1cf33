/** @file A device says by itself what it found: what becomes of it where that is made up. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createColourEngine } from '../../tests/colour-engine.ts';
import { openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { encodeVector } from '../api/encode-vector.ts';
import { searchAnswer } from '../api/search.ts';
import { readPhotoWithin } from '../image/decode-node.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await openTinyServer();
});
afterAll(() => server.close());

async function ask(body: object) {
  const answer = await server.app.inject({ method: 'POST', url: '/v1/search', payload: body });
  expect(answer.statusCode, answer.body).toBe(200);
  return searchAnswer.parse(answer.json());
}

it('leaves out classes that the model does not have: nothing of them is answered or logged', async () => {
  const { spaceId } = server.engine.space('garment');
  const vector = [1, ...Array(63).fill(0.1)];
  const made = '<script>alert(1)</script>';
  const plain = (await ask({ spaceId, vector })).garments[0];
  for (const said of [{ label: made }, { label: made, classes: [made] }, { classes: [made, 'constructor'] }]) {
    for (const asked of [{ vector, ...said }, { garments: [{ vector, ...said }] }]) {
      const [{ label, items }] = (await ask({ spaceId, ...asked })).garments;
      expect([label, items.map(({ id }) => id)]).toEqual([null, plain.items.map(({ id }) => id)]);
    }
  }
  const tee = (await ask({ spaceId, vector, label: 'tee', classes: [made, 'tee'] })).garments[0];
  expect(tee).toMatchObject({
    label: 'tee',
    items: (await ask({ spaceId, vector, label: 'tee' })).garments[0].items,
  });
  const { authorization } = await server.key('admin');
  const log = await server.app.inject({ url: '/v1/admin/queries?kind=all', headers: { authorization } });
  expect(log.statusCode).toBe(200);
  expect(log.body).not.toContain('script');
});

it('answers a device that lies about how its garment looks as one that does not: reasons are for its own eyes', async () => {
  const { spaceId } = server.engine.space('garment');
  const { detections } = await createColourEngine().analyse(
    (await readPhotoWithin(await outfitPhoto(), { maxSide: 1280 })).photo,
    {
      descriptor: 'garment',
    },
  );
  const [{ vector, label }] = detections;
  const honest = { vector: encodeVector(vector), label };
  // Shares of far more than all, one colour sixteen times, a pattern that goes every way at once, a box far outside.
  const lies = {
    facts: {
      colours: Array(16).fill({ hex: '#00ff00', share: 1 }),
      texture: { energy: 100, directions: Array(8).fill(1) },
    },
    classes: [label, label],
    score: 1,
    box: [1e6, 1e6, 2e6, 2e6],
  };
  const told = await ask({ spaceId, garments: [{ ...honest, ...lies }] });
  const asked = await ask({ spaceId, garments: [honest] });
  const shown = ({ items }: (typeof told.garments)[number]) =>
    items.map(({ id, similarity, match }) => ({ id, similarity, match }));
  expect(shown(told.garments[0])).toEqual(shown(asked.garments[0]));
  for (const { why } of told.garments[0].items) expect(Number.isFinite(why.colourDistance)).toBe(true);
});
