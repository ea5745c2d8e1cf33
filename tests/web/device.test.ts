import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { DetectAnswer, SearchAnswer } from '../../src/client/client.ts';
import { devices, findBarriers, hasChromium, openPage, useApp } from './browser.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { expectSameGarments, expectSameItems, expectSameReasons } from './same-answers.ts';

/** On cores that a training run has, the model takes a minute to load, and is loaded three times in one test. */
const patience = 600_000;
const expectSoon: typeof expect.poll = (read, options) => expect.poll(read, { timeout: 60_000, ...options });

const theSwitch = (page: Page) => page.getByRole('switch', { name: 'Find garments on this device' });
const hint = (page: Page) => page.locator('.device .hint');
const boxes = (page: Page) => page.locator('.garment-box');

/** Presses it as a mouse or finger does: the input itself is not seen. */
const press = (page: Page) => page.locator('.device-switch').click();

async function isReady(page: Page): Promise<void> {
  await hint(page).filter({ hasText: 'The model is ready' }).waitFor({ timeout: patience });
}

async function take(page: Page, file: string): Promise<void> {
  await page.goto('/');
  await isReadyOrOff(page);
  await page.locator('input[type=file]').last().setInputFiles(file);
  await boxes(page).first().waitFor({ timeout: patience });
  await expectSoon(() => page.locator('.stage[data-waiting]').count()).toBe(0);
}

/** Drawn by the build: `scripts/web/drawn-files.ts`. */
const numSamples = 4;

async function trySample(page: Page, sample: number): Promise<void> {
  await page.goto('/');
  await isReadyOrOff(page);
  await page.getByRole('button', { name: `Sample photo ${sample}` }).click();
}

async function isReadyOrOff(page: Page): Promise<void> {
  if (await theSwitch(page).isChecked()) await isReady(page);
}

/** Addresses to which a picture was sent. */
const picturesIn = ({ sent }: Recorder) => sent.filter(({ body }) => holdsPicture(body)).map(({ path }) => path);

/** Start of a JPEG, PNG or WebP, as it is or in base64. */
function holdsPicture(body: Buffer): boolean {
  const starts = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('\x89PNG', 'latin1'), Buffer.from('WEBP')];
  const text = body.toString('latin1');
  return starts.some((each) => body.includes(each)) || /\/9j\/|iVBORw0KGgo|image\/|blob:/.test(text);
}

