import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { devices, hasChromium, openPage, useApp } from './browser.ts';
import {
  card,
  chosenBox,
  collectSearches,
  dragFinger,
  dragMouse,
  expectSoon,
  type Place,
  placeOf,
  stage,
  upload,
} from './shopper.ts';

type Point = readonly [x: number, y: number];

/** A point of the photo as it is shown, by its share of both sides. */
const pointAt = ({ x, y, width, height }: Place, [across, down]: Point): Point => [
  x + across * width,
  y + down * height,
];

describe.skipIf(!hasChromium)('boxes on the photo', () => {
  const app = useApp();

  /** The photo as it was sent, in pixels. */
  const photoSize = (page: Page): Promise<{ width: number; height: number }> =>
    page.evaluate(`(({ naturalWidth, naturalHeight }) => ({ width: naturalWidth, height: naturalHeight }))(
      document.querySelector('.stage img'))`);

  /** Draws a box from one point of the photo to another; what is asked about is that box. */
  async function expectDrawn(page: Page, drag: typeof dragMouse, asked: readonly { box?: unknown }[]): Promise<void> {
    const numBoxes = await page.locator('.garment-box').count();
    const shown = await placeOf(stage(page));
    const [from, to]: readonly [Point, Point] = [
      [0.7, 0.6],
      [0.3, 0.2],
    ];
    await drag(page, pointAt(shown, from), pointAt(shown, to));
    await expectSoon(() => page.locator('.garment-box').count()).toBe(numBoxes + 1);
    const drawn = await placeOf(chosenBox(page));
    expect(drawn.x).toBeCloseTo(shown.x + 0.3 * shown.width, 0);
    expect(drawn.y).toBeCloseTo(shown.y + 0.2 * shown.height, 0);
    expect(drawn.width).toBeCloseTo(0.4 * shown.width, 0);
    expect(drawn.height).toBeCloseTo(0.4 * shown.height, 0);
    const { width, height } = await photoSize(page);
    await expectSoon(() => asked.at(-1)?.box).toEqual(
      [0.3 * width, 0.2 * height, 0.7 * width, 0.6 * height].map((edge) => expect.closeTo(edge, -1)),
    );
    await card(page).first().waitFor();
    // One box a press of the button: the next drag moves it.
    expect(await stage(page).getAttribute('data-drawing')).toBeNull();
  }

  it('are drawn by mouse; a slip of the hand draws none, and drawing can be called off', {
    timeout: 240_000,
  }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.desktop);
    const asked = collectSearches(page);
    await upload(page, app.shop);
    const numBoxes = await page.locator('.garment-box').count();
    const shown = await placeOf(stage(page));
    await page.getByRole('button', { name: 'Draw a box' }).click();
    await page.getByText('Drag across the photo').waitFor();
    await dragMouse(page, pointAt(shown, [0.5, 0.5]), pointAt(shown, [0.51, 0.51]));
    expect(await page.locator('.garment-box').count()).toBe(numBoxes);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await stage(page).getAttribute('data-drawing')).toBeNull();

    await page.getByRole('button', { name: 'Draw a box' }).click();
    await expectDrawn(page, dragMouse, asked);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('are drawn, and dragged by each corner, by a finger', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    const asked = collectSearches(page);
    await upload(page, app.shop);
    await page.getByRole('button', { name: 'Draw a box' }).tap();
    await expectDrawn(page, dragFinger, asked);

    const start = await placeOf(chosenBox(page));
    // By corner: what its drag by 12 pixels outwards does to the left, upper, right and lower edge.
    const moves = {
      nw: [-12, -12, 0, 0],
      ne: [0, -12, 12, 0],
      sw: [-12, 0, 0, 12],
      se: [0, 0, 12, 12],
    } as const;
    let [left, top, right, bottom] = [start.x, start.y, start.x + start.width, start.y + start.height];
    for (const [corner, [dLeft, dTop, dRight, dBottom]] of Object.entries(moves)) {
      const handle = await placeOf(page.locator(`.handle[data-corner=${corner}]`));
      const from = pointAt(handle, [0.5, 0.5]);
      await dragFinger(page, from, [from[0] + dLeft + dRight, from[1] + dTop + dBottom]);
      [left, top, right, bottom] = [left + dLeft, top + dTop, right + dRight, bottom + dBottom];
      const wanted = { x: left, y: top, width: right - left, height: bottom - top };
      await expectSoon(() => placeOf(chosenBox(page)), { message: corner }).toEqual({
        x: expect.closeTo(wanted.x, 0),
        y: expect.closeTo(wanted.y, 0),
        width: expect.closeTo(wanted.width, 0),
        height: expect.closeTo(wanted.height, 0),
      });
    }
    const { width, height } = await photoSize(page);
    const shown = await placeOf(stage(page));
    const inPhoto = [
      ((left - shown.x) / shown.width) * width,
      ((top - shown.y) / shown.height) * height,
      ((right - shown.x) / shown.width) * width,
      ((bottom - shown.y) / shown.height) * height,
    ];
    await expectSoon(() => asked.at(-1)?.box).toEqual(inPhoto.map((edge) => expect.closeTo(edge, -1)));
    // The page has not scrolled under the finger.
    expect(await page.evaluate('window.scrollY')).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('are of another class when the shopper says so, and of their own again', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.desktop);
    const asked = collectSearches(page);
    await upload(page, app.shop);
    await page.getByRole('radio', { name: 'Trousers' }).click();
    const kind = page.getByRole('button', { name: /^Kind:/ });
    await kind.click();
    await page.getByRole('menuitemradio', { name: 'Dress' }).click();
    await expectSoon(() => asked.at(-1)).toMatchObject({ filter: 'label = "dress"', anyCategory: true });
    await page.getByRole('button', { name: 'Kind: Dress' }).waitFor();
    await page.getByRole('button', { name: /^Dress, garment/ }).waitFor();
    await page.locator('.grid .card').first().waitFor();
    await page.locator('.card-picture').first().click();
    await page.getByRole('dialog').getByText('Also: Dress').waitFor();
    await page.keyboard.press('Escape');

    // By keyboard, to what was found.
    await kind.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: 'As found' }).waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Kind: Trousers' }).waitFor();
    await page.locator('.grid .card').first().waitFor();
    await page.locator('.card-picture').first().click();
    await page.getByRole('dialog').getByText('Also: Trousers').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
