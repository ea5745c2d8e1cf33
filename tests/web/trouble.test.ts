import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ApiError, storeIsAway } from '../../src/server/api-error.ts';
import { devices, findBarriers, hasChromium, openPage, useApp } from './browser.ts';
import { openGate, refusalOf } from './gate.ts';
import { card, chosenBox, expectSoon, placeOf, stage, upload } from './shopper.ts';

const patience = 120_000;

const queueIsFull = refusalOf(new ApiError('queue-full', 'the server is busy', {}, 1));
const keyIsMissing = refusalOf(new ApiError('key-missing', 'this needs a key'));
const busy = [
  ['a full queue, 429', queueIsFull, 'a moment'],
  ['too many requests, 429', refusalOf(new ApiError('rate-limited', 'too many requests', {}, 20)), '20 seconds'],
  // Each refusal is waited for twice.
  ['a store that is away, 503', { ...refusalOf(storeIsAway()), headers: { 'retry-after': '1' } }, 'a moment'],
  [
    'a proxy, 503',
    { status: 503, contentType: 'text/html', body: '<h1>Back soon</h1>', headers: { 'retry-after': '60' } },
    '60 seconds',
  ],
] as const;

const alert = (page: Page) => page.getByRole('alert');
const again = (page: Page) => page.getByRole('button', { name: 'Try again' });
const slowWord = (page: Page) => page.getByText('This takes longer than usual. It goes on by itself.');
const boxes = (page: Page) => page.locator('.garment-box');

