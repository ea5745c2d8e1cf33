import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ar } from '../../src/web/words/ar.ts';
import { de } from '../../src/web/words/de.ts';
import { en } from '../../src/web/words/en.ts';
import { es } from '../../src/web/words/es.ts';
import { devices, findBarriers, hasChromium, openPage, useApp } from './browser.ts';
import { card, chosenBox, collectSearches, dragFinger, expectSoon, placeInPhoto, placeOf, upload } from './shopper.ts';

const { width, height } = devices.phone.viewport;

const box = (page: Page, label: string) => page.getByRole('button', { name: new RegExp(`^${label}, garment`) });
const tab = (page: Page, label: string) => page.getByRole('radio', { name: label });
const scrolled = (page: Page) => page.evaluate('window.scrollY');

/** A jacket over a dress, a bag beside them, shoes. */
async function trySample(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sample photo 1' }).tap();
  await card(page).first().waitFor();
}

async function isAcross(element: Locator): Promise<boolean> {
  const place = await placeOf(element);
  return place.width > 0 && place.x >= 0 && place.x + place.width <= width;
}

async function isInView(element: Locator): Promise<boolean> {
  const { y, ...place } = await placeOf(element);
  return (await isAcross(element)) && y >= 0 && y + place.height <= height;
}

describe.skipIf(!hasChromium)('on a phone', () => {
  const app = useApp();

  it('a second photo is within the reach of a thumb, in every language', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    await upload(page, app.shop);
    for (const [name, words] of Object.entries({ Deutsch: de, Español: es, العربية: ar, English: en })) {
      await page.locator('.header nav button').first().tap();
      await page.getByRole('menuitemradio', { name }).tap();
      const another = page.getByRole('button', { name: words.newPhoto });
      await expectSoon(() => isInView(another), { message: name }).toBe(true);
      expect((await placeOf(another)).y, name).toBeGreaterThan(height / 2);
      await another.tap();
      const ways = page.getByRole('dialog', { name: words.newPhoto });
      for (const way of [words.takePhoto, words.choosePhoto])
        await expectSoon(() => isInView(ways.getByRole('button', { name: way })), { message: way }).toBe(true);
      await page.keyboard.press('Escape');
      await ways.waitFor({ state: 'detached' });
    }

    // What is shown stays until another one is there.
    await page.getByRole('button', { name: 'New photo' }).tap();
    expect(await findBarriers(page, '.popover')).toEqual([]);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('dialog').getByRole('button', { name: 'Choose a photo' }).tap();
    const size = { width: 300, height: 440 };
    const buffer = await sharp(app.shop.photo)
      .resize({ ...size, fit: 'fill' })
      .jpeg()
      .toBuffer();
    expect(await page.locator('.stage img').count()).toBe(1);
    await (await chooser).setFiles({ name: 'second.jpg', mimeType: 'image/jpeg', buffer });
    await expectSoon(() => page.evaluate(`document.querySelector('.stage img')?.naturalWidth`)).toBe(size.width);
    await card(page).first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the logo leads to an empty start, also while garments are looked for', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    const logo = page.getByRole('link', { name: 'Deep Shopping' });
    await upload(page, app.shop);
    // From another page, it leads back to the photo.
    await page.getByRole('link', { name: /Saved/ }).tap();
    await page.getByRole('heading', { name: 'Nothing saved yet' }).waitFor();
    await logo.tap();
    await page.locator('.stage img').waitFor();
    await logo.tap();
    await page.getByRole('heading', { name: 'See it. Find it.' }).waitFor();
    expect(await page.locator('.stage, .card').count()).toBe(0);

    // Never answered: left, it is called off.
    await page.route('**/v1/detect', () => {});
    const asked = page.waitForRequest('**/v1/detect');
    await page.getByRole('button', { name: 'Sample photo 1' }).tap();
    const over = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/v1/detect'));
    await asked;
    await logo.tap();
    await page.getByRole('heading', { name: 'See it. Find it.' }).waitFor();
    await over;
    expect(await page.locator('.stage, .notice').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a drag that begins in the chosen box moves it, whatever lies there; a tap chooses that', {
    timeout: 240_000,
  }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    const asked = collectSearches(page);
    await trySample(page);
    for (const label of ['Dress', 'Jacket']) {
      await tab(page, label).tap();
      await page.getByRole('button', { name: `Kind: ${label}` }).waitFor();
      const hint = page.getByText('Drag the box to move it');
      // Told until it was done once.
      expect(await hint.count(), label).toBe(label === 'Dress' ? 1 : 0);
      expect(await findBarriers(page, '.stage-area')).toEqual([]);
      for (const [across, down, by] of [
        [0.5, 0.15, -14],
        [0.5, 0.3, 14],
        [0.5, 0.5, -14],
        [0.3, 0.85, 14],
      ] as const) {
        const [seen, before] = [await placeOf(chosenBox(page)), await placeInPhoto(page)];
        const [x, y] = [seen.x + across * seen.width, seen.y + down * seen.height];
        await dragFinger(page, [x, y], [x + by, y + by]);
        await expectSoon(() => placeInPhoto(page), { message: `${label} from ${across}, ${down}` }).toEqual({
          x: expect.closeTo(before.x + by, 0),
          y: expect.closeTo(before.y + by, 0),
          width: expect.closeTo(before.width, 0),
          height: expect.closeTo(before.height, 0),
        });
        expect(await chosenBox(page).getAttribute('aria-label')).toMatch(label);
      }
      expect(await hint.count()).toBe(0);
      await expectSoon(() => asked.at(-1)?.box).toBeInstanceOf(Array);
    }
    expect(await scrolled(page)).toBe(0);

    // Where both lie: the other one, and back.
    const shared = await placeOf(box(page, 'Dress'));
    const point = [shared.x + shared.width / 2, shared.y + 0.2 * shared.height] as const;
    for (const label of ['Dress', 'Jacket', 'Dress']) {
      await page.touchscreen.tap(...point);
      await expectSoon(() => chosenBox(page).getAttribute('aria-label')).toMatch(label);
    }
    // It was learnt for good.
    await page.reload();
    await trySample(page);
    await tab(page, 'Dress').tap();
    await chosenBox(page).waitFor();
    expect(await page.getByText('Drag the box to move it').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('corners have room for a finger, and small boxes a middle', { timeout: 240_000 }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    await trySample(page);
    // Points of the room by their distance from its sides; those of shoes end where the buttons below the photo begin.
    const rooms = { Dress: [2, 22, 42], Shoes: [22] };
    for (const [label, points] of Object.entries(rooms)) {
      await tab(page, label).tap();
      await expectSoon(() => chosenBox(page).getAttribute('aria-label')).toMatch(label);
      for (const corner of ['nw', 'ne', 'sw', 'se']) {
        const handle = await placeOf(page.locator(`.handle[data-corner=${corner}]`));
        expect(handle, corner).toMatchObject({ width: 44, height: 44 });
        for (const x of points)
          for (const y of points) {
            const at = `${handle.x + x}, ${handle.y + y}`;
            const hit = await page.evaluate(`document.elementFromPoint(${at})?.getAttribute('data-corner')`);
            expect(hit, `${label} at ${at}`).toBe(corner);
          }
      }
    }
    const [seen, before] = [await placeOf(chosenBox(page)), await placeInPhoto(page)];
    const [x, y] = [seen.x + seen.width / 2, seen.y + seen.height / 2];
    await dragFinger(page, [x, y], [x + 10, y - 20]);
    await expectSoon(() => placeInPhoto(page)).toEqual({
      x: expect.closeTo(before.x + 10, 0),
      y: expect.closeTo(before.y - 20, 0),
      width: expect.closeTo(before.width, 0),
      height: expect.closeTo(before.height, 0),
    });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await context.close();
  });

  it('the chosen garment is seen in its row, which alone scrolls', { timeout: 240_000 }, async () => {
    // So low that the row is below what is seen of the page.
    const low = { ...devices.phone, viewport: { width, height: 300 } };
    const { page, context } = await openPage(app.browser, app.shop, low);
    await trySample(page);
    await page.evaluate('window.scrollTo(0, 0)');
    const labels = ['Shoes', 'Bag', 'Dress', 'Jacket'];
    expect(await Promise.all(labels.map((label) => isAcross(tab(page, label))))).toContain(false);
    for (const label of labels) {
      // By its box: the row is not touched.
      await page.evaluate(`document.querySelector('.garment-box[aria-label^=${label}]').click()`);
      await expectSoon(() => page.locator('.tab[data-selected]').textContent()).toBe(label);
      await expectSoon(() => isAcross(page.locator('.tab[data-selected]')), { message: label }).toBe(true);
    }
    expect(await scrolled(page)).toBe(0);
    expect((await placeOf(page.locator('.tabs'))).y).toBeGreaterThan(300 - 44);
    await context.close();
  });

  it('signs have names, a note moves nothing, and what is chosen stands at its dot', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, {
      ...devices.phone,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await trySample(page);
    await tab(page, 'Dress').tap();
    await page.locator('.grid .card').first().waitFor();
    const share = page.getByRole('button', { name: 'Share' });
    const bin = page.getByRole('button', { name: 'Remove this box' });
    const places = async () => Promise.all([share, bin, page.locator('.grid').first()].map(placeOf));
    const before = await places();
    expect(before[0].y + before[0].height / 2).toBeCloseTo(before[1].y + before[1].height / 2, 0);
    await share.tap();
    const note = page.getByText('Link copied.');
    await note.waitFor();
    expect(await places()).toEqual(before);
    expect(await isInView(note)).toBe(true);
    // It goes when the shopper goes on.
    await page.locator('.result-head .hint').tap();
    await note.waitFor({ state: 'hidden' });
    await share.tap();
    await note.waitFor();

    // By keyboard, pointed at, or held down, the bin says what it does.
    const tip = () =>
      page.evaluate(`getComputedStyle(document.querySelector('.result-head > [aria-label]'), '::after').content`);
    expect(await tip()).toBe('none');
    await bin.focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    await expectSoon(tip).toBe('"Remove this box"');

    await page.getByRole('button', { name: 'Kind: Dress' }).tap();
    const found = page.getByRole('menuitemradio', { name: 'As found' });
    await found.waitFor();
    const gap = await page.evaluate(`(() => {
      const item = document.querySelector('.menu-item[data-selected]');
      const text = document.createRange();
      text.selectNodeContents(item);
      return text.getBoundingClientRect().left - item.getBoundingClientRect().left;
    })()`);
    // Padding, the dot, and a space.
    expect(gap).toBeLessThanOrEqual(12 + 8 + 12);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
