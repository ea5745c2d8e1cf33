import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { type DetectAll, evaluateCommand } from './evaluate.ts';

const golden = JSON.parse(await readFile(new URL('../../tests/golden/coco-hand.json', import.meta.url), 'utf8'));
const goldenCase = golden.cases.find(({ title }: { title: string }) => title.startsWith('photos without annotations'));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  await writeFile(join(folder, 'val.json'), JSON.stringify(goldenCase.annotations));
  await writeFile(join(folder, 'found.json'), JSON.stringify(goldenCase.detections));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command in the folder's files and gathers what it prints. */
async function evaluate(args: readonly string[], detectAll?: DetectAll): Promise<{ out: string; err: string }> {
  const command = evaluateCommand(detectAll).exitOverride();
  const argv = args.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg));
  return captureOutput(() => command.parseAsync(argv, { from: 'user' }));
}
const files = ['--annotations', 'val.json', '--detections', 'found.json'];

describe('deepshop evaluate', () => {
  test('--json prints the document of the contract and nothing else', async () => {
    const { out, err } = await evaluate([...files, '--json']);
    const { perAreaRange, perIouThreshold, curve, perClass, ...numbers } = goldenCase.expected;
    const document = JSON.parse(out);
    expect(Object.keys(document)).toEqual([
      ...['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl', 'AR1', 'AR10', 'AR100', 'ARs', 'ARm', 'ARl', 'perClass'],
    ]);
    expect(document).toMatchObject({ AP50: expect.closeTo(numbers.AP50, 9), APl: -1 });
    expect(document.perClass).toEqual(
      perClass.map((row: { AP: number; AP50: number }) => ({
        ...row,
        AP: expect.closeTo(row.AP, 9),
        AP50: expect.closeTo(row.AP50, 9),
      })),
    );
    expect(err).toBe('');
  });

  test('prints a table that explains -1', async () => {
    const { out } = await evaluate(files);
    expect(out).toContain('5 photos, 3 boxes and 0 crowd regions in 3 classes; 3 detections');
    expect(out).toMatch(/^AP50 +precision, IoU 0.50 +\d\.\d{4}$/m);
    expect(out).toMatch(/^hat +0 +-1 +-1$/m);
    expect(out).toContain('-1: no ground truth of this kind');
  });

  test("thresholds and area ranges of one's own have tables of their own", async () => {
    const own = [...files, '--iou', '0.75,0.5,0.5', '--areas', 'tiny:0-100,rest:100-'];
    const { perAreaRange, perIouThreshold, AP50, APs } = JSON.parse((await evaluate([...own, '--json'])).out);
    expect(perIouThreshold.map(({ iou }: { iou: number }) => iou)).toEqual([0.5, 0.75]);
    expect(perAreaRange.map(({ name }: { name: string }) => name)).toEqual(['all', 'tiny', 'rest']);
    expect(AP50).toBeCloseTo(goldenCase.expected.AP50, 9);
    expect(APs).toBe(-1);
    const { out } = await evaluate(own);
    expect(out).toMatch(/^rest +100 to any +\S+ +\S+$/m);
    expect(out).toMatch(/^0\.75 +\S+ +\S+$/m);
    expect(out).not.toContain('small');
  });

  test.each([
    ['--iou', '0.5,x'],
    ['--iou', '1.5'],
    ['--areas', 'small:9-1'],
    ['--areas', 'small'],
    ['--areas', 'a:0-1,a:1-2'],
  ])('refuses %s %s', async (flag, value) => {
    await expect(evaluate([...files, flag, value])).rejects.toThrow(/expected/);
  });

  test('--bootstrap adds intervals by the seed', async () => {
    const { out } = await evaluate([...files, '--json', '--bootstrap', '20', '--seed', '4']);
    const { bootstrap } = JSON.parse(out);
    expect(bootstrap).toMatchObject({ resamples: 20, seed: 4, level: 0.95, numbers: { APl: null } });
    expect(bootstrap.numbers.AP50).toHaveLength(2);
    expect(bootstrap.frequentClasses).toMatchObject({ classes: 0, AP50: -1, intervals: { AP50: null } });
    expect((await evaluate([...files, '--bootstrap', '20'])).out).toContain(
      'Intervals: 20 resamples of the photos, seed 0.',
    );
  });

  test('a model adds its accuracies', async () => {
    // Finds the box of each photo as a bag: right in one of three photos with labels.
    const detectAll: DetectAll = async ({ groundTruth }) => ({
      photos: groundTruth.fileNames.map(() => ({
        boxes: Float32Array.of(10, 10, 30, 30),
        labels: Int32Array.of(groundTruth.classes.indexOf('bag') + 1),
        scores: Float32Array.of(0.5),
      })),
      roiAccuracy: 0.75,
    });
    const { out } = await evaluate(['--annotations', 'val.json', '--model', 'm', '--images', 'i', '--json'], detectAll);
    const document = JSON.parse(out);
    expect(document).toMatchObject({ roiAccuracy: 0.75, topClassAccuracy: 1 / 3 });
    const text = (await evaluate(['--annotations', 'val.json', '--model', 'm', '--images', 'i'], detectAll)).out;
    expect(text).toContain('sampled regions whose class is right, background included: 0.7500 (RoI accuracy)\n');
    expect(text).toContain('photos whose best detection is of a class that is in them: 0.3333\n');
    // One of five detections is right, behind those of the photos before it.
    expect(document.perClass[1]).toMatchObject({ label: 'bag', AP50: expect.closeTo(0.25, 9), groundTruths: 1 });
  });

  test('class names cannot steer the terminal', async () => {
    const name = 'hat\u001b[2J\u009b2J\u202e';
    await writeFile(
      join(folder, 'odd.json'),
      JSON.stringify({ ...goldenCase.annotations, categories: [3, 5, 7].map((id) => ({ id, name })) }),
    );
    const steering = /(?!\n)[\p{Cc}\p{Cf}]/u;
    const given = ['--annotations', 'odd.json', '--detections', 'found.json'];
    expect((await evaluate(given)).out).not.toMatch(steering);
    const { out } = await evaluate([...given, '--json']);
    expect(out).not.toMatch(steering);
    expect(JSON.parse(out).perClass[0].label).toBe(name);
  });

  test('refuses flags that do not fit together, and numbers that are none', async () => {
    const detectAll: DetectAll = async () => ({ photos: [], roiAccuracy: 0 });
    const usage = (text: RegExp) => expect.objectContaining({ code: 'usage', message: expect.stringMatching(text) });
    await expect(evaluate(['--annotations', 'val.json'])).rejects.toEqual(
      usage(/expected --detections FILE, or --model DIR with --images DIR; got neither/),
    );
    await expect(evaluate(['--annotations', 'val.json', '--model', 'm'], detectAll)).rejects.toEqual(
      usage(/got --model/),
    );
    await expect(evaluate([...files, '--model', 'm', '--images', 'i'], detectAll)).rejects.toEqual(
      usage(/got --detections and --model and --images/),
    );
    await expect(evaluate([...files, '--bootstrap', '0'])).rejects.toThrow(/--bootstrap.*'0'.*above 0/);
    await expect(evaluate([...files, '--seed', '1.5'])).rejects.toThrow(/--seed.*'1.5'.*whole number/);
  });

  test('says which file is wrong', async () => {
    await expect(evaluate(['--annotations', 'found.json', '--detections', 'val.json'])).rejects.toThrow(
      /found\.json: is no COCO annotation file/,
    );
    await expect(evaluate(['--annotations', 'none.json', '--detections', 'val.json'])).rejects.toThrow(
      /none\.json: cannot be read/,
    );
  });
});
