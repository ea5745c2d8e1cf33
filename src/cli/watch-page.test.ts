import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveCurves, type WatchPage } from './watch-page.ts';

let folder = '';
let page: WatchPage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-<watch>-'));
  page = await serveCurves(folder, 0);
});
afterAll(async () => {
  await page.close();
  await rm(folder, { recursive: true });
});

function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((done, failed) => {
    const sent = request(new URL(path, page.url), { headers }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => done({ status: response.statusCode!, body }));
    });
    sent.on('error', failed);
    sent.end();
  });
}

test('before the first step there is a page that says so and renews itself', async () => {
  const { status, body } = await get('/');
  expect(status).toBe(200);
  expect(body).toContain('http-equiv="refresh"');
  expect(body).toContain('No validation in the log yet.');
  expect(body).not.toContain('<watch>');
});

test('the page follows the log, half a line at its end too', async () => {
  const log = join(folder, 'log.jsonl');
  await copyFile(new URL('../../docs/runs/lite0-street13-leg2.jsonl', import.meta.url), log);
  await writeFile(log, '{"kind": "step", "st', { flag: 'a' });
  const { body } = await get('/');
  expect(body).toContain('900 of 900 steps');
  // The last validation's loss, beside its mark.
  expect(body).toContain('>0.323<');
});

test('only this machine is answered, and only the page', async () => {
  expect((await get('/', { host: 'shop.example' })).status).toBe(403);
  expect((await get('/log.jsonl')).status).toBe(404);
});

test('a port that is taken is named, with the cure', async () => {
  const { port } = new URL(page.url);
  await expect(serveCurves(folder, Number(port))).rejects.toThrow(/--watch \d+.*another port/);
});
