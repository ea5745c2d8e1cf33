import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchBrowser } from '../../../tests/browser.ts';
import { openTinyServer, outfitPhoto, type TinyServer } from '../../../tests/tiny-server.ts';
import { hostilePage, hostileStyle } from '../../../tests/web/hostile-page.ts';
import type { Box } from '../../client/client.ts';
import { createApp } from '../../server/app.ts';
import { areaOf } from '../boxes/box-geometry.ts';

/** On cores that others use. */
const patience = 120_000;

describe.skipIf(!hasChromium)('the widget on a page of another origin', () => {
  let server: TinyServer;
  let shop: Server;
  let browser: Browser;
  let shopOrigin = '';
  let searchOrigin = '';
  let key = '';
  let photo: Buffer;
  let axe = '';
  let closeApp = async () => {};
  beforeAll(async () => {
    server = await openTinyServer({ open: [] });
    const webFolder = join(server.folder, 'web');
    const configFile = fileURLToPath(new URL('../../../vite.widget.config.ts', import.meta.url));
    await build({ configFile, logLevel: 'error', build: { outDir: webFolder } });
    const app = await createApp({ ...server.parts, webFolder });
    searchOrigin = await app.listen({ host: '127.0.0.1', port: 0 });
    shop = createServer((request, response) => {
      const [path = '/', attributes = ''] = (request.url ?? '/').split('?');
      if (path === '/hostile.css') {
        response.setHeader('content-type', 'text/css').end(hostileStyle);
        return;
      }
      response.setHeader(
        'content-security-policy',
        `default-src 'none'; script-src ${searchOrigin}; connect-src ${searchOrigin}; img-src ${searchOrigin}; style-src 'self'; require-trusted-types-for 'script'`,
      );
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(hostilePage(searchOrigin, key, decodeURIComponent(attributes)));
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    shopOrigin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    key = (await server.key('search', { origins: [shopOrigin] })).authorization.replace('Bearer ', '');
    photo = await outfitPhoto();
    axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
    browser = await launchBrowser();
    closeApp = () => app.close();
  }, patience);
  afterAll(async () => {
    await browser?.close();
    await closeApp();
    await new Promise((resolve) => shop.close(resolve));
    await server.close();
  });

  const problems: string[] = [];
  async function openShop(attributes = '', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    problems.length = 0;
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    // The tree is closed to the page; the test looks in.
    await page.addInitScript(`{
      const attach = Element.prototype.attachShadow;
      Element.prototype.attachShadow = function (options) {
        (globalThis.modes ??= []).push(options.mode);
        return attach.call(this, { ...options, mode: 'open' });
      };
      globalThis.heard = [];
      for (const type of ['deep-shopping-results', 'deep-shopping-choose'])
        addEventListener(type, (event) => heard.push([type, event.detail]));
    }`);
    await page.route('https://shop.example/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>product</title>' }),
    );
    await page.goto(`${shopOrigin}/?${encodeURIComponent(attributes)}`);
    return page;
  }

  async function givePhoto(page: Page, buffer = photo): Promise<void> {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.locator('dialog button.from-picture').click(),
    ]);
    await chooser.setFiles({ name: 'outfit.jpg', mimeType: 'image/jpeg', buffer });
  }

  async function violations(page: Page): Promise<unknown[]> {
    await page.evaluate(axe);
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
  }

  test('is one file under 40 kB in gzip', async () => {
    const file = await readFile(join(server.folder, 'web', 'widget.js'));
    expect(gzipSync(file).length).toBeLessThan(40_000);
    expect(await readFile(join(server.folder, 'web', 'widget-example.html'), 'utf8')).toContain('<deep-shopping');
  });

  test(
    'a photo gives garments, a garment items, an item its page; the server hears of the click',
    async () => {
      const page = await openShop();
      await page.getByRole('button', { name: 'Search with a photo' }).click();
      // As long as this server keeps it.
      await page.locator('dialog').getByText('The shop keeps your photo for 15 minutes').waitFor();
      expect(await violations(page)).toEqual([]);
      await givePhoto(page);
      const chips = page.locator('dialog .chips button');
      await expect
        .poll(() => chips.allTextContents(), { timeout: 20_000 })
        .toEqual(expect.arrayContaining(['T-shirt', 'Trousers']));
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: /^Trousers, garment \d of 2$/ }).click();
      expect(await chips.filter({ hasText: 'Trousers' }).getAttribute('aria-pressed')).toBe('true');
      const first = page.locator('dialog a.item').first();
      await expect.poll(() => first.textContent()).toMatch(/blue trousers.*€90\.00/);
      // Two of its kind; what fills the list up stands under a heading of its own.
      expect(await page.locator('dialog .count').textContent()).toBe('2 similar items');
      const list = page.locator('dialog .list :is(h3, .name)');
      expect(await list.allTextContents()).toEqual([
        expect.stringMatching(/trousers/),
        expect.stringMatching(/trousers/),
        'Of other kinds',
        ...Array(3).fill(expect.stringMatching(/tee/)),
      ]);
      expect(await violations(page)).toEqual([]);
      expect(
        await first.locator('img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
      ).toBeGreaterThan(0);
      await first.click();
      await page.waitForURL('https://shop.example/blue-trousers');
      // The page that sent it is gone.
      const clicks = async () => {
        const folder = join(server.folder, 'events');
        const [file] = await readdir(folder).catch(() => []);
        const lines = file === undefined ? [] : (await readFile(join(folder, file), 'utf8')).trim().split('\n');
        return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'click');
      };
      await expect
        .poll(clicks, { timeout: 30_000 })
        .toEqual([expect.objectContaining({ item: 'blue-trousers', position: 0 })]);
      expect(problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    'is a stranger on the page: no names, no open tree, no style in or out; Escape gives the focus back',
    async () => {
      const page = await openShop('', { viewport: { width: 390, height: 844 } });
      const button = page.getByRole('button', { name: 'Search with a photo' });
      await button.click();
      expect(await page.evaluate('modes')).toEqual(['closed']);
      const added = `const plain = document.createElement('iframe'); document.body.append(plain);
      const known = new Set(Object.getOwnPropertyNames(plain.contentWindow)); plain.remove();
      return Object.getOwnPropertyNames(globalThis).filter((name) => !known.has(name) && !/^\\d+$/.test(name))`;
      expect(await page.evaluate(`(() => { ${added} })()`)).toEqual(['modes']);
      const title = page.locator('dialog h2');
      // What is inherited, too.
      for (const text of ['.intro', '.privacy'])
        expect(
          await page.locator(`dialog ${text}`).evaluate((element) => {
            const { letterSpacing, wordSpacing, textTransform, fontStyle, textIndent } = getComputedStyle(element);
            return [letterSpacing, wordSpacing, textTransform, fontStyle, textIndent];
          }),
        ).toEqual(['normal', '0px', 'none', 'normal', '0px']);
      expect(await title.evaluate((element) => getComputedStyle(element).fontSize)).toBe('17px');
      // What is offered for it gets through.
      const drop = page.locator('dialog .drop');
      expect(await drop.evaluate((element) => getComputedStyle(element).borderRadius)).toBe('3px');
      expect(await page.locator('h1').evaluate((element) => getComputedStyle(element).fontSize)).toBe('40px');
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog').isVisible()).toBe(false);
      expect(await button.evaluate((element) => element.matches(':focus'))).toBe(true);
      // No button of ours sends the shop's form.
      expect(page.url()).toMatch(/\/\?$/);
      expect(problems).toEqual([]);
      await page.context().close();
    },
    patience,
  );

  test(
    'speaks Arabic from right to left, in the dark, and the page may take over what was chosen',
    async () => {
      const page = await openShop('lang="ar" theme="dark" top="2"');
      await page.evaluate(`addEventListener('deep-shopping-choose', (event) => event.preventDefault())`);
      await page.getByRole('button', { name: 'البحث بصورة' }).click();
      await givePhoto(page);
      await page.locator('dialog a.item').first().waitFor({ timeout: 20_000 });
      expect(await page.locator('dialog a.item').count()).toBe(2);
      expect(await page.locator('dialog h2').evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
      expect(await violations(page)).toEqual([]);
      await page.locator('dialog a.item').first().click();
      expect(await page.evaluate('heard.map(([type]) => type)')).toEqual([
        'deep-shopping-results',
        'deep-shopping-choose',
      ]);
      expect(await page.evaluate('heard[1][1].position')).toBe(0);
      expect(page.url()).toContain(shopOrigin);
      await page.context().close();
    },
    patience,
  );

  test(
    'the largest garment comes first and is chosen, whatever the order of the answer',
    async () => {
      const page = await openShop();
      const areas: number[] = [];
      await page.route('**/v1/search', async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        answer.garments.sort((a: { box: Box }, b: { box: Box }) => areaOf(a.box) - areaOf(b.box));
        areas.push(...answer.garments.map(({ box }: { box: Box }) => areaOf(box)));
        await route.fulfill({ response, json: answer });
      });
      await page.getByRole('button', { name: 'Search with a photo' }).click();
      await givePhoto(page);
      const chips = page.locator('dialog .chips button');
      await chips.first().waitFor({ timeout: 20_000 });
      expect(areas[0]).toBeLessThan(areas[1] ?? 0);
      expect(await chips.allTextContents()).toEqual(['T-shirt', 'Trousers']);
      expect(await chips.first().getAttribute('aria-pressed')).toBe('true');
      // What the page hears is the answer as it came.
      expect(await page.evaluate('heard[0][1].garments.map(({ label }) => label)')).toEqual(['trousers', 'tee']);
      await page.context().close();
    },
    patience,
  );

  test(
    'a page of an origin that no key is for says so in the console',
    async () => {
      const page = await openShop();
      const warnings: string[] = [];
      page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
      const origin = shopOrigin.replace('127.0.0.1', 'localhost');
      await page.goto(origin);
      await page.getByRole('button', { name: 'Search with a photo' }).click();
      await givePhoto(page);
      await expect.poll(() => page.locator('dialog .alert').textContent()).toMatch(/cannot be reached/);
      expect(warnings.join()).toContain(`no key of it is for pages of ${origin}.`);
      expect(warnings.join()).toContain(`keys create --store STORE --scope search --origin ${origin}`);
      await page.context().close();
    },
    patience,
  );

  test(
    'what fails is said in words, and can be tried again',
    async () => {
      const page = await openShop();
      await page.getByRole('button', { name: 'Search with a photo' }).click();
      const alert = page.locator('dialog .alert');
      await givePhoto(page, Buffer.from('no picture'));
      await expect.poll(() => alert.textContent()).toMatch(/cannot be read/);
      expect(await violations(page)).toEqual([]);
      await page.route('**/v1/search', (route) => route.abort());
      await givePhoto(page);
      await expect.poll(() => alert.textContent()).toMatch(/cannot be reached/);
      await page.unroute('**/v1/search');
      // What a feed says is an address may be a script.
      await page.route('**/v1/search', async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        for (const { items } of answer.garments)
          for (const item of items) Object.assign(item, { url: 'javascript:heard.push(1)', title: '<img src=x>' });
        await route.fulfill({ response, json: answer });
      });
      await givePhoto(page);
      await page.locator('dialog div.item').first().waitFor({ timeout: 20_000 });
      expect(await page.locator('dialog a.item').count()).toBe(0);
      expect(await page.locator('dialog .name').first().textContent()).toBe('<img src=x>');
      await page.evaluate(`document.querySelector('deep-shopping').setAttribute('key', 'dsk_unknown')`);
      await page.unroute('**/v1/search');
      await page.getByRole('button', { name: 'Search with a photo' }).click();
      await givePhoto(page);
      await expect.poll(() => alert.textContent()).toMatch(/not available on this page/);
      await page.context().close();
    },
    patience,
  );
});
