import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseCocoDetections, parseCocoGroundTruth } from './coco-files.ts';
import { type ErrorKind, errorBreakdown, errorKinds } from './error-breakdown.ts';

const readGolden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../tests/golden/${name}`, import.meta.url), 'utf8'));

interface TideCase {
  readonly title: string;
  readonly AP50: number;
  readonly counts: Record<ErrorKind, number>;
  readonly cost: Record<ErrorKind, number>;
}

/** As the generator leaves it to TIDE. */
function withoutCrowds(title: string) {
  const { annotations: document, detections } = readGolden('coco-random.json').cases.find(
    (each: { title: string }) => each.title === title,
  );
  const annotations = document.annotations.filter(({ iscrowd }: { iscrowd?: number }) => !iscrowd);
  const kept = new Set(annotations.map(({ category_id }: { category_id: number }) => category_id));
  const groundTruth = parseCocoGroundTruth(
    { ...document, annotations, categories: document.categories.filter(({ id }: { id: number }) => kept.has(id)) },
    'annotations',
  );
  const rows = detections.filter(({ category_id }: { category_id: number }) => kept.has(category_id));
  return { groundTruth, detections: parseCocoDetections(rows, 'detections', groundTruth) };
}

test.each<TideCase>(readGolden('tide-errors.json').cases)('counts and costs are those of TIDE: $title', (golden) => {
  const { groundTruth, detections } = withoutCrowds(golden.title);
  const ours = errorBreakdown(groundTruth, detections, { minScore: 0 });
  const hint = 'made again by: python tests/golden/generate/tide_errors.py';
  expect(ours.counts, hint).toEqual(golden.counts);
  // TIDE reads its curve at the recall points in another way than COCO: up to 0.0013 here, of its AP too.
  expect(Math.abs(ours.AP50 - golden.AP50), hint).toBeLessThan(0.002);
  for (const kind of errorKinds) {
    expect(Math.abs(ours.cost[kind] - golden.cost[kind]), `${kind}; ${hint}`).toBeLessThan(0.002);
  }
});
