import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CocoFileError, parseCocoDetections, parseCocoGroundTruth } from './coco-files.ts';
import { readCocoDetections, readCocoGroundTruth } from './coco-files-node.ts';

const document = {
  images: [
    { id: 20, file_name: 'b.jpg' },
    { id: 10, file_name: 'a.jpg' },
  ],
  categories: [
    { id: 4, name: 'hat', supercategory: 'head' },
    { id: 2, name: 'shoe' },
  ],
  annotations: [
    { id: 1, image_id: 20, category_id: 4, bbox: [1, 2, 3, 4.5], area: 9, iscrowd: 0 },
    { id: 2, image_id: 10, category_id: 2, bbox: [0, 0, 2, 5], iscrowd: 1, segmentation: [] },
  ],
};
const detection = { image_id: 10, category_id: 4, bbox: [1, 1, 5, 5], score: 0.5 };
const groundTruth = parseCocoGroundTruth(document, 'val.json');

function withAnnotation(change: object): unknown {
  return { ...document, annotations: [document.annotations[0], { ...document.annotations[1], ...change }] };
}

/** Code and message of what the call throws. */
function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as CocoFileError).code}: ${(error as CocoFileError).message}`;
  }
  throw new Error('nothing was thrown');
}

describe('parseCocoGroundTruth', () => {
  test('sorts photos and classes by id and fills in area and crowd', () => {
    expect(groundTruth).toEqual({
      classes: ['shoe', 'hat'],
      numImages: 2,
      images: Int32Array.of(1, 0),
      labels: Int32Array.of(2, 1),
      boxes: Float64Array.of(1, 2, 3, 4.5, 0, 0, 2, 5),
      areas: Float64Array.of(9, 10),
      crowds: Uint8Array.of(0, 1),
      imageIds: [10, 20],
      fileNames: ['a.jpg', 'b.jpg'],
      categoryIds: [2, 4],
    });
  });

  test('accepts a box that leaves its photo', () => {
    expect(parseCocoGroundTruth(withAnnotation({ bbox: [-5, -5, 9000, 9000] }), 'val.json').numImages).toBe(2);
  });

  test.each([
    ['a list', [detection], /coco-malformed: val\.json: .*got a list\. .*--detections/],
    ['no categories', { images: [], annotations: [] }, /coco-malformed: val\.json: .*got no list categories/],
    ['text', 'hello', /coco-malformed: val\.json: .*got a string/],
    [
      'an unknown image',
      withAnnotation({ image_id: 11 }),
      /coco-unknown-image: val\.json, annotations\[1\]: .*got image_id 11/,
    ],
    ['an unknown category', withAnnotation({ category_id: 3 }), /coco-unknown-category: .*ids 2, 4; got category_id 3/],
    ['an id twice', withAnnotation({ id: 1 }), /coco-duplicate-id: val\.json, annotations: .*got id 1 more than once/],
    [
      'a negative width',
      withAnnotation({ bbox: [0, 0, -1, 5] }),
      /coco-malformed: val\.json, annotations\[1\]: bbox\[2\] .*got \[0,0,-1,5\]/,
    ],
    [
      'a box of three',
      withAnnotation({ bbox: [0, 0, 1] }),
      /coco-malformed: .*expected a box \[x, y, width, height\].*got \[0,0,1\]/,
    ],
    ['no box', withAnnotation({ bbox: undefined }), /coco-malformed: .*bbox is malformed.*got nothing/],
    ['a negative area', withAnnotation({ area: -1 }), /coco-malformed: .*annotations\[1\]: area .*got -1/],
    ['a crowd of two', withAnnotation({ iscrowd: 2 }), /coco-malformed: .*iscrowd .*got 2/],
    [
      'a class without a name',
      { ...document, categories: [{ id: 2, name: '' }] },
      /coco-malformed: .*categories\[0\]: name/,
    ],
    ['an image id in quotes', { ...document, images: [{ id: '10' }] }, /coco-malformed: .*images\[0\]: id .*got "10"/],
    [
      'a category id twice',
      { ...document, categories: [...document.categories, { id: 2, name: 'x' }] },
      /coco-duplicate-id: val\.json, categories/,
    ],
  ])('refuses %s', (_, json, message) => {
    expect(failure(() => parseCocoGroundTruth(json, 'val.json'))).toMatch(message);
  });
});

describe('parseCocoDetections', () => {
  test('reads rows in their order, and an empty list', () => {
    expect(parseCocoDetections([detection, { ...detection, image_id: 20, score: 1 }], 'd.json', groundTruth)).toEqual({
      images: Int32Array.of(0, 1),
      labels: Int32Array.of(2, 2),
      boxes: Float64Array.of(1, 1, 5, 5, 1, 1, 5, 5),
      scores: Float64Array.of(0.5, 1),
    });
    expect(parseCocoDetections([], 'd.json', groundTruth).scores.length).toBe(0);
  });

  test.each([
    ['an annotation file', document, /coco-malformed: d\.json: .*got an object\. .*--annotations/],
    [
      'an unknown image',
      [detection, { ...detection, image_id: 1 }],
      /coco-unknown-image: d\.json\[1\]: .*2 images; got image_id 1\b/,
    ],
    [
      'an unknown category',
      [{ ...detection, category_id: 1 }],
      /coco-unknown-category: d\.json\[0\]: .*got category_id 1\b/,
    ],
    ['no score', [{ ...detection, score: undefined }], /coco-malformed: d\.json\[0\]: score .*got nothing/],
    ['a score that is null', [{ ...detection, score: null }], /coco-malformed: d\.json\[0\]: score .*got null/],
    ['a negative height', [{ ...detection, bbox: [0, 0, 1, -1] }], /coco-malformed: d\.json\[0\]: bbox\[3\]/],
    ['a row that is null', [null], /coco-malformed: d\.json\[0\]: is malformed; .*got null/],
  ])('refuses %s', (_, json, message) => {
    expect(failure(() => parseCocoDetections(json, 'd.json', groundTruth))).toMatch(message);
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coco-files-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function failureOf(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content);
    return readCocoGroundTruth(join(folder, name)).then(
      () => 'nothing was thrown',
      (error: CocoFileError) => `${error.code}: ${error.message}`,
    );
  }

  test('are read, with a byte order mark too', async () => {
    await writeFile(join(folder, 'val.json'), `\ufeff${JSON.stringify(document)}`);
    await writeFile(join(folder, 'found.json'), JSON.stringify([detection]));
    const truth = await readCocoGroundTruth(join(folder, 'val.json'));
    expect(truth).toEqual(groundTruth);
    expect((await readCocoDetections(join(folder, 'found.json'), truth)).scores).toEqual(Float64Array.of(0.5));
  });

  test('that are empty, cut off, full of NaN, missing or folders are told apart', async () => {
    expect(await failureOf('empty.json', ' ')).toMatch(/coco-not-json: .*empty\.json: .*got an empty file/);
    expect(await failureOf('cut.json', '{"images": [')).toMatch(/coco-not-json: .*cut\.json: /);
    expect(await failureOf('nan.json', '{"images": NaN}')).toMatch(/coco-not-json: .*NaN/);
    await expect(readCocoGroundTruth(join(folder, 'none.json'))).rejects.toThrow(/cannot be read.*got no such file/);
    await expect(readCocoGroundTruth(folder)).rejects.toThrow(/cannot be read.*got a folder/);
  });
});
