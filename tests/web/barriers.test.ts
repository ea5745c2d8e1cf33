import { describe, expect, it } from 'vitest';
import { devices, findBarriers, hasChromium, openPage, useApp } from './browser.ts';
import { upload } from './shopper.ts';

const looks = [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
] as const;

describe.skipIf(!hasChromium)('axe-core finds no barrier', () => {
  const app = useApp();

  it.each(looks)('%s, %s: on the way from a photo to an item', { timeout: 240_000 }, async (device, colorScheme) => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, { ...devices[device], colorScheme });
    await page.goto('/');
    await page.locator('.sample').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await upload(page, app.shop);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('radio', { name: 'Trousers' }).click();
    await page.locator('.grid .card').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Colour' }).click();
    await page.getByRole('menu').waitFor();
    // The page behind, checked above, is hidden meanwhile; axe only guesses that from where things lie.
    expect(await findBarriers(page, '[role=menu]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Price/ }).click();
    await page.getByRole('dialog').waitFor();
    expect(await findBarriers(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    expect(await findBarriers(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.card-picture').first().click();
    await page.getByText('Why this?').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(looks)('%s, %s: what was saved, sent and kept', { timeout: 240_000 }, async (device, colorScheme) => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, { ...devices[device], colorScheme });
    await page.goto('/favourites');
    await page.getByRole('heading', { name: 'Nothing saved yet' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goto('/similar?like=ds-0003');
    await page.locator('.grid .card').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    for (const button of (await page.locator('.grid .save-button').all()).slice(0, 3)) await button.click();
    await page.getByRole('link', { name: /Saved/ }).click();
    await page.locator('.grid .card').nth(2).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goto('/shared?item=ds-0001&item=ds-0002&item=ds-0003');
    await page.locator('.grid .card').nth(2).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goto('/shared?item=ds-9999');
    await page.getByRole('heading', { name: 'no longer in the shop' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goto('/admin');
    await page.getByLabel('Admin key').fill(app.shop.adminKey);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Catalogue' }).waitFor();
    expect(await page.locator('.facts dd').first().textContent()).toBe('39');
    expect(await findBarriers(page)).toEqual([]);
    // The shop's 404 of the item that is gone.
    expect(complaints.filter((each) => !each.includes('404'))).toEqual([]);
    await context.close();
  });
});
