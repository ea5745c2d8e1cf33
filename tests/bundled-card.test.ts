import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { expectedCalibrationError } from '../src/evaluation/reliability.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'models', 'lite0-street13');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

const bin = z.object({
  from: z.number(),
  to: z.number(),
  count: z.int(),
  meanScore: z.number().nullable(),
  share: z.number().nullable(),
});
const reliability = z.object({ calibrationError: z.number(), bins: z.array(bin), rawBins: z.array(bin) });
const metricsSchema = z.record(z.string(), z.object({ reliability }));

test('the bundled card links what is there', () => {
  const targets = [...read('README.md').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target!);
  expect(targets).toContain('reliability.svg');
  for (const target of targets.filter((each) => !/^https?:/.test(each)))
    expect(() => read(target), target).not.toThrow();
  const named = [...read('README.md').matchAll(/`((?:docs|recipes|benchmarks|scripts)\/[\w./-]+)`/g)];
  for (const [, path] of named) expect(existsSync(join(root, path!)), path).toBe(true);
});

test('card, diagram and metrics of the bundled model say one calibration error', () => {
  const card = read('README.md');
  const diagram = read('reliability.svg');
  const metrics = metricsSchema.parse(JSON.parse(read('metrics.json')));
  for (const [name, { reliability: found }] of Object.entries(metrics)) {
    const error = expectedCalibrationError(found.bins);
    expect(error).toBeCloseTo(found.calibrationError, 12);
    const rawError = expectedCalibrationError(found.rawBins);
    expect(card, name).toContain(`| expected calibration error of scores from 0.05 on | ${error.toFixed(3)} | |`);
    expect(diagram, name).toContain(`error ${error.toFixed(3)}, raw ${rawError.toFixed(3)}<`);
    for (const { count } of found.bins)
      if (count > 0) expect(diagram, name).toContain(`>${count.toLocaleString('en-GB')}<`);
  }
  // Read on dark pages too: the first thing drawn is a light ground as large as the picture.
  expect(diagram).toMatch(
    /viewBox="0 0 ([\d.]+) ([\d.]+)"><title>[^<]*<\/title><rect x="0" y="0" width="\1" height="\2" fill="#ffffff"\/>/,
  );
});
