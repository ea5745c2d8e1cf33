import { expect, test } from 'vitest';
import { topClassAccuracy } from './top-class-accuracy.ts';

const boxes = new Float64Array(32);

test('counts photos whose top detection names one of their labels', () => {
  const groundTruth = {
    classes: ['shoe', 'hat', 'bag'],
    numImages: 6,
    // Photo 0: shoe and hat; 1: hat; 2: bag; 3: a crowd of bags only; 4: nothing; 5: hat and a crowd of shoes.
    images: Int32Array.of(0, 0, 1, 2, 3, 5, 5),
    labels: Int32Array.of(1, 2, 2, 3, 3, 2, 1),
    boxes,
    areas: new Float64Array(7),
    crowds: Uint8Array.of(0, 0, 0, 0, 1, 0, 1),
  };
  const detections = {
    // Photo 0: hat above bag, right; 1: shoe above hat, wrong; 2: none, wrong; 3 and 4 do not count; 5: shoe, wrong.
    images: Int32Array.of(0, 0, 1, 1, 3, 4, 5),
    labels: Int32Array.of(3, 2, 1, 2, 3, 1, 1),
    boxes,
    scores: Float64Array.of(0.4, 0.9, 0.8, 0.7, 0.9, 0.9, 0.9),
  };
  expect(topClassAccuracy(groundTruth, detections)).toEqual({
    accuracy: 0.25,
    correct: 1,
    photos: 4,
    unlabelledPhotos: 2,
  });
});

test('is -1 where no photo has a label', () => {
  const nothing = { images: new Int32Array(), labels: new Int32Array(), boxes: new Float64Array() };
  const groundTruth = {
    ...nothing,
    classes: ['shoe'],
    numImages: 3,
    areas: new Float64Array(),
    crowds: new Uint8Array(),
  };
  const detections = { ...nothing, scores: new Float64Array() };
  expect(topClassAccuracy(groundTruth, detections)).toEqual({
    accuracy: -1,
    correct: 0,
    photos: 0,
    unlabelledPhotos: 3,
  });
});