describe.skipIf(!hasChromium)('a shop in trouble', () => {
  const app = useApp();

  const choosePhoto = (page: Page) => page.locator('input[type=file]').last().setInputFiles(app.shop.photo);

  it('slow: after a while says so, once, and goes on by itself', { timeout: patience }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.desktop);
    const gate = await openGate(page);
    gate.hold();
    await page.goto('/');
    await choosePhoto(page);
    await page.getByText('Looking for garments…').last().waitFor();
    await stage(page).locator('img').waitFor();
    expect(await slowWord(page).count()).toBe(0);
    await slowWord(page).waitFor();
    expect(await findBarriers(page)).toEqual([]);

    gate.open();
    gate.hold();
    await boxes(page).first().waitFor();
    const numBoxes = await boxes(page).count();
    await expectSoon(() => slowWord(page).count()).toBe(0);
    // One question about all garments: one word.
    await expectSoon(() => slowWord(page).count()).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    gate.open();
    await card(page).first().waitFor();
    await expectSoon(() => slowWord(page).count()).toBe(0);

    // What was there stays while it is filtered.
    gate.hold();
    await page.getByRole('button', { name: 'Colour' }).click();
    await page.getByRole('menuitemcheckbox').first().click();
    await page.keyboard.press('Escape');
    await slowWord(page).waitFor();
    expect(await card(page).count()).toBeGreaterThan(0);
    gate.open();
    await expectSoon(() => slowWord(page).count()).toBe(0);
    await expectSoon(() => page.locator('[aria-busy=true]').count()).toBe(0);
    expect(await boxes(page).count()).toBe(numBoxes);
    expect(await alert(page).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(busy)(
    'busy, by %s: says so, and goes on with the same photo and boxes',
    {
      timeout: patience,
    },
    async (_, refusal, later) => {
      const { page, context } = await openPage(app.browser, app.shop, devices.desktop);
      const gate = await openGate(page);
      gate.refuse(refusal);
      await page.goto('/');
      await choosePhoto(page);
      await alert(page).getByText(`The shop is very busy. Try again in ${later}.`).waitFor();
      await stage(page).locator('img').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      // Still busy: said again, nothing lost.
      const numAsked = gate.asked.length;
      await again(page).click();
      await expectSoon(() => gate.asked.length).toBeGreaterThan(numAsked);
      await alert(page).waitFor();
      await stage(page).locator('img').waitFor();
      gate.open();
      await again(page).click();
      await card(page).first().waitFor();
      const numBoxes = await boxes(page).count();
      expect(numBoxes).toBeGreaterThan(2);
      expect(await alert(page).count()).toBe(0);

      // A box that was moved stays where it is, and the photo is not sent once more.
      await page.getByRole('button', { name: /^Trousers, garment/ }).click();
      await card(page).first().waitFor();
      gate.refuse(refusal);
      gate.asked.length = 0;
      await chosenBox(page).focus();
      await page.keyboard.press('Shift+ArrowDown');
      const moved = await placeOf(chosenBox(page));
      await alert(page).getByText('very busy').waitFor();
      gate.open();
      await again(page).click();
      await card(page).first().waitFor();
      expect(await placeOf(chosenBox(page))).toEqual(moved);
      expect(await boxes(page).count()).toBe(numBoxes);
      expect(await alert(page).count()).toBe(0);
      expect(new Set(gate.asked)).toEqual(new Set(['/v1/search']));
      await context.close();
    },
  );

  it('busy: one notice for the whole look, and a page that does not come leaves those before it', {
    timeout: patience,
  }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    const gate = await openGate(page, /\/v1\/search$/);
    gate.refuse(busy[1][1]);
    await page.goto('/');
    await choosePhoto(page);
    await alert(page).getByText('very busy').waitFor();
    expect(await alert(page).count()).toBe(1);
    expect(await page.locator('.look-row').count()).toBe(await boxes(page).count());
    expect(await findBarriers(page)).toEqual([]);
    gate.open();
    await again(page).tap();
    await card(page).first().waitFor();
    expect(await alert(page).count()).toBe(0);

    // Of a picture without a garment there are several pages.
    const plain = { create: { width: 300, height: 400, channels: 3, background: '#889' } } as const;
    const buffer = await sharp(plain).jpeg().toBuffer();
    await page.locator('input[type=file]').last().setInputFiles({ name: 'wall.jpg', mimeType: 'image/jpeg', buffer });
    await page.getByText('No garment found').waitFor();
    await page.locator('.grid .card').first().waitFor();
    const titles = await page.locator('.grid .card-title').allTextContents();
    gate.refuse(busy[1][1]);
    await page.getByRole('button', { name: 'Show more' }).tap();
    await alert(page).getByText('very busy').waitFor();
    expect(await page.locator('.grid .card-title').allTextContents()).toEqual(titles);
    gate.open();
    await again(page).tap();
    await expectSoon(() => page.locator('.grid .card').count()).toBeGreaterThan(titles.length);
    expect((await page.locator('.grid .card-title').allTextContents()).slice(0, titles.length)).toEqual(titles);
    await context.close();
  });

  it('busy for as long as it says: is asked again without a word', { timeout: patience }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    let numRefused = 0;
    await page.route(/\/v1\/(detect|search)$/, async (route) => {
      if (numRefused >= 2) return route.continue();
      numRefused++;
      return route.fulfill(queueIsFull);
    });
    await upload(page, app.shop);
    expect(numRefused).toBe(2);
    expect(await alert(page).count()).toBe(0);
    await context.close();
  });

  it('closed: says that a key is needed, and goes on once it is not', { timeout: patience }, async () => {
    const options = { ...devices.phone, colorScheme: 'dark' } as const;
    const { page, context } = await openPage(app.browser, app.shop, options);
    const gate = await openGate(page, /\/v1\//);
    gate.refuse(keyIsMissing);
    await page.goto('/');
    await page.locator('.device .hint').filter({ hasText: 'Off: this shop answers only with a key.' }).waitFor();
    await choosePhoto(page);
    await alert(page).getByText('This shop answers only with a key. Ask the shop.').waitFor();
    await stage(page).locator('img').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    gate.open();
    await again(page).tap();
    await card(page).first().waitFor();
    const numBoxes = await boxes(page).count();

    gate.refuse(keyIsMissing);
    await page.getByRole('button', { name: 'Colour' }).tap();
    await page.getByRole('menuitemcheckbox').first().tap();
    await page.keyboard.press('Escape');
    await alert(page).getByText('only with a key').waitFor();
    expect(await alert(page).count()).toBe(1);
    expect(await boxes(page).count()).toBe(numBoxes);
    const address = page.url();
    gate.open();
    await again(page).tap();
    await expectSoon(() => page.locator('[aria-busy=true]').count()).toBe(0);
    expect(await alert(page).count()).toBe(0);
    expect(page.url()).toBe(address);

    // What else was refused at the start has come with it: the kinds, and what this device may do.
    await page.getByRole('radio', { name: 'Trousers' }).tap();
    await page.getByRole('button', { name: 'Kind: Trousers' }).tap();
    await page.getByRole('menuitemradio', { name: 'Skirt' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).tap();
    await page.getByRole('dialog').getByText('The model is fetched once').waitFor();
    await context.close();
  });

  it('busy with the model: the switch says so, and for how long', { timeout: patience }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    const gate = await openGate(page, /\/v1\/model/);
    gate.refuse(busy[1][1]);
    await page.goto('/');
    await page.getByText('Off: the shop is very busy.').waitFor();
    expect(await page.getByRole('switch').isDisabled()).toBe(true);
    gate.open();
    await page.reload();
    await page.getByText('The model is fetched once').waitFor();
    gate.refuse(busy[1][1]);
    await page.locator('.device-switch').tap();
    await alert(page).getByText('Try again in 20 seconds.').waitFor();
    // With a photo it is said once, and the server may be asked in its place.
    await choosePhoto(page);
    await stage(page).locator('img').waitFor();
    await expectSoon(() => alert(page).allTextContents()).toEqual([expect.stringContaining('in 20 seconds.')]);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use the server' }).tap();
    await card(page).first().waitFor();
    await context.close();
  });

  it.each([
    ['/shared?item=ds-0001&item=ds-0002', '.grid .card'],
    ['/similar?like=ds-0003', '.example'],
  ])(
    'items of an address, %s: asked for once more without loading the page',
    { timeout: patience },
    async (at, what) => {
      const { page, context } = await openPage(app.browser, app.shop, devices.phone);
      const gate = await openGate(page, /\/v1\/items\//);
      gate.refuse(busy[1][1]);
      await page.goto(at);
      await alert(page).getByText('very busy').waitFor();
      expect(await alert(page).count()).toBe(1);
      expect(await page.locator(what).count()).toBe(0);
      await page.evaluate('globalThis.isSame = true');
      gate.open();
      await again(page).tap();
      await page.locator(what).first().waitFor();
      expect(await alert(page).count()).toBe(0);
      expect(await page.evaluate('globalThis.isSame')).toBe(true);
      await context.close();
    },
  );

  it('items of an address, the next ones slow or refused: back at the first, they are there', {
    timeout: patience,
  }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    const gate = await openGate(page, /\/v1\/items\//);
    const shown = () => page.locator('.example h2').allTextContents();
    const goToNext = async () => {
      gate.asked.length = 0;
      await page.locator('.card-picture').nth(1).tap();
      await page.getByRole('dialog').getByRole('button', { name: 'More like this' }).tap();
      await expectSoon(() => gate.asked.length).toBeGreaterThan(0);
    };
    await page.goto('/similar?like=ds-0003');
    const title = await page.locator('.example h2').textContent();
    await card(page).nth(1).waitFor();

    gate.hold();
    await goToNext();
    await page.goBack();
    gate.open();
    await expectSoon(shown).toEqual([title]);

    gate.refuse(busy[1][1]);
    await goToNext();
    await alert(page).getByText('very busy').waitFor();
    expect(await shown()).toEqual([]);
    gate.open();
    await page.goBack();
    await expectSoon(shown).toEqual([title]);
    expect(await alert(page).count()).toBe(0);
    await context.close();
  });
});
