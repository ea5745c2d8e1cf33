import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTinyServer, type TinyServer } from '../../tests/tiny-server.ts';
import { similarItem } from '../api/search.ts';
import { createApp } from './app.ts';
import { RateLimiter } from './rate-limit.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await openTinyServer({ open: [] });
});
afterAll(() => server.close());

type App = TinyServer['app'];

/** The same shop with buckets of its own, behind a proxy; searching is open at 5 a minute. */
function openBehindProxy(): Promise<App> {
  const access = {
    ...server.parts.access,
    limiter: new RateLimiter(() => 0),
    open: new Set(['search'] as const),
    openPerMinute: { requests: 5, pictures: 50 },
  };
  return createApp({ ...server.parts, access, trustProxy: true });
}

async function statuses(app: App, count: number, headers: Readonly<Record<string, string>>, url = '/v1/items') {
  const seen: number[] = [];
  for (let each = 0; each < count; each++) seen.push((await app.inject({ url, headers })).statusCode);
  return { passed: seen.filter((status) => status === 200).length, refused: seen.filter((s) => s === 429).length };
}

const from = (address: string) => ({ 'x-forwarded-for': address });

describe('rates of those without a key', () => {
  it('pictures take nothing from searching, and have a bucket of their own', async () => {
    const app = await openBehindProxy();
    const headers = from('203.0.113.1');
    const found = await app.inject({ url: '/v1/items/red-tee/similar', headers });
    const image = similarItem.parse(found.json().garments[0].items[0]).image ?? '';
    expect(image).toMatch(/^\/v1\/pictures\//);
    expect(await statuses(app, 60, headers, image)).toEqual({ passed: 50, refused: 10 });
    expect(await statuses(app, 6, headers)).toEqual({ passed: 4, refused: 2 });
    await app.close();
  });

  it('count by the address that the proxy names last: what a client wrote before it is not believed', async () => {
    const app = await openBehindProxy();
    let passed = 0;
    for (let each = 0; each < 10; each++)
      passed += (await statuses(app, 1, from(`198.51.100.${each}, 203.0.113.1`))).passed;
    expect(passed).toBe(5);
    expect((await statuses(app, 1, from('203.0.113.2'))).passed).toBe(1);
    await app.close();
  });

  it('count a /64 of IPv6 as one', async () => {
    const app = await openBehindProxy();
    let passed = 0;
    for (let each = 0; each < 10; each++) passed += (await statuses(app, 1, from(`2001:db8:0:1::${each}`))).passed;
    expect(passed).toBe(5);
    expect((await statuses(app, 1, from('2001:db8:0:2::1'))).passed).toBe(1);
    await app.close();
  });
});

describe('the rate of a key for pages', () => {
  const origin = 'https://shop.example';

  it('is not used up by one visitor', async () => {
    const app = await openBehindProxy();
    const { authorization } = await server.key('search', { origins: [origin], perMinute: 500 });
    const visitor = (address: string) => ({ authorization, origin, ...from(address) });
    expect(await statuses(app, 120, visitor('203.0.113.1'))).toEqual({ passed: 100, refused: 20 });
    expect(await statuses(app, 100, visitor('203.0.113.2'))).toEqual({ passed: 100, refused: 0 });
    await app.close();
  });

  it('is not used up by pages of others, which are refused before it', async () => {
    const app = await openBehindProxy();
    const { authorization } = await server.key('search', { origins: [origin], perMinute: 10 });
    const foreign = { authorization, origin: 'https://evil.example', ...from('203.0.113.3') };
    expect((await statuses(app, 30, foreign)).passed).toBe(0);
    expect((await statuses(app, 10, { authorization, origin, ...from('203.0.113.1') })).passed).toBe(10);
    await app.close();
  });

  it("is all for one program where the key is no page's", async () => {
    const app = await openBehindProxy();
    const { authorization } = await server.key('search', { perMinute: 100 });
    expect(await statuses(app, 110, { authorization, ...from('203.0.113.1') })).toEqual({ passed: 100, refused: 10 });
    await app.close();
  });
});

describe('a server for its own machine', () => {
  it.each([
    ['x-forwarded-for', '203.0.113.1'],
    ['forwarded', 'for=203.0.113.1'],
    ['x-forwarded-proto', 'https'],
    ['x-real-ip', '203.0.113.1'],
  ])('refuses what comes by a proxy: %s', async (name, value) => {
    const app = await createApp({ ...server.parts, isPrivate: true });
    for (const url of ['/v1/items', '/metrics', '/healthz']) {
      const answer = await app.inject({ url, headers: { [name]: value } });
      expect([url, answer.statusCode, answer.json().error.code]).toEqual([url, 421, 'proxy-refused']);
      expect(answer.json().error.cure).toContain('--public-url');
    }
    expect((await app.inject({ url: '/metrics' })).statusCode).toBe(200);
    await app.close();
  });
});
