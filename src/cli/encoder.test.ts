import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { tinyConfig, tinyParts } from '../../tests/tiny-detector.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { openEncoder } from '../embedding/encoder-node.ts';
import type { OpenedEngine } from '../embedding/model-engine.ts';
import { openEngine } from '../embedding/open-engine-node.ts';
import { withEncoder } from '../embedding/with-encoder.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { writeDemoCatalogue } from '../studio/catalogue-node.ts';
import type { LoadEngine } from './command-runtime.ts';
import { run } from './main.ts';

const golden = fileURLToPath(new URL('../../tests/golden/encoder', import.meta.url));
let folder = '';
let engine: OpenedEngine;
let [model, encoder, other, csv, store] = ['', '', '', '', ''];
/** The first item's: its picture, and where in it its garment was found. */
let first: { readonly id: string; readonly picture: string; readonly box: string };

/** As the command line does it, but that the model is read once. */
const loadEngine: LoadEngine = async (_, options = {}) =>
  options.encoder === undefined ? engine : withEncoder(engine, await openEncoder(options.encoder));

async function deepshop(...argv: string[]) {
  process.exitCode = undefined;
  const { out, err } = await captureOutput(() => run(['node', 'deepshop', ...argv], loadEngine));
  return { status: process.exitCode ?? 0, out, err };
}
const stamp = async (place: string) => JSON.parse(await readFile(join(place, 'store.json'), 'utf8'));
const recommendFirst = (place: string, ...argv: string[]) =>
  deepshop('recommend', first.picture, '--box', first.box, '--store', place, '--model', model, '--json', ...argv);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encoder-cli-'));
  [model, store] = [join(folder, 'model'), join(folder, 'store')];
  await writeModel(model, {
    ...tinyParts(),
    config: { ...tinyConfig, classes: ['coat', 'odd', 'top'] },
    name: 'tiny',
    minScore: 0.05,
  });
  engine = await openEngine(model);
  encoder = join(folder, 'encoder', 'encoder.json');
  await cp(golden, join(folder, 'encoder'), { recursive: true });
  other = join(folder, 'encoder', 'other.json');
  await writeFile(other, (await readFile(encoder, 'utf8')).replace('"squash"', '"crop"'));
  ({ csv } = await writeDemoCatalogue(join(folder, 'shop'), { count: 4, seed: 3 }));
  // Threads of their own: they must open the encoder too.
  const flags = ['--store', store, '--model', model, '--encoder', encoder, '--store-kind', 'exact', '--workers', '1'];
  const { status, err } = await deepshop('index', csv, ...flags);
  expect({ status, err }).toMatchObject({ status: 0 });
  for await (const { product, box, attributes } of (await openAnyStore(store)).rows()) {
    first = { id: product, picture: String(attributes.file), box: box.join(',') };
    break;
  }
});
afterAll(async () => {
  await engine.release();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  process.exitCode = undefined;
});

