import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, writeSetFiles } from '../../../tests/fixtures/set-files.ts';
import type { CocoAnnotation, CocoFile } from '../coco.ts';
import { checkBoxes } from '../coco-boxes.ts';
import { stemOf } from '../file-name.ts';
import { openLabelledSet } from './open-set-node.ts';
import { type WritableSet, type WrittenFormat, writeLabelledSet, writtenFormats } from './write-set-node.ts';

let folder = '';
let count = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-write-set-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Photo {
  readonly fileName: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly side: string | null;
  readonly garments: readonly {
    readonly box: CocoAnnotation['bbox'];
    readonly label: number;
    readonly isCrowd: boolean;
  }[];
}

function setOf(photos: readonly Photo[], classes: readonly string[], images: string): WritableSet {
  const annotations = photos.flatMap(({ garments }, photo) =>
    garments.map(({ box, label, isCrowd }) => ({
      image_id: photo + 1,
      category_id: label + 1,
      bbox: box,
      area: box[2] * box[3],
      iscrowd: isCrowd ? (1 as const) : (0 as const),
    })),
  );
  const coco: CocoFile = {
    images: photos.map(({ fileName, size }, index) => ({ id: index + 1, file_name: fileName, ...size })),
    annotations: annotations.map((annotation, index) => ({ id: index + 1, ...annotation })),
    categories: classes.map((name, index) => ({ id: index + 1, name })),
  };
  const sides = photos.flatMap(({ fileName, side }) => (side === null ? [] : [[fileName, side] as const]));
  return { coco, images, sides: sides.length === 0 ? null : new Map(sides) };
}

/** Writes a set and reads it again; of COCO, from the file of all photos. */
async function roundTrip(format: WrittenFormat, photos: readonly Photo[], classes: readonly string[]) {
  const images = join(folder, `given-${++count}`);
  await writeSetFiles(images, Object.fromEntries(photos.map(({ fileName, size }) => [fileName, size])));
  const out = join(folder, `out-${count}`);
  const omitted = await writeLabelledSet(out, format, setOf(photos, classes, images), { withPhotos: true });
  const { given, faults, sides, where, format: found } = await openLabelledSet(out);
  const { coco, clipped, empty } = checkBoxes(given, where);
  expect([found, faults, clipped, empty]).toEqual([format, [], 0, 0]);
  const nameOf = new Map(coco.categories.map(({ id, name }) => [id, name]));
  const back = new Map(
    coco.images.map(({ id, file_name, width, height }) => {
      const garments = coco.annotations
        .filter(({ image_id }) => image_id === id)
        .map(({ bbox, category_id, iscrowd }) => ({ bbox, name: nameOf.get(category_id), isCrowd: iscrowd === 1 }));
      return [file_name, { size: { width, height }, side: sides?.get(file_name) ?? null, garments }];
    }),
  );
  return { back, omitted, out, categories: coco.categories.map(({ name }) => name) };
}

const sizes = [
  { width: 8, height: 8 },
  { width: 61, height: 40 },
  { width: 33, height: 47 },
] as const;

/** Edges at eighths of a pixel, which no format but VOC rounds; at least a pixel each way. */
const stretch = (length: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: length * 8 - 8 }), fc.integer({ min: 8, max: length * 8 }))
    .map(([from, extent]) => [from / 8, Math.min(length * 8 - from, extent) / 8] as const);

const letters = fc.constantFrom(...'aB7 .-_%#&"\'<>ü\u00dfé衣', 'u\u0308', '👗');
const fileName = fc
  .tuple(
    fc.constantFrom('', '', 'in ner/', 'Grö\u00dfe/images/', 'images/train/', './'),
    fc.string({ unit: letters, minLength: 1, maxLength: 6 }),
    fc.constantFrom('.jpg', '.JPEG', '.png'),
  )
  .map((parts) => parts.join(''));

