/** @file For tests: a real Chromium, where there is one, and the app served from a small drawn shop with the bundled model. */
import assert from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { catalogueSchema } from '../../src/catalogue/catalogue.ts';
import { readCatalogue } from '../../src/catalogue/read-catalogue-node.ts';
import { openEngine } from '../../src/embedding/open-engine-node.ts';
import { factsSchema } from '../../src/retrieval/garment-facts.ts';
import { indexCatalogue } from '../../src/retrieval/index-catalogue-node.ts';
import { createKey, keyFileOf } from '../../src/server/key-file-node.ts';
import { localServer, type RunningServer, serve } from '../../src/server/serve-node.ts';
import { openStoreForWriting } from '../../src/stores/exact-store-node.ts';
import { writeDemoCatalogue, writeDemoQuery } from '../../src/studio/catalogue-node.ts';

/** Debian's; another one by CHROMIUM. */
const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(executable);
export const whyNot = `no browser at ${executable}: apt-get install chromium, or set CHROMIUM`;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Shop {
  readonly server: RunningServer;
  /** A drawn photo of a person. */
  readonly photo: string;
  readonly adminKey: string;
  close(): Promise<void>;
}

/** Three of every class. */
const numItems = 39;

export async function openShop(): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'deepshop-web-'));
  const model = fileURLToPath(new URL('../../models/lite0-street13', import.meta.url));
  const { csv } = await writeDemoCatalogue(join(folder, 'shop'), { count: numItems });
  const photo = join(folder, 'photo.jpg');
  // Of the whole demo shop: the model finds its trousers, shoes, jacket and tee.
  await writeDemoQuery(photo);
  const engine = await openEngine(model);
  const store = join(folder, 'store');
  const opened = await openStoreForWriting(store, {
    space: engine.space('garment'),
    modelId: engine.modelId,
    schema: { ...catalogueSchema, ...factsSchema },
  });
  await indexCatalogue(readCatalogue(csv), { engine, store: opened, descriptor: 'garment' });
  await opened.close();
  await engine.release();
  const key = { name: 'keeper', scopes: ['admin' as const], origins: [], perMinute: 1000 };
  const { token } = await createKey(keyFileOf(store), key);
  const server = await serve({
    ...localServer,
    store,
    model,
    port: 0,
    workers: 1,
    version: '0.0.0-test',
    exportOnnx: null,
  });
  return {
    server,
    photo,
    adminKey: token,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

export const devices = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1440, height: 900 } },
} as const;

/** What the browser complained of: refused styles, failed loads, errors. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return complaints;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds against the page as it is, or a part of it (a selector): rule and element. */
export async function findBarriers(page: Page, within = 'html'): Promise<string[]> {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(axeSource);
  const found: unknown = await page.evaluate(
    `axe.run(${JSON.stringify(within)}, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`,
  );
  return Array.isArray(found) ? found.map(String) : ['axe did not run'];
}

export async function openPage(
  browser: Browser,
  { server }: Shop,
  options: Parameters<Browser['newContext']>[0],
): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    locale: 'en-GB',
    reducedMotion: 'reduce',
    baseURL: server.url,
    ...options,
  });
  const page = await context.newPage();
  // Tests share the cores with others.
  page.setDefaultTimeout(30_000);
  return { context, page, complaints: collectComplaints(page) };
}

/** A shop and a browser for the tests of a `describe`: opened before them, closed after them. */
export function useApp(patienceMs = 240_000): { readonly shop: Shop; readonly browser: Browser } {
  let shop: Shop | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [shop, browser] = [await openShop(), await openBrowser()];
  }, patienceMs);
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });
  return {
    get shop() {
      return shop ?? assert.fail('the shop opens before the first test');
    },
    get browser() {
      return browser ?? assert.fail('the browser opens before the first test');
    },
  };
}
