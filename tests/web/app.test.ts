import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devices, findBarriers, hasChromium, openBrowser, openPage, openShop, type Shop, whyNot } from './browser.ts';

if (!hasChromium) process.stderr.write(`the web app is not tested: ${whyNot}\n`);

const bodies = (page: Page) => {
  const sent: { [name: string]: unknown }[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/search')) sent.push(request.postDataJSON());
  });
  return sent;
};
/** Cores are shared with other tests, and with the network of the model. */
const expectSoon: typeof expect.poll = (read, options) => expect.poll(read, { timeout: 30_000, ...options });
const card = (page: Page) => page.locator('.card');
const status = (page: Page) => page.locator('p[role=status]');
const chosenBox = (page: Page) => page.locator('.garment-box[aria-pressed=true]');

async function upload(page: Page, shop: Shop): Promise<void> {
  await page.goto('/');
  await page.locator('input[type=file]').last().setInputFiles(shop.photo);
  await card(page).first().waitFor();
}

/** Of the box in the page, in CSS pixels. */
async function placeOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  return (await chosenBox(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
}

describe.skipIf(!hasChromium)('the web app in Chromium', () => {
  let shop: Shop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = [await openShop(), await openBrowser()];
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });

  it('desktop: from a photo to a filtered list, by mouse and keyboard', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(browser, shop, devices.desktop);
    const asked = bodies(page);
    await upload(page, shop);
    await expectSoon(() => status(page).textContent()).toMatch(/^\d garments found$/);
    const numBoxes = await page.locator('.garment-box').count();
    expect(numBoxes).toBeGreaterThan(2);
    expect(await page.locator('.look-row').count()).toBe(numBoxes);
    expect(asked[0]).toMatchObject({ look: true });

    await page.getByRole('button', { name: /^Trousers, garment/ }).click();
    await page.getByRole('button', { name: 'Kind: Trousers' }).waitFor();
    await card(page).first().waitFor();

    // By mouse: dragged to the right, then by a corner; each asks for the box that is seen.
    const before = await placeOf(page);
    await page.mouse.move(before.x + before.width / 2, before.y + before.height / 2);
    await page.mouse.down();
    await page.mouse.move(before.x + before.width / 2 + 20, before.y + before.height / 2, { steps: 3 });
    await page.mouse.up();
    const moved = await placeOf(page);
    expect(moved.x - before.x).toBeCloseTo(20, 0);
    expect(moved.width).toBeCloseTo(before.width, 0);
    const corner = await page.locator('.handle[data-corner=nw]').boundingBox();
    await page.mouse.move((corner?.x ?? 0) + 14, (corner?.y ?? 0) + 14);
    await page.mouse.down();
    await page.mouse.move((corner?.x ?? 0) + 4, (corner?.y ?? 0) - 6, { steps: 3 });
    await page.mouse.up();
    const resized = await placeOf(page);
    expect(resized.height).toBeGreaterThan(moved.height + 15);
    await expectSoon(() => asked.at(-1)?.box).toBeInstanceOf(Array);

    // By keyboard.
    await chosenBox(page).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowDown');
    const keyed = await placeOf(page);
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

  it('phone: touch, why, more and less like, favourites, a link', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(browser, shop, devices.phone);
    const asked = bodies(page);
    const events: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/events')) events.push(request.postData() ?? '');
    });
    await upload(page, shop);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('button', { name: /^Trousers, garment/ }).tap();
    await page.getByRole('button', { name: 'Kind: Trousers' }).waitFor();

    // By touch, as a finger does it.
    const from = await placeOf(page);
    const touch = await context.newCDPSession(page);
    const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    for (const dy of [6, 12, 18])
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x, y: y - dy }] });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expectSoon(async () => (await placeOf(page)).y - from.y).toBeCloseTo(-18, 0);

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

  it('a photo that the server has forgotten is sent again, unnoticed', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(browser, shop, devices.desktop);
    await upload(page, shop);
    let numDetected = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/detect')) numDetected++;
    });
    let isForgotten = true;
    await page.route('**/v1/search', async (route) => {
      if (!isForgotten) return route.continue();
      isForgotten = false;
      // An id of the right form that names no photo: the server itself says 410.
      const body = { ...route.request().postDataJSON(), photoId: 'ph_0_AAAAAAAAAAAAAAAAAAAAAA' };
      return route.continue({ postData: JSON.stringify(body) });
    });
    await page.getByRole('button', { name: /^Trousers, garment/ }).click();
    await page.locator('.grid .card').first().waitFor();
    expect(numDetected).toBe(1);
    expect(await page.locator('.notice').count()).toBe(0);
    await context.close();
  });

  it('offline: the app opens, favourites are there, and searching goes on later', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(browser, shop, devices.phone);
    await upload(page, shop);
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
    const { page, context } = await openPage(browser, shop, { ...devices.phone, locale: 'ar-EG' });
    await page.goto('/');
    expect(await page.evaluate('[document.dir, document.documentElement.lang]')).toEqual(['rtl', 'ar']);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.locator('header nav button').tap();
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).tap();
    await page.getByRole('heading', { name: 'Gesehen. Gefunden.' }).waitFor();
    await context.close();
  });

  it('says what to do with a file that is no photo', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(browser, shop, devices.phone);
    await page.goto('/');
    const file = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };
    await page.locator('input[type=file]').last().setInputFiles(file);
    expect(await page.getByRole('alert').textContent()).toContain('Choose a JPEG, PNG, WebP or AVIF');
    await context.close();
  });

  it.each(['light', 'dark'] as const)('axe-core finds no barrier, %s', { timeout: 240_000 }, async (colorScheme) => {
    const { page, context, complaints } = await openPage(browser, shop, { ...devices.phone, colorScheme });
    await page.goto('/');
    await page.locator('.sample').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await upload(page, shop);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('radio', { name: 'Trousers' }).tap();
    await page.locator('.grid .card').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Colour' }).tap();
    await page.getByRole('menu').waitFor();
    // The page behind, checked above, is hidden meanwhile; axe only guesses that from where things lie.
    expect(await findBarriers(page, '[role=menu]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.card-picture').first().tap();
    await page.getByText('Why this?').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goto('/similar?like=ds-0003');
    await page.locator('.grid .card').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goto('/admin');
    await page.getByLabel('Admin key').fill(shop.adminKey);
    await page.getByRole('button', { name: 'Open' }).tap();
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    expect(await page.locator('.facts dd').first().textContent()).toBe('39');
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