const photo = (name: string): fc.Arbitrary<Photo> =>
  fc.constantFrom(...sizes).chain((size) =>
    fc.record({
      fileName: fc.constant(name),
      size: fc.constant(size),
      side: fc.constantFrom(null, 'train', 'val', 'test'),
      garments: fc.array(
        fc.record({
          box: fc
            .tuple(stretch(size.width), stretch(size.height))
            .map(([[x, width], [y, height]]): CocoAnnotation['bbox'] => [x, y, width, height]),
          label: fc.nat(2),
          isCrowd: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    }),
  );

/** Photos whose names differ before their ending, and three classes. */
const smallSet = fc.tuple(
  fc
    .uniqueArray(fileName, {
      minLength: 1,
      maxLength: 4,
      selector: (name) => stemOf(name).replace(/^\.\//, '').normalize('NFC').toLowerCase(),
    })
    .chain((names) => fc.tuple(...names.map(photo))),
  fc.uniqueArray(
    fc.string({ unit: 'grapheme', maxLength: 5 }).map((text) => `n${text}n`),
    { minLength: 3, maxLength: 3 },
  ),
);

function yoloPlaces(photos: readonly Photo[]): Map<string, string> {
  const isSplit = photos.some(({ side }) => side !== null);
  const folderOf = ({ side }: Photo) => `images/${side ?? (isSplit ? 'unsplit' : 'train')}/`;
  const arePlaced = photos.every((each) => each.fileName.startsWith(folderOf(each)));
  return new Map(
    photos.map((each) => [each.fileName, arePlaced ? each.fileName : folderOf(each) + plain(each.fileName)]),
  );
}
const plain = (name: string) => name.replace(/^\.\//, '');

describe('a set that is written and read again', () => {
  it.each(writtenFormats)('as %s has the same photos, sides, classes and boxes', async (format) => {
    await fc.assert(
      fc.asyncProperty(smallSet, async ([photos, classes]) => {
        const { back, omitted } = await roundTrip(format, photos, classes);
        expect(back.size).toBe(photos.length);
        const places = yoloPlaces(photos);
        const isSplit = photos.some(({ side }) => side !== null);
        for (const { fileName: name, size, side, garments } of photos) {
          const found = back.get({ coco: name, voc: plain(name), yolo: places.get(name)! }[format])!;
          expect(found.size).toEqual(size);
          // A COCO file has no sides: they are files beside it. A YOLO set names a side for each photo.
          if (format !== 'coco') expect(found.side).toBe(format === 'yolo' && !isSplit ? 'train' : side);
          const kept = garments.filter(({ isCrowd }) => format !== 'yolo' || !isCrowd);
          expect(found.garments.map(({ name: label, isCrowd }) => [label, isCrowd])).toEqual(
            kept.map(({ label, isCrowd }) => [classes[label], isCrowd]),
          );
          found.garments.forEach(({ bbox }, index) => {
            if (format === 'voc') expectNear(bbox, kept[index].box);
            else expect(bbox).toEqual(kept[index].box);
          });
        }
        const regions = photos.flatMap(({ garments }) => garments.filter(({ isCrowd }) => isCrowd)).length;
        expect(omitted).toEqual({ regions: format === 'yolo' ? regions : 0, facts: 0 });
      }),
      { seed: 1, numRuns: 15 },
    );
  });

  /** VOC rounds edges to whole pixels. */
  function expectNear(got: CocoAnnotation['bbox'], wanted: CocoAnnotation['bbox']): void {
    const edges = ([x, y, width, height]: CocoAnnotation['bbox']) => [x, y, x + width, y + height];
    edges(got).forEach((edge, index) => {
      expect(Math.abs(edge - edges(wanted)[index])).toBeLessThanOrEqual(0.5);
      expect(Number.isInteger(edge)).toBe(true);
    });
  }

  const one = (name: string, side: string | null = null): Photo => ({
    fileName: name,
    size: sizes[1],
    side,
    garments: [0, 1, 2].map((label) => ({ box: [label, 1, 20, 30], label, isCrowd: false })),
  });

  it.each(['coco', 'yolo'] as const)('as %s has its classes by any name, in their order', async (format) => {
    const classes = [' z ', 'a: b', '# c', '"', "'", '- x', '[', '{a: 1}', 'line\nend', '\u0001', '1', '\\', '&x', '~'];
    const { categories } = await roundTrip(format, [one('a.jpg')], classes);
    expect(categories).toEqual(classes);
  });

  it('as COCO is a file for each side too', async () => {
    const { out } = await roundTrip(
      'coco',
      [one('a.jpg', 'train'), one('ü b.jpg', 'val'), one('c.jpg')],
      ['x', 'y', 'z'],
    );
    expect((await readdir(out)).sort()).toEqual(['annotations.json', 'images', 'train.json', 'val.json']);
    const val = JSON.parse(await readFile(join(out, 'val.json'), 'utf8'));
    expect(val.images).toMatchObject([{ file_name: 'ü b.jpg' }]);
    expect(val.annotations).toHaveLength(3);
  });

  it.each(['voc', 'yolo'] as const)('as %s counts the garments whose facts it leaves out', async (format) => {
    const facts = [{}, { pair_id: 0 }, { landmarks: [1, 2, 2] }, { attribute_ids: [3] }, { clothes_type: 2 }];
    const set = setOf([{ ...one('a.jpg'), garments: [] }], ['x'], folder);
    const annotations = facts.map((fact, index) => ({
      ...{ id: index + 1, image_id: 1, category_id: 1, bbox: [1, 1, 9, 9] as const, area: 81, iscrowd: 0 as const },
      ...fact,
    }));
    const given = { ...set, coco: { ...set.coco, annotations } };
    const omitted = await writeLabelledSet(join(folder, 'out'), format, given, { withPhotos: false });
    expect(omitted).toEqual({ regions: 0, facts: 4 });
  });
});

describe('what a format cannot hold is refused, and nothing is written', () => {
  const size = sizes[0];
  const named = (...names: string[]): Photo[] =>
    names.map((fileName) => ({
      fileName,
      size,
      side: null,
      garments: [{ box: [0, 0, 4, 4], label: 0, isCrowd: false }],
    }));

  async function refused(format: WrittenFormat, photos: readonly Photo[], classes: readonly string[], wanted: object) {
    const images = join(folder, 'given');
    await mkdir(images, { recursive: true });
    const set = setOf(photos, classes, images);
    await expect(writeLabelledSet(join(folder, 'out'), format, set, { withPhotos: true })).rejects.toEqual(wanted);
    expect(await readdir(folder)).toEqual(['given']);
  }

  it.each(writtenFormats)('as %s: names that lead out of the folder, and missing photos', async (format) => {
    for (const name of ['../x.jpg', '/x.jpg', 'a/../../x.jpg', '..\\x.jpg', 'a\0.jpg'])
      await refused(format, named('a.jpg', name), ['c'], refusal('dataset-file-name', /lead out of the folder/));
    const missing = refusal('dataset-image-missing', /2 photos are missing.*got no b\.jpg; ü\.jpg\./);
    await refused(format, named('ü.jpg', 'b.jpg'), ['c'], missing);
  });

  it.each(['voc', 'yolo'] as const)('as %s: photos that would share their labels', async (format) => {
    const clash = (names: string) => refusal('dataset-name-clash', new RegExp(`got ${names}\\.`));
    await refused(format, named('a.jpg', 'a.png'), ['c'], clash('a\\.jpg and a\\.png'));
    await refused(format, named('x/a.jpg', 'x/.//a.jpg'), ['c'], clash('x/a\\.jpg and x/\\.//a\\.jpg'));
    await refused(format, named('a\nb.jpg'), ['c'], clash('"a\\\\nb\\.jpg"'));
  });

  it('as VOC: class names that XML would change', async () => {
    for (const name of [' ', ' a', 'a\n', 'a\u0001', '\uFFFE'])
      await refused('voc', named('a.jpg'), [name], refusal('dataset-name-clash', /class names would come back/));
  });

  it('as YOLO: photos that would not be taken for photos', async () => {
    for (const name of ['a', 'a.jfif', 'jpg'])
      await refused('yolo', named(name), ['c'], refusal('dataset-file-name', /not be taken for photos.*\.jpg, /));
  });
});
