import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { encodeVector } from '../api/encode-vector.ts';
import { searchRequest } from '../api/search.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await openTinyServer({
    limits: {
      uploadBytes: 2e6,
      jsonBytes: 200_000,
      queryBytes: 1e5,
      photoMinutes: 15,
      stallMs: 5000,
      searchDeadlineMs: 5000,
      writeDeadlineMs: 5000,
    },
  });
});
afterAll(() => server.close());

describe('JSON', () => {
  it('that asks is shorter than JSON that changes items, since it is parsed before there is a place', async () => {
    const { queryBytes, jsonBytes } = server.parts.limits;
    const { authorization } = await server.key('index');
    const statusOf = async (method: 'POST' | 'PUT', url: string, numBytes: number) => {
      const payload = JSON.stringify({ text: 'a'.repeat(numBytes) });
      const headers = { authorization, 'content-type': 'application/json' };
      return (await server.app.inject({ method, url, payload, headers })).statusCode;
    };
    for (const path of ['detect', 'search', 'events']) {
      expect(await statusOf('POST', `/v1/${path}`, queryBytes / 2)).toBe(400);
      expect(await statusOf('POST', `/v1/${path}`, queryBytes)).toBe(413);
    }
    expect(await statusOf('POST', '/v1/items:batch', queryBytes)).toBe(400);
    expect(await statusOf('POST', '/v1/items:batch', jsonBytes)).toBe(413);
    expect(await statusOf('PUT', '/v1/items/x', queryBytes)).toBe(400);
  });

  it('has vectors of 4,096 numbers at most, and one complaint for one that is none', async () => {
    const statusOf = async (vector: unknown) => {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/v1/search',
        payload: { spaceId: 'another', vector },
      });
      return answer.statusCode;
    };
    // 409: of another space, so the vector was read.
    expect(await statusOf(Array(4096).fill(1))).toBe(409);
    expect(await statusOf(Array(4097).fill(1))).toBe(400);
    expect(await statusOf(encodeVector(new Float32Array(4096)))).toBe(409);
    expect(await statusOf(encodeVector(new Float32Array(4099)))).toBe(400);
    const { error } = searchRequest.safeParse({ vector: Array(4096).fill('x') });
    expect(JSON.stringify(error?.issues).length).toBeLessThan(1000);
  });
});

describe('a form', () => {
  const send = async (parts: Parameters<typeof form>[0]) => {
    const answer = await server.app.inject({ method: 'POST', url: '/v1/search', ...(await form(parts)) });
    return [answer.statusCode, answer.json().error?.code];
  };

  it('has its JSON as a field, as a file, or as a field that says so', async () => {
    const file = await outfitPhoto();
    const query = (text: string) => ({ name: 'query', file: Buffer.from(text) });
    expect(await send([{ name: 'photo', file }, query('{"top":1}')])).toEqual([200, undefined]);
    expect(await send([{ name: 'photo', file }, query('{"top":0}')])).toEqual([400, 'request-invalid']);
    const { payload, headers } = await form([
      { name: 'photo', file },
      { name: 'query', json: { top: 0 } },
    ]);
    const named = 'name="query"\r\n';
    const body = payload.toString('latin1').replace(named, `${named}Content-Type: application/json\r\n`);
    for (const [text, status] of [
      [body, 400],
      [body.replace('{"top":0}', '{"top":1}'), 200],
    ] as const) {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/v1/search',
        payload: Buffer.from(text, 'latin1'),
        headers,
      });
      expect(answer.statusCode).toBe(status);
    }
  });

  it('has one photo, and one part of JSON that is not long', async () => {
    const photo = { name: 'photo', file: await outfitPhoto() };
    const query = { name: 'query', file: Buffer.from('{"top":1}') };
    expect(await send([photo, photo])).toEqual([400, 'request-invalid']);
    expect(await send([photo, query, query])).toEqual([400, 'request-invalid']);
    const long = Buffer.alloc(999_999, ' ');
    long.write('{"top":1}');
    expect(await send([photo, { name: 'query', file: long }])).toEqual([200, undefined]);
    const longer = Buffer.concat([long, Buffer.alloc(10, ' ')]);
    expect(await send([photo, { name: 'query', file: longer }])).toEqual([413, 'body-too-large']);
  });
});
