/** @file For tests: what a shopper does and sees in the app. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Shop } from './browser.ts';

/** Cores are shared with other tests, and with the network of the model. */
export const expectSoon: typeof expect.poll = (read, options) => expect.poll(read, { timeout: 30_000, ...options });

export const card = (page: Page) => page.locator('.card');
export const stage = (page: Page) => page.locator('.stage');
export const chosenBox = (page: Page) => page.locator('.garment-box[aria-pressed=true]');

/** Bodies of searches, in their order. */
export function collectSearches(page: Page): { [name: string]: unknown }[] {
  const sent: { [name: string]: unknown }[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/search')) sent.push(request.postDataJSON());
  });
  return sent;
}

export async function upload(page: Page, shop: Shop): Promise<void> {
  await page.goto('/');
  await page.locator('input[type=file]').last().setInputFiles(shop.photo);
  await card(page).first().waitFor();
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of an element in the page, in CSS pixels. */
export async function placeOf(element: Locator): Promise<Place> {
  return (await element.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
}

type Point = readonly [x: number, y: number];

/** Presses at one point and lets go at another. */
export async function dragMouse(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 4 });
  await page.mouse.up();
}

/** The same by a finger. */
export async function dragFinger(page: Page, from: Point, to: Point): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  await touch('touchStart', [from]);
  for (const share of [0.25, 0.5, 0.75, 1])
    await touch('touchMove', [[from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]]);
  await touch('touchEnd', []);
  await session.detach();
}

/** Of the chosen box in the photo as it is shown: a page that scrolls moves nothing. */
export async function placeInPhoto(page: Page): Promise<Place> {
  const [box, photo] = [await placeOf(chosenBox(page)), await placeOf(stage(page))];
  return { ...box, x: box.x - photo.x, y: box.y - photo.y };
}
