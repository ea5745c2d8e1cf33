import { describe, expect, it } from 'vitest';
import { languages } from '../../src/web/words/languages.ts';
import { devices, findBarriers, hasChromium, openPage, useApp } from './browser.ts';
import { expectSoon, upload } from './shopper.ts';

/** On cores that a training run has, the model takes a minute to load. */
const patience = 240_000;

describe.skipIf(!hasChromium)('the settings', () => {
  const app = useApp();

  it('have the switch for this device on every page of a phone, also for the photo that is shown', {
    timeout: patience,
  }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    const theSwitch = page.getByRole('switch', { name: 'Find garments on this device' });
    await upload(page, app.shop);
    expect(await theSwitch.count()).toBe(0);
    const settings = page.getByRole('button', { name: 'Settings' });
    await settings.tap();
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await dialog.getByText('your photo never leaves this device').waitFor();
    expect(await findBarriers(page, '[role=dialog]')).toEqual([]);
    await dialog.locator('.device-switch').tap();
    await dialog.getByText('The model is ready').waitFor({ timeout: patience });
    await page.keyboard.press('Escape');
    await expectSoon(() => page.evaluate('document.activeElement.textContent')).toBe('Settings');
    await page.getByText('Found by the server').waitFor();
    await page.getByRole('button', { name: 'Find again on this device' }).tap();
    await page.getByText('Found on this device.').waitFor({ timeout: patience });

    // Elsewhere, by keyboard.
    await page.getByRole('link', { name: /Saved/ }).tap();
    await settings.focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await theSwitch.focus();
    expect(await theSwitch.isChecked()).toBe(true);
    await page.keyboard.press('Space');
    await expectSoon(() => theSwitch.isChecked()).toBe(false);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(Object.values(languages))(
    'are reached in $name on the narrowest phone',
    { timeout: 120_000 },
    async ({ words }) => {
      const locale = Object.entries(languages).find(([, each]) => each.words === words)?.[0] ?? '';
      const phone = { ...devices.phone, viewport: { width: 320, height: 640 }, locale };
      const { page, context } = await openPage(app.browser, app.shop, phone);
      await page.goto('/favourites');
      await page.getByRole('button', { name: words.settings }).tap();
      await page.getByRole('switch', { name: words.device.title }).waitFor({ state: 'attached' });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      const [left, right] = await page.evaluate<[number, number]>(
        `(({ left, right }) => [left, right])(document.querySelector('.popover').getBoundingClientRect())`,
      );
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(320);
      expect(await findBarriers(page, '[role=dialog]')).toEqual([]);
      await context.close();
    },
  );
});
