import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { devices, hasChromium, openPage, useApp } from './browser.ts';
import { card, upload } from './shopper.ts';

/** Drags files of this machine over the page and lets them go, as a file manager does. */
async function dropFile(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', {
      type,
      x: 700,
      y: 600,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  await drag('dragEnter');
  await drag('dragOver');
  await page.getByText('Drop the photo to search with it').waitFor();
  // As over and over again while it is held: the answer to the one before says whether it may be let go.
  await drag('dragOver');
  await drag('drop');
  await page.getByText('Drop the photo to search with it').waitFor({ state: 'detached' });
  await session.detach();
}

const sizeShown = (page: Page): Promise<unknown> =>
  page.evaluate(
    `(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight])(document.querySelector('.stage img'))`,
  );

describe.skipIf(!hasChromium)('ways to a photo', () => {
  const app = useApp();

  it('a file that is dropped on any page; what is none is told', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.desktop);
    await page.goto('/favourites');
    await page.getByRole('heading', { name: 'Nothing saved yet' }).waitFor();
    await dropFile(page, app.shop.photo);
    await card(page).first().waitFor();
    const { width, height } = await sharp(app.shop.photo).metadata();
    expect(await sizeShown(page)).toEqual([width, height]);

    // The browser itself would leave the app and show the file.
    const text = join(dirname(app.shop.photo), 'list.txt');
    await writeFile(text, 'socks, scarf');
    await dropFile(page, text);
    await page.getByRole('alert').filter({ hasText: 'Choose a JPEG, PNG, WebP or AVIF' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a picture that is pasted; pasted text is left alone', { timeout: 240_000 }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, {
      ...devices.desktop,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.goto('/');
    await page.locator('.sample').first().waitFor();
    await page.evaluate(`navigator.clipboard.writeText('socks')`);
    await page.keyboard.press('Control+v');
    const size = { width: 300, height: 440 };
    const picture = await sharp(await readFile(app.shop.photo))
      .resize({ ...size, fit: 'fill' })
      .png()
      .toBuffer();
    await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob('${picture.toString('base64')}'), (letter) => letter.charCodeAt(0));
      return navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
    })()`);
    expect(await page.locator('.sample').count()).toBe(4);
    const sent = page.waitForRequest('**/v1/detect');
    await page.keyboard.press('Control+v');
    await sent;
    await card(page).first().waitFor();
    expect(await sizeShown(page)).toEqual([size.width, size.height]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says what to do with a file that is no photo', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.phone);
    await page.goto('/');
    const file = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };
    await page.locator('input[type=file]').last().setInputFiles(file);
    expect(await page.getByRole('alert').textContent()).toContain('Choose a JPEG, PNG, WebP or AVIF');
    await context.close();
  });

  it('a photo that the server has forgotten is sent again, unnoticed', { timeout: 120_000 }, async () => {
    const { page, context } = await openPage(app.browser, app.shop, devices.desktop);
    await upload(page, app.shop);
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
});