describe('a store of vectors of an encoder', () => {
  test('says so, and answers the encoder: an item is most similar to itself, of unknown match', async () => {
    expect(await stamp(store)).toMatchObject({ descriptor: 'external', dimension: 12, metric: 'cosine' });
    const { status, out } = await recommendFirst(store, '--encoder', encoder, '--any-category');
    expect(status).toBe(0);
    const [{ items }] = JSON.parse(out).photos[0].garments;
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({ product: first.id, similarity: expect.closeTo(1, 4), match: null });
  });

  test('changes nothing when it is indexed again', async () => {
    const flags = ['--store', store, '--model', model, '--encoder', encoder, '--json'];
    expect(JSON.parse((await deepshop('index', csv, ...flags)).out)).toMatchObject({ added: 0, unchanged: 4 });
  });

  test.each<[string, () => string[], RegExp]>([
    ['none', () => [], /asked for.*expected an encoder beside the model; got none\. Give --encoder FILE/],
    [
      'another',
      () => ['--encoder', other],
      /another model or descriptor; expected space .*external, 12 numbers.*--encoder as when/,
    ],
  ])('is not asked with %s', async (_, flags, message) => {
    const asked = await recommendFirst(store, ...flags());
    expect(asked.status).toBe(1);
    expect(asked.err).toMatch(message);
    const indexed = await deepshop('index', csv, '--store', store, '--model', model, ...flags());
    expect(indexed.status).toBe(1);
    expect(indexed.err).toMatch(/expected space .*external, 12 numbers.*--encoder as when it was indexed/);
  });

  test('is migrated to the model and back, and a store of the model is not asked with an encoder', async () => {
    const moved = join(folder, 'moved');
    await cp(store, moved, { recursive: true });
    const migrate = (...flags: string[]) => deepshop('index', 'migrate', moved, '--model', model, ...flags);
    expect((await migrate()).err).toMatch(/Give --encoder FILE/);
    expect((await migrate('--descriptor', 'garment')).out).toMatch(/4 moved, 0 left out/);
    expect((await recommendFirst(moved)).status).toBe(0);
    const refused = await recommendFirst(moved, '--encoder', encoder);
    expect(refused).toMatchObject({
      status: 1,
      err: expect.stringMatching(/expected space .*garment.*got space .*external/),
    });
    expect((await migrate('--encoder', encoder)).out).toMatch(/4 moved, 0 left out/);
    expect(await stamp(moved)).toMatchObject({ descriptor: 'external', spaceId: (await stamp(store)).spaceId });
    expect((await recommendFirst(moved, '--encoder', encoder)).status).toBe(0);
  });
});

test('--descriptor and --encoder together are wrong usage', async () => {
  const place = join(folder, 'none');
  const flags = ['--store', place, '--model', model, '--encoder', encoder, '--descriptor', 'paper'];
  const { status, err } = await deepshop('index', csv, ...flags);
  expect({ status, err }).toMatchObject({ status: 2, err: expect.stringMatching(/expected one of them; got both/) });
  expect(await readdir(folder)).not.toContain('none');
});

describe('on garments photographed again', () => {
  let data = '';
  beforeAll(async () => {
    const set = await writeLabelledPhotos(join(folder, 'photos'), { count: 18 });
    data = join(folder, 'data');
    await prepareCoco({ ...set, out: data });
  });

  test('an encoder is measured beside the descriptors of the model', async () => {
    const flags = ['--model', model, '--encoder', encoder, '--data', data, '--bootstrap', '10', '--queries', '2'];
    const report = JSON.parse((await deepshop('evaluate', 'retrieval', ...flags, '--json')).out);
    const measured = report.results.filter(({ descriptor }: { descriptor: string }) => descriptor === 'external');
    expect(measured.map(({ box }: { box: string }) => box)).toEqual(['given', 'detected', 'listed', 'whole']);
    expect(measured[0]).toMatchObject({ dimension: 12, queries: 2, missed: 0 });
    expect(report.results.map(({ descriptor }: { descriptor: string }) => descriptor)).toContain('garment');
  });

  test('its matches are calibrated into its own file, which stays of the same space', async () => {
    const { status, out } = await deepshop(
      'calibrate',
      '--model',
      model,
      '--encoder',
      encoder,
      '--data',
      data,
      '--json',
    );
    expect(status).toBe(0);
    const { measured } = JSON.parse(out);
    expect(measured).toMatchObject([{ descriptor: 'external' }]);
    const { calibration = null } = JSON.parse(await readFile(encoder, 'utf8'));
    expect(calibration).toEqual(measured[0].calibration);
    expect((await recommendFirst(store, '--encoder', encoder)).status).toBe(0);
  });

  test.each([
    [['--out', 'x'], /written into its encoder\.json/],
    [[], /expected --model DIR and --out DIR, or --encoder FILE/],
  ])('calibrate refuses %j', async (flags, message) => {
    const given = flags.length > 0 ? ['--encoder', encoder, ...flags] : [];
    const { status, err } = await deepshop('calibrate', '--data', data, ...given);
    expect({ status, err }).toMatchObject({ status: 2, err: expect.stringMatching(message) });
  });
});
