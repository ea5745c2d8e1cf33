import { expect, test } from 'vitest';
import { cocoAreaRanges, matchDetections } from './match-detections.ts';
import { countsAt, f1, scoresOfBestF1 } from './shown-counts.ts';

/** One box a photo, all of one class, unless there are to be fewer; detections lie on it, or far away. */
function fold(
  numPhotos: number,
  detections: readonly { image: number; score: number; isRight: boolean }[],
  numBoxes = numPhotos,
) {
  const groundTruth = {
    classes: ['hat', 'bag'],
    numImages: numPhotos,
    images: Int32Array.from({ length: numBoxes }, (_, image) => image),
    labels: new Int32Array(numBoxes).fill(1),
    boxes: Float64Array.from(Array.from({ length: numBoxes }, () => [0, 0, 10, 10]).flat()),
    areas: new Float64Array(numBoxes).fill(100),
    crowds: new Uint8Array(numBoxes),
  };
  return matchDetections(
    groundTruth,
    {
      images: Int32Array.from(detections, ({ image }) => image),
      labels: new Int32Array(detections.length).fill(1),
      boxes: Float64Array.from(detections.flatMap(({ isRight }) => (isRight ? [0, 0, 10, 10] : [50, 50, 10, 10]))),
      scores: Float64Array.from(detections, ({ score }) => score),
    },
    { iouThresholds: [0.5], areaRanges: cocoAreaRanges.slice(0, 1) },
  );
}

test('counts are of what is shown from the score on', () => {
  const matches = fold(3, [
    { image: 0, score: 0.9, isRight: true },
    { image: 1, score: 0.6, isRight: false },
    { image: 1, score: 0.5, isRight: true },
  ]);
  expect(countsAt(matches, 0, 0.9)).toEqual({ found: 1, falseAlarms: 0, missed: 2 });
  expect(countsAt(matches, 0, 0.5)).toEqual({ found: 2, falseAlarms: 1, missed: 1 });
  expect(countsAt(matches, 1, 0)).toEqual({ found: 0, falseAlarms: 0, missed: 0 });
  expect(f1(countsAt(matches, 0, 0.5))).toBeCloseTo(4 / 6, 12);
  expect(f1(countsAt(matches, 1, 0))).toBe(0);
});

test('the score lies between the false alarms and what is right; a rare class takes that of all', () => {
  const photos = 12;
  const detections = Array.from({ length: photos }, (_, image) => [
    { image, score: 0.8, isRight: true },
    { image, score: 0.32, isRight: false },
  ]).flat();
  const [hat, bag] = scoresOfBestF1([fold(photos, detections)]);
  expect(hat).toBeGreaterThan(0.32);
  expect(hat).toBeLessThanOrEqual(0.8);
  expect(bag).toBe(hat);
});

test('data sets weigh alike, however many boxes they have', () => {
  // The large set is best served from 0.3 on by a little, the small one from 0.7 on by much.
  const large = fold(
    40,
    Array.from({ length: 40 }, (_, image) => ({ image, score: image < 38 ? 0.8 : 0.4, isRight: true })),
  );
  const small = fold(10, [
    ...Array.from({ length: 10 }, (_, image) => ({ image, score: 0.8, isRight: true })),
    ...Array.from({ length: 10 }, (_, image) => ({ image, score: 0.4, isRight: false })),
  ]);
  expect(scoresOfBestF1([large])[0]).toBeLessThanOrEqual(0.4);
  expect(scoresOfBestF1([large, small])[0]).toBeGreaterThan(0.4);
});

test('photos in which there is nothing raise the score, and weigh as many as another set', () => {
  const found = fold(10, [
    ...Array.from({ length: 8 }, (_, image) => ({ image, score: 0.8, isRight: true })),
    ...Array.from({ length: 2 }, (_, image) => ({ image: image + 8, score: 0.4, isRight: true })),
  ]);
  const empty = (photos: number, falseAlarms: number) =>
    fold(
      photos,
      Array.from({ length: falseAlarms }, (_, image) => ({ image, score: 0.5, isRight: false })),
      0,
    );
  expect(scoresOfBestF1([found, empty(10, 0)])).toEqual(scoresOfBestF1([found]));
  expect(scoresOfBestF1([found, empty(10, 8)])[0]).toBeGreaterThan(0.5);
  // The same false alarms among many photos hardly count.
  expect(scoresOfBestF1([found, empty(1000, 8)])[0]).toBeLessThanOrEqual(0.4);
});
