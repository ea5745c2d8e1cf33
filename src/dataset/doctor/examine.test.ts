import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrawnCoco, tagOrientation, writeDrawnSet } from '../../../tests/fixtures/drawn-set.ts';
import { openLabelledSet } from '../formats/open-set-node.ts';
import { type Examination, examine } from './examine.ts';
import type { Finding, FindingKind } from './finding.ts';
import { surveySet } from './survey-node.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

let sets = 0;
/** Ten garments, spoiled, under the name of a file of labels. */
async function subject(spoil?: (coco: DrawnCoco, images: string) => unknown, name = 'labels.json', count = 10) {
  const { annotations, images } = await writeDrawnSet(join(folder, String(sets++)), count, spoil);
  return surveySet(name, await openLabelledSet(annotations, images));
}

/** What is found beside that classes have few boxes, which is so of all these sets. */
async function found(...args: Parameters<typeof subject>): Promise<readonly Finding[]> {
  return withoutImbalance(examine([await subject(...args)]));
}
const withoutImbalance = ({ findings }: Examination) => findings.filter(({ kind }) => kind !== 'class-imbalance');
const only = (findings: readonly Finding[], kind: FindingKind): Finding => {
  expect(findings.map((each) => each.kind)).toEqual([kind]);
  return findings[0];
};

