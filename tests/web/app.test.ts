import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { devices, findBarriers, hasChromium, openPage, useApp, whyNot } from './browser.ts';
import { openRecorder } from './recorder.ts';
import {
  card,
  chosenBox,
  collectSearches,
  dragFinger,
  dragMouse,
  expectSoon,
  placeInPhoto,
  placeOf,
  upload,
} from './shopper.ts';

if (!hasChromium) process.stderr.write(`the web app is not tested: ${whyNot}\n`);

const status = (page: Page) => page.locator('p[role=status]');

describe.skipIf(!hasChromium)('the web app in Chromium', () => {
  const app = useApp();

  it('desktop: from a photo to a filtered list, by mouse and keyboard', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.desktop);
    const asked = collectSearches(page);
    await upload(page, app.shop);
    await expectSoon(() => status(page).textContent()).toMatch(/^\d garments found$/);
    const numBoxes = await page.locator('.garment-box').count();
    expect(numBoxes).toBeGreaterThan(2);
    expect(await page.locator('.look-row').count()).toBe(numBoxes);
    expect(asked[0]).toMatchObject({ look: true });

    await page.getByRole('button', { name: /^Trousers, garment/ }).click();
    await page.getByRole('button', { name: 'Kind: Trousers' }).waitFor();
    await card(page).first().waitFor();

    // By mouse: dragged to the right, then by a corner; each asks for the box that is seen.
    const before = await placeOf(chosenBox(page));
    const [middle, height] = [before.x + before.width / 2, before.y + before.height / 2];
    await dragMouse(page, [middle, height], [middle + 20, height]);
    const moved = await placeOf(chosenBox(page));
    expect(moved.x - before.x).toBeCloseTo(20, 0);
    expect(moved.width).toBeCloseTo(before.width, 0);
    const corner = await placeOf(page.locator('.handle[data-corner=nw]'));
    await dragMouse(page, [corner.x + 14, corner.y + 14], [corner.x + 4, corner.y - 6]);
    const resized = await placeOf(chosenBox(page));
    expect(resized.height).toBeGreaterThan(moved.height + 15);
    await expectSoon(() => asked.at(-1)?.box).toBeInstanceOf(Array);

    // By keyboard.
    await chosenBox(page).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowDown');
    const keyed = await placeOf(chosenBox(page));
    expect(keyed.x).toBeLessThan(resized.x - 4);
    expect(keyed.height).toBeGreaterThan(resized.height + 4);

    // A box of one's own, without a pointer; then another kind.
    await page.getByRole('button', { name: 'Draw a box' }).focus();
    await page.keyboard.press('Enter');
    await expectSoon(() => page.locator('.garment-box').count()).toBe(numBoxes + 1);
    await card(page).first().waitFor();
    await page.getByRole('button', { name: /^Kind:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Skirt' }).click();
    await expectSoon(() => asked.at(-1)?.filter).toBe('label = "skirt"');
    await chosenBox(page).focus();
    await page.keyboard.press('Delete');
    await expectSoon(() => page.locator('.garment-box').count()).toBe(numBoxes);

    // A filter, with counts; what is shown obeys it.
    await page.getByRole('button', { name: 'Brand' }).click();
    const option = page.getByRole('menuitemcheckbox').first();
    const brand = (await option.locator('span').first().textContent()) ?? '';
    await option.click();
    await page.keyboard.press('Escape');
    await expectSoon(async () => [...new Set(await page.locator('.card-brand').allTextContents())]).toEqual([brand]);
    expect(new URL(page.url()).searchParams.get('f.brand')).toBe(brand);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('prices: a range by mouse and keyboard, in the address, taken back', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.desktop);
    const asked = collectSearches(page);
    await upload(page, app.shop);
    await page.getByRole('radio', { name: 'Trousers' }).click();
    await page.locator('.grid .card').first().waitFor();
    const button = page.getByRole('button', { name: /^Price/ });
    const prices = async () =>
      (await page.locator('.grid .price').allTextContents()).map((text) => Number(text.replace(/[^\d.]/g, '')));
    const [cheapest, dearest] = [Math.min(...(await prices())), Math.max(...(await prices()))];
    await button.click();
    const dialog = page.getByRole('dialog', { name: 'Price range' });
    const track = await placeOf(dialog.locator('.track'));
    const most = await placeOf(dialog.locator('.thumb').last());
    const y = most.y + most.height / 2;
    await dragMouse(page, [most.x + most.width / 2, y], [track.x + track.width / 2, y]);
    const range = () =>
      /^(\d+)-(\d+)$/
        .exec(new URL(page.url()).searchParams.get('price') ?? '')
        ?.slice(1)
        .map(Number);
    await expectSoon(range).toBeDefined();
    const [from = 0, to = 0] = range() ?? [];
    expect(to).toBeCloseTo((from + dearest) / 2, -1);
    expect(to).toBeLessThan(dearest);
    await expectSoon(() => asked.map(({ filter }) => filter)).toContain(`price >= ${from} and price <= ${to}`);
    await expectSoon(async () => Math.max(...(await prices()))).toBeLessThanOrEqual(to);
    expect(Math.min(...(await prices()))).toBe(cheapest);

    // By keyboard: the lower end, one step a press.
    await dialog.getByRole('slider', { name: 'Lowest price' }).focus();
    while ((range()?.[0] ?? 0) <= cheapest) {
      const before = range()?.[0];
      await page.keyboard.press('ArrowRight');
      await expectSoon(() => range()?.[0]).not.toBe(before);
    }
    await expectSoon(async () => Math.min(...(await prices()))).toBeGreaterThan(cheapest);
    await page.keyboard.press('Escape');
    expect(await button.textContent()).toMatch(/Price: .*\d+.* – .*\d+/);

    // Whoever opens the address has the range too.
    const address = page.url();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expectSoon(async () => [Math.min(...(await prices())), Math.max(...(await prices()))]).toEqual([
      cheapest,
      dearest,
    ]);
    expect(range()).toBeUndefined();
    await page.goto(`/similar?like=ds-0003&${new URL(address).searchParams}`);
    await card(page).first().waitFor();
    expect(Math.max(...(await prices()))).toBeLessThanOrEqual(to);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('other kinds, which fill a short list up, stand apart and are not counted', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    await upload(page, app.shop);
    await page.getByRole('radio', { name: 'Trousers' }).tap();
    const grids = page.locator('.grid');
    await grids.first().locator('.card').first().waitFor();
    // Nothing else is promised than what stands above the heading.
    const counted = async () => Number.parseInt((await page.locator('.result-head .hint').textContent()) ?? '', 10);
    const ofKind = async () => grids.first().locator('.card').count();
    expect(await counted()).toBe(await ofKind());
    await expectSoon(() => status(page).textContent()).toBe(`Trousers: ${await ofKind()} items`);
    const others = page.getByRole('heading', { name: 'Of other kinds' });
    expect(await others.count()).toBe(1);
    expect(await card(page).count()).toBeGreaterThan(await ofKind());
    expect(await findBarriers(page)).toEqual([]);
    // The class of an item is told with the item.
    const titleOf = (grid: number) => grids.nth(grid).locator('.card-picture').first();
    await titleOf(0).tap();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Also: Trousers').waitFor();
    // The demo's addresses lead nowhere.
    await sheet.getByText('An example shop: its product pages do not exist.').waitFor();
    expect(await sheet.getByRole('link').count()).toBe(0);
    await sheet.getByRole('button', { name: 'Close' }).tap();
    await titleOf(1).tap();
    await sheet.getByText(/, not Trousers$/).waitFor();
    await sheet.getByRole('button', { name: 'Close' }).tap();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('phone: touch, why, more and less like, favourites, a link', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    const asked = collectSearches(page);
    const events: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/events')) events.push(request.postData() ?? '');
    });
    await upload(page, app.shop);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('button', { name: /^Trousers, garment/ }).tap();
    await page.getByRole('button', { name: 'Kind: Trousers' }).waitFor();

    // By touch, as a finger does it.
    const [seen, from] = [await placeOf(chosenBox(page)), await placeInPhoto(page)];
    const [x, y] = [seen.x + seen.width / 2, seen.y + seen.height / 2];
    await dragFinger(page, [x, y], [x, y - 18]);
    await expectSoon(async () => (await placeInPhoto(page)).y - from.y).toBeCloseTo(-18, 0);

    await card(page).first().waitFor();
    const title = (await page.locator('.card-title').first().textContent()) ?? '';
    await page.locator('.card-picture').first().tap();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Why this?').waitFor();
    expect(await sheet.locator('.why li').count()).toBeGreaterThan(1);
    await sheet.getByRole('button', { name: 'More like this' }).tap();
    await page.locator('.chip').waitFor();
    await expectSoon(() => asked.at(-1)?.like).toHaveLength(1);
    await expectSoon(() => page.locator('.card-title').first().textContent()).not.toBe(title);
    await page.locator('.card-picture').first().tap();
    await sheet.getByRole('button', { name: 'Not like this' }).tap();
    await expectSoon(() => asked.at(-1)?.not).toHaveLength(1);
    await page
      .getByRole('button', { name: /^Undo: / })
      .last()
      .tap();
    await expectSoon(() => page.locator('.chip').count()).toBe(1);
    await expectSoon(() => events.join()).toMatch(/"type":"click"/);
    expect(events.join()).toMatch(/"type":"view"/);

    const saved = (await page.locator('.card-title').first().textContent()) ?? '';
    await page.locator('.save-button').first().tap();
    await page.getByRole('link', { name: /Saved/ }).tap();
    await expectSoon(() => page.locator('.card-title').allTextContents()).toEqual([saved]);
    await page.goBack();
    await page.locator('.stage img').waitFor();

    // The link has the items and nothing of the photo; whoever opens it sees them.
    const link = page.waitForEvent('console', (message) => message.text().startsWith('shared '));
    await page.evaluate(`navigator.share = async ({ url }) => console.log('shared ' + url)`);
    await page.getByRole('button', { name: 'Share' }).first().tap();
    const address = (await link).text().slice('shared '.length);
    expect(address).toMatch(/^http:\/\/localhost:\d+\/shared\?item=ds-\d+(&item=ds-\d+)*$/);
    await page.goto(address);
    await card(page).first().waitFor();
    await expectSoon(() => card(page).count()).toBe(address.split('item=').length - 1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('what was seen is told though the page is left at once', { timeout: 120_000 }, async () => {
    const recorder = await openRecorder(app.shop.server.url);
    const { page, context } = await openPage(app.browser, app.shop, { ...devices.phone, baseURL: recorder.url });
    await page.goto('/similar?like=ds-0003');
    await card(page).first().locator('img').waitFor();
    // Two frames: the browser has looked at what is in view.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    await page.goto('/favourites');
    const told = () => recorder.sent.filter(({ path }) => path === '/v1/events').map(({ body }) => String(body));
    await expectSoon(() => told().join()).toMatch(/"type":"view"/);
    await context.close();
    await recorder.close();
  });

  it('offline: the app opens, favourites are there, and searching goes on later', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    await upload(page, app.shop);
    await page.waitForLoadState('networkidle');
    await page.locator('.save-button').first().tap();
    await page.locator('.header .badge').waitFor();
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.getByRole('radio', { name: 'Trousers' }).tap();
    await page.locator('.notice').waitFor();
    await context.setOffline(false);
    await page.locator('.grid .card').first().waitFor();
    await context.setOffline(true);
    await page.goto('/favourites');
    await expectSoon(() => card(page).count()).toBe(1);
    await context.close();
  });

  it('speaks the language of the browser, from right to left too', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, { ...devices.phone, locale: 'ar-EG' });
    await page.goto('/');
    expect(await page.evaluate('[document.dir, document.documentElement.lang]')).toEqual(['rtl', 'ar']);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('button', { name: /العربية/ }).tap();
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).tap();
    await page.getByRole('heading', { name: 'Gesehen. Gefunden.' }).waitFor();
    await page.getByText('Der Shop behält dein Foto 15 Minuten lang').waitFor();
    await context.close();
  });
});