describe.skipIf(!hasChromium)('garments found on the device, in the app', () => {
  const app = useApp(600_000);

  it('desktop: finds what the server finds, and no body that is sent holds the photo', {
    timeout: patience,
  }, async () => {
    const recorder = await openRecorder(app.shop.server.url);
    const { sent } = recorder;
    const options = { ...devices.desktop, baseURL: recorder.url };
    const { page, context, complaints } = await openPage(app.browser, app.shop, options);
    await page.goto('/');
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    // By keyboard.
    await theSwitch(page).focus();
    await page.keyboard.press('Space');
    await isReady(page);
    const answeredHere = page.waitForResponse('**/v1/search');
    await take(page, app.shop.photo);
    const here: SearchAnswer = await (await answeredHere).json();
    await page.locator('.card-picture').first().click();
    const reasons = page.getByRole('dialog').locator('.why li');
    await reasons.filter({ hasText: /colours$/ }).waitFor();
    await reasons.filter({ hasText: /pattern$/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Found on this device. The photo was not sent.').waitFor();

    const searches = () => sent.filter(({ path }) => path.endsWith('/v1/search'));
    const numSearches = () => searches().length;
    const lastAsked = () => JSON.parse(String(searches().at(-1)?.body));
    const asked: { garments: DetectAnswer['garments']; look: boolean } = lastAsked();
    expect(asked).toMatchObject({ look: true, spaceId: expect.any(String) });
    // Names of fields: nothing else of the photo is told.
    const told = ['box', 'classes', 'facts', 'label', 'score', 'vector'];
    for (const garment of asked.garments) expect(Object.keys(garment).sort()).toEqual(told);

    const samplesHere: DetectAnswer['garments'][] = [];
    for (let sample = 1; sample <= numSamples; sample++) {
      const numAsked = numSearches();
      await trySample(page, sample);
      await expectSoon(() => numSearches()).toBeGreaterThan(numAsked);
      const { garments, ...one } = lastAsked();
      samplesHere.push(garments ?? [one]);
    }
    await take(page, app.shop.photo);

    // A box that is moved, and one that is drawn, are described here and asked about by their vectors.
    const numBoxes = await boxes(page).count();
    await page.getByRole('button', { name: /^Trousers, garment/ }).click();
    await expectSoon(() => lastAsked().label).toBe('trousers');
    const before = lastAsked();
    await page.locator('.garment-box[aria-pressed=true]').focus();
    await page.keyboard.press('ArrowLeft');
    await expectSoon(() => lastAsked().box?.[0]).toBeLessThan(before.box[0]);
    const described = { vector: expect.any(String), label: 'trousers', drawn: true, facts: expect.any(Object) };
    expect(lastAsked()).toMatchObject({ spaceId: before.spaceId, ...described });
    expect(lastAsked().vector).not.toBe(before.vector);
    await page.getByRole('button', { name: 'Draw a box' }).focus();
    await page.keyboard.press('Enter');
    await expectSoon(() => boxes(page).count()).toBe(numBoxes + 1);
    await page.locator('.grid .card').first().waitFor();
    expect(sent.some(({ path }) => path.endsWith('/v1/detect'))).toBe(false);
    expect(picturesIn(recorder)).toEqual([]);

    // The same photo by the server, when the shopper says so, and not before.
    await press(page);
    await page.getByRole('button', { name: 'Send the photo to the server' }).waitFor();
    expect(sent.some(({ path }) => path.endsWith('/v1/detect'))).toBe(false);
    const answered = page.waitForResponse('**/v1/detect');
    const answeredThere = page.waitForResponse('**/v1/search');
    await page.getByRole('button', { name: 'Send the photo to the server' }).click();
    const answer: DetectAnswer = await (await answered).json();
    const there: SearchAnswer = await (await answeredThere).json();
    expect(expectSameReasons(here.garments, there.garments)).toBeGreaterThan(10);
    expect(expectSameItems(here.garments, there.garments)).toBeGreaterThan(20);
    // What is looked for above is there when a photo is sent.
    expect(picturesIn(recorder)).toEqual(['/v1/detect']);
    let numCompared = await expectSameGarments(asked.garments, answer.garments, app.shop);
    for (const [index, here] of samplesHere.entries()) {
      const next = page.waitForResponse('**/v1/detect');
      await trySample(page, index + 1);
      const there: DetectAnswer = await (await next).json();
      numCompared += await expectSameGarments(here, there.garments, app.shop);
    }
    expect(numCompared).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
    await context.close();
    await recorder.close();
  });

  it('phone: bytes while the model loads; kept, it finds garments offline', { timeout: patience }, async () => {
    const { page, context, complaints } = await openPage(app.browser, app.shop, devices.phone);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route('**/weights.safetensors', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/');
    await hint(page).filter({ hasText: '26.2 MB' }).waitFor();
    await press(page);
    const bar = page.getByRole('progressbar', { name: 'Fetching the model' });
    await expectSoon(() => bar.getAttribute('aria-valuetext')).toMatch(/^\d+\.\d MB of (26\.2|28\.7) MB$/);
    expect(await findBarriers(page)).toEqual([]);
    // A photo that is taken meanwhile waits.
    await page.locator('input[type=file]').last().setInputFiles(app.shop.photo);
    await page.getByText('The model is loading.').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    goOn();
    await boxes(page).first().waitFor({ timeout: patience });
    await page.locator('.card').first().waitFor();
    const numBoxes = await boxes(page).count();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);

    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    const keptWorker = `caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))
      .then((all) => all.flat().some(({ url }) => /garment-worker/.test(url)))`;
    await expectSoon(() => page.evaluate(keptWorker)).toBe(true);
    await page.unroute('**/weights.safetensors');
    await context.setOffline(true);
    const abort = (route: Route) => route.abort();
    await page.route(/\/v1\/|\.wasm/, abort);
    await page.goto('/');
    await isReady(page);
    await page.locator('input[type=file]').last().setInputFiles(app.shop.photo);
    await expectSoon(() => boxes(page).count()).toBe(numBoxes);
    await page.getByText('Found on this device.').waitFor();
    await page.getByText('The shop cannot be reached.').first().waitFor();
    await page.unroute(/\/v1\/|\.wasm/, abort);
    await context.setOffline(false);
    await page.locator('.card').first().waitFor();
    await context.close();
  });

  it('what fails is told, with a way back to the server, and nothing is sent before', {
    timeout: patience,
  }, async () => {
    const recorder = await openRecorder(app.shop.server.url);
    const options = { ...devices.phone, colorScheme: 'dark', baseURL: recorder.url } as const;
    const { page, context } = await openPage(app.browser, app.shop, options);
    await page.route('**/check.json', async (route) => {
      const response = await route.fetch();
      const check = await response.json();
      check.drawn[0].vector.reverse();
      await route.fulfill({ response, json: check });
    });
    await page.goto('/');
    await press(page);
    const alert = page.getByRole('alert');
    await alert.getByText('gives other answers on this device').waitFor({ timeout: patience });
    expect(await findBarriers(page)).toEqual([]);
    await page.locator('input[type=file]').last().setInputFiles(app.shop.photo);
    await alert.getByText('gives other answers on this device').waitFor({ timeout: patience });
    expect(picturesIn(recorder)).toEqual([]);
    expect(await findBarriers(page)).toEqual([]);
    await alert.getByRole('button', { name: 'Use the server' }).click();
    await page.locator('.card').first().waitFor();
    expect(picturesIn(recorder)).toEqual(['/v1/detect']);
    await page.goto('/');
    expect(await theSwitch(page).isChecked()).toBe(false);

    // A worker that dies takes the model with it; another one is started.
    await page.unroute('**/check.json');
    await page.evaluate(`caches.delete('deep-shopping-device')`);
    await press(page);
    await isReady(page);
    const [worker] = page.workers();
    await worker?.evaluate(`setTimeout(() => { throw new Error('out of memory') })`);
    await alert.getByText('The model stopped on this device').waitFor();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await isReady(page);
    await context.close();
    await recorder.close();
  });

  it.each([
    ['other-space', 'do not match'],
    ['not-offered', 'does not run in browsers'],
  ] as const)('is off, and says why: %s', { timeout: patience }, async (why, words) => {
    const { page, context } = await openPage(app.browser, app.shop, devices.desktop);
    await page.route('**/v1/model', async (route) => {
      const response = await route.fetch();
      const model = await response.json();
      if (why === 'other-space') model.space.spaceId = '0'.repeat(32);
      else model.space.descriptor = 'external';
      await route.fulfill({ response, json: model });
    });
    await page.goto('/');
    await hint(page).filter({ hasText: words }).waitFor();
    expect(await theSwitch(page).isDisabled()).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    await context.close();
  });
});