describe('the doctor', () => {
  it('finds nothing wrong with garments labelled well', async () => {
    expect(await found()).toEqual([]);
  });

  it('finds photos that are missing, empty, cut short, no pictures, or outside of their folder', async () => {
    const findings = await found(async (coco, images) => {
      await rm(join(images, '00.jpg'));
      await writeFile(join(images, '01.jpg'), '');
      await truncate(join(images, '02.jpg'), 2000);
      await writeFile(join(images, '03.jpg'), 'no picture');
      coco.images[4].file_name = '../labels.json';
    });
    const { photos, isFixable, severity } = only(findings, 'photo-unreadable');
    expect(photos.map(({ fileName }) => fileName)).toEqual(['00.jpg', '01.jpg', '02.jpg', '03.jpg', '../labels.json']);
    const reasons = [/no such file/, /empty/, /ends before the picture/, /not a picture/, /leads out/];
    photos.forEach(({ detail }, index) => {
      expect(detail).toMatch(reasons[index]);
    });
    expect({ isFixable, severity }).toEqual({ isFixable: true, severity: 'error' });
  });

  it('finds boxes made on the pixels before EXIF turned them, by the size in the labels', async () => {
    const findings = await found(async (coco, images) => {
      await tagOrientation(join(images, '03.jpg'), 6);
      coco.annotations[3].bbox = [10, 20, 30, 40];
    });
    const [photo] = only(findings, 'photo-rotated').photos;
    expect(photo).toMatchObject({ fileName: '03.jpg', detail: 'EXIF orientation 6, stored as 120 x 160' });
    // Stored 120 x 160, a quarter turn to the right: x becomes 160 - y - height, y becomes x.
    expect(photo!.boxes).toEqual([
      { annotationId: 4, className: 'tank', given: [10, 20, 30, 40], corrected: [100, 10, 40, 30] },
    ]);
  });

  it('finds them by a box that fits the stored pixels alone, where the size in the labels is upright', async () => {
    const findings = await found(async (coco, images) => {
      await tagOrientation(join(images, '03.jpg'), 8);
      Object.assign(coco.images[3], { width: 160, height: 120 });
      coco.annotations[3].bbox = [10, 100, 60, 50];
    });
    const { photos } = only(findings, 'photo-rotated');
    expect(photos[0].boxes[0].corrected).toEqual([100, 50, 50, 60]);
  });

  it('does not turn boxes that fit the upright photo alone: then the size is wrong', async () => {
    const findings = await found(async (coco, images) => {
      await tagOrientation(join(images, '03.jpg'), 6);
      coco.annotations[3].bbox = [100, 10, 50, 60];
    });
    const sizes = only(
      findings.filter(({ kind }) => kind !== 'box-outside'),
      'photo-other-size',
    );
    expect(sizes.photos[0].detail).toBe('the photo is 160 x 120, its labels are for 120 x 160');
  });

  it('asks for a look where nothing tells on which pixels boxes were made', async () => {
    const findings = await found((_, images) => tagOrientation(join(images, '03.jpg'), 3));
    expect(only(findings, 'rotation-unsure')).toMatchObject({ severity: 'note', isFixable: false, count: 1 });
  });

  it('finds photos of another size', async () => {
    const findings = await found(async (_, images) => {
      await writeFile(join(images, '02.jpg'), await sharp(join(images, '02.jpg')).resize(60, 80).toBuffer());
    });
    expect(only(findings, 'photo-other-size').photos.map(({ fileName }) => fileName)).toEqual(['02.jpg']);
  });

  it('knows x1, y1, x2, y2 by boxes that would reach beyond the photo, and judges them as corners', async () => {
    const findings = await found((coco) => {
      for (const each of coco.annotations) {
        const [x, y, width, height] = each.bbox;
        // A box in the very middle reaches to the edge and no further.
        each.bbox = [x + 8, y, x + width + 8, y + height];
      }
    });
    const finding = only(findings, 'corners-as-sizes');
    expect(finding).toMatchObject({ severity: 'error', isFixable: true, count: 10 });
    const { given, corrected } = finding.photos[0].boxes[0];
    expect(corrected).toEqual([given[0], given[1], given[2] - given[0], given[3] - given[1]]);
  });

  it('knows sizes that were taken for corners by negative boxes', async () => {
    const findings = await found((coco) => {
      for (const each of coco.annotations) {
        const [x, y] = each.bbox;
        each.bbox = [x + 40, y + 50, 30 - x - 40, 60 - y - 50];
      }
    });
    const finding = only(findings, 'sizes-as-corners');
    expect(finding.photos[0].boxes[0].corrected!.slice(2)).toEqual([30, 60]);
  });

  it('takes a few boxes that are outside or negative for what they are, not for another form', async () => {
    const findings = await found((coco) => {
      coco.annotations[1].bbox = [100, 20, 60, 60];
      coco.annotations[2].bbox = [50, 50, -20, 30];
    });
    expect(findings.map(({ kind, severity, count, isFixable }) => [kind, severity, count, isFixable])).toEqual([
      ['box-outside', 'error', 1, false],
      ['box-negative', 'error', 1, false],
    ]);
    expect(findings[0].photos[0].detail).toBe('[100, 20, 60, 60] on 120 x 160');
  });

  it('finds boxes a little over the edge, without an area, and tiny', async () => {
    const findings = await found((coco) => {
      coco.annotations[1].bbox = [60, 20, 62, 60];
      coco.annotations[2].bbox = [50, 50, 0, 30];
      coco.annotations[3].bbox = [50, 50, 1.6, 30];
      coco.annotations[4].bbox = [50, 50, 1.7, 30];
    });
    expect(findings.map(({ kind, isFixable }) => [kind, isFixable])).toEqual([
      ['box-overshoot', true],
      ['box-empty', true],
      ['box-tiny', false],
    ]);
    expect(findings[0].photos[0].boxes[0]).toMatchObject({ given: [60, 20, 62, 60], corrected: [60, 20, 60, 60] });
    expect(findings[2].photos.map(({ fileName }) => fileName)).toEqual(['03.jpg']);
  });

  const copies = async (coco: DrawnCoco, images: string) => {
    await writeFile(join(images, '01.jpg'), await sharp(join(images, '00.jpg')).jpeg({ quality: 40 }).toBuffer());
    coco.annotations[1].bbox = coco.annotations[0].bbox;
  };

  it('finds copies within a set, and only those', async () => {
    const finding = only(await found(copies), 'duplicate');
    expect(finding.photos.map(({ fileName, group }) => [fileName, group])).toEqual([
      ['00.jpg', 0],
      ['01.jpg', 0],
    ]);
  });

  it('finds copies across files that are named as parts of a split', async () => {
    const train = await subject(undefined, 'instances_train2017.json');
    const val = await subject(async (coco, images) => {
      // All garments but one are others: drawn in another colour.
      for (const { file_name } of coco.images.slice(1)) {
        const path = join(images, file_name);
        await writeFile(path, await sharp(path).negate().flop().rotate(180).toBuffer());
      }
    }, 'val.json');
    const finding = only(withoutImbalance(examine([train, val])), 'leak');
    expect(finding).toMatchObject({ severity: 'error', count: 1 });
    expect(finding.photos.map(({ source, fileName, side }) => [source, fileName, side])).toEqual([
      ['instances_train2017.json', '00.jpg', 'train'],
      ['val.json', '00.jpg', 'val'],
    ]);
  });

  it('finds one class under several names', async () => {
    const findings = await found((coco) => {
      coco.categories[1].name = 'Jackets';
    });
    const { classes } = only(findings, 'class-names');
    expect(classes).toEqual(['"jacket" (2 boxes) and "Jackets" (2 boxes)']);
  });

  it('takes a rare name one letter from a frequent one for a slip', async () => {
    const findings = await found(
      (coco) => {
        coco.categories.push({ id: 6, name: 'cardgian' });
        for (const each of coco.annotations) each.category_id = 2;
        coco.annotations[0].category_id = 6;
      },
      undefined,
      11,
    );
    const { classes } = findings.find(({ kind }) => kind === 'class-names')!;
    expect(classes).toEqual(['"cardigan" (10 boxes) and "cardgian" (1 box)']);
  });

  it('finds classes without boxes, and with few', async () => {
    const { findings } = examine([
      await subject(
        (coco) => {
          coco.categories.push({ id: 6, name: 'hat' });
          for (const each of coco.annotations.slice(1)) each.category_id = 2;
        },
        undefined,
        11,
      ),
    ]);
    const of = (kind: FindingKind) => findings.find((each) => each.kind === kind)?.classes;
    expect(of('class-missing')).toContain('"hat" has no box');
    expect(of('class-imbalance')).toEqual(['"jacket" 1 box']);
  });

  it('finds a class that only one part of a split has', async () => {
    const train = await subject(undefined, 'train.json', 5);
    const val = await subject(
      (coco) => {
        coco.categories.splice(4);
        coco.annotations.splice(4);
      },
      'val.json',
      5,
    );
    const { findings } = examine([train, val]);
    expect(findings.find(({ kind }) => kind === 'class-missing')?.classes).toEqual(['"blouse" has no box in val']);
  });
});
