import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import type { DetectAll } from './evaluate.ts';
import { reportCommand } from './report.ts';
import { nameByPath } from './report-runs.ts';

let folder = '';
const at = (...parts: string[]) => join(folder, ...parts);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-report-'));
  await prepareCoco({ ...(await writeLabelledPhotos(folder, { count: 12 })), out: at('set') });
  await mkdir(at('torn'));
  await writeFile(at('torn', 'model.json'), '{"name": ');
  for (const run of ['good', 'poor']) {
    await mkdir(at(run, 'best'), { recursive: true });
    await copyFile(new URL('../../docs/runs/lite0-street13-leg2.jsonl', import.meta.url), at(run, 'log.jsonl'));
    const minScore = run === 'good' ? { tee: 0.3, trousers: 0.4 } : 0.4;
    const calibration = run === 'good' ? { scale: 0.8, shift: -1.3 } : { scale: 1, shift: 0 };
    const model = { name: `${run} model`, architecture: { trunk: 'lite0' }, minScore, calibration };
    await writeFile(at(run, 'best', 'model.json'), JSON.stringify(model));
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Finds every box; the poor model calls all of them by the first class. */
const detectAll: DetectAll = async ({ model, groundTruth }) => ({
  photos: Array.from({ length: groundTruth.numImages }, (_, image) => {
    const rows = [...groundTruth.images.keys()].filter((row) => groundTruth.images[row] === image);
    return {
      boxes: Float32Array.from(
        rows.flatMap((row) => {
          const [x, y, width, height] = groundTruth.boxes.subarray(row * 4, row * 4 + 4);
          return [x!, y!, x! + width!, y! + height!];
        }),
      ),
      labels: Int32Array.from(rows, (row) => (model.includes('poor') ? 1 : groundTruth.labels[row])),
      scores: Float32Array.from(rows, () => 0.45),
    };
  }),
  roiAccuracy: 0.75,
});

async function report(args: readonly string[]) {
  const out = at('out');
  await rm(out, { recursive: true, force: true });
  const command = reportCommand(detectAll)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const printed = await captureOutput(() => command.parseAsync([...args, '--out', out], { from: 'user' }));
  return { ...printed, files: await readdir(out), page: await readFile(join(out, 'index.html'), 'utf8') };
}

describe('deepshop report', () => {
  test('of a run and a data set writes the page, and every figure as SVG and PNG', async () => {
    const { out, err, files, page } = await report([at('good'), '--data', at('set'), '--bootstrap', '5']);
    const pictures = files.filter((name) => name.endsWith('.png')).map((name) => name.slice(0, -4));
    expect(pictures).toEqual([
      'confusion-good-set-val',
      'errors-good-set-val',
      'figure-4-loss',
      'figure-5-accuracy',
      'figure-6-precision-set-val',
      'precision-recall-good-set-val',
      'reliability-good-set-val',
      'table-2',
    ]);
    for (const name of pictures) expect(files).toContain(`${name}.svg`);
    expect((await sharp(at('out', 'table-2.png')).metadata()).width).toBe(1800);
    expect(out).toContain('good: mAP@0.5 1.000, mAP@[.5:.95] 1.000 (set, val: 4 photos, 4 boxes in 3 classes)');
    expect(err).toContain('good on set, val');
    expect(page).toContain('set, val: 4 photos, 4 boxes in 3 classes');
    expect(page).toContain('model good model, trunk lite0');
    expect(page).toContain('from score 0.3 to 0.4 (by class) on');
  });

  test('--compare lays runs side by side, and --json prints the numbers', async () => {
    const args = [at('good'), at('poor'), '--data', `${at('set')}:val`, '--compare', '--json', '--bootstrap', '0'];
    const { out, files, page } = await report(args);
    const document = JSON.parse(out);
    const [good, poor] = document.runs;
    expect(good.evaluations[0]).toMatchObject({ AP50: 1, topClassAccuracy: 1, roiAccuracy: 0.75, intervals: null });
    expect(poor.evaluations[0].errors).toMatchObject({ minScore: 0.4 });
    expect(poor.evaluations[0].AP50).toBeLessThan(1);
    // All four of a score of 0.45 are right; before the model's calibration it was that of 0.8 x log odds - 1.3 = log(0.45 / 0.55).
    expect(good.evaluations[0].calibrationError).toBeCloseTo(0.55, 6);
    const raw = 1 / (1 + Math.exp(-(Math.log(0.45 / 0.55) + 1.3) / 0.8));
    const { bins, rawBins } = good.evaluations[0].reliability;
    expect(bins[4]).toMatchObject({ count: 4, share: 1 });
    expect(rawBins[Math.floor(10 * raw)]).toMatchObject({ count: 4, share: 1 });
    expect(rawBins[Math.floor(10 * raw)].meanScore).toBeCloseTo(raw, 6);
    expect(poor.evaluations[0].reliability.rawBins).toBeNull();
    expect(document.table2.at(-1)).toMatchObject({ model: 'X101-32 (paper)', AP50: 0.725 });
    expect(JSON.parse(await readFile(at('out', 'report.json'), 'utf8'))).toEqual(document);
    expect(files).toEqual(
      expect.arrayContaining(['errors-good-poor-set-val.png', 'worst-photos-good-poor-set-val.svg']),
    );
    expect(page).toContain('good beside poor on set, val');
    expect(page).toMatch(/<small>−\d\.\d{3}<\/small>/);
    expect(page).toContain('data:image/jpeg;base64,');
  });

  test('--worst 0 shows none', async () => {
    const args = [at('good'), at('poor'), '--data', at('set'), '--compare', '--bootstrap', '0'];
    const { files, page } = await report([...args, '--worst', '0']);
    expect(files).toContain('errors-good-poor-set-val.png');
    expect(files.join()).not.toContain('worst-photos');
    expect(page).not.toContain('data:image/jpeg;base64,');
    await expect(report([...args, '--worst', '-1'])).rejects.toThrow(/expected a whole number/);
  });

  test('of a log alone has the curves, and the dev folds in Table 2', async () => {
    const { out, files } = await report([at('good', 'log.jsonl'), '--names', 'leg two']);
    expect(out).toContain('leg two: mAP@0.5 0.895');
    expect(files).toContain('figure-6-precision-drawn-dev-fold.png');
  });

  test.each([
    ['a folder without a run', () => [at('images')], /is no run, model or log.*a folder with neither/],
    ['a folder that is not there', () => [at('nowhere')], /is no run.*got nothing/],
    ['a model.json that is cut off', () => [at('torn')], /model.json is damaged/],
    ['a file that is no log', () => [at('poor', 'best', 'model.json')], /is no run.*no line of a log/],
    ['a part that data sets lack', () => [at('good'), '--data', `${at('set')}:test`], /no such part.*got test/],
    ['a log with data', () => [at('good', 'log.jsonl'), '--data', at('set')], /no model to evaluate/],
    ['too few names', () => [at('good'), at('poor'), '--names', 'one'], /2 names/],
    ['names that are one file name', () => [at('good'), at('poor'), '--names', 'a b,a-b'], /differ in letters/],
  ])('refuses %s', async (_, args, message) => {
    await expect(report(args())).rejects.toThrow(message);
  });
});

test('runs are named by as much of their path as tells them apart', () => {
  expect(nameByPath(['/runs/leg1', '/runs/leg2'])).toEqual(['leg1', 'leg2']);
  expect(nameByPath(['/a/leg', '/b/leg', '/b/other'])).toEqual(['a/leg', 'b/leg', 'other']);
  expect(nameByPath(['/runs/leg1/best', '/x/log.jsonl'])).toEqual(['leg1/best', 'x/log']);
  expect(nameByPath(['/a', '/a', '/'])).toEqual(['a', 'a 2', 'root']);
  expect(nameByPath(['/a/r 1', '/a/r-1'])).toEqual(['r 1', 'r-1 2']);
});
