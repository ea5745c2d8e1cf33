import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrawnCoco, tagOrientation, writeDrawnSet } from '../../../tests/fixtures/drawn-set.ts';
import { openDataset } from '../dataset-node.ts';
import { openLabelledSet } from '../formats/open-set-node.ts';
import { filesBelow } from '../formats/read-text-node.ts';
import { writeLabelledSet } from '../formats/write-set-node.ts';
import { prepareLabelled } from '../prepare-node.ts';
import { examine } from './examine.ts';
import { writeFixed } from './fix-node.ts';
import { surveySet } from './survey-node.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-doctor-fix-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function examined(path: string, images?: string) {
  return examine([await surveySet('set', await openLabelledSet(path, images))]);
}

async function fix(path: string, out: string, images?: string) {
  const { subjects, corrected } = await examined(path, images);
  return writeFixed(subjects[0], corrected[0], out);
}

const fixable = ({ findings }: ReturnType<typeof examine>) =>
  findings.filter(({ isFixable }) => isFixable).map(({ kind }) => kind);

/** The bytes of everything below a folder. */
async function fingerprint(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await filesBelow(root, [''])) hash.update(name).update(await readFile(join(root, name)));
  return hash.digest('hex');
}

/** A photo that is missing, one turned, boxes over the edge, empty, and one outside that nobody can put right. */
async function spoil(coco: DrawnCoco, images: string): Promise<void> {
  await rm(join(images, '00.jpg'));
  await tagOrientation(join(images, '01.jpg'), 6);
  Object.assign(coco.annotations[1], {
    bbox: [10, 20, 30, 40],
    area: 700,
    segmentation: [[10, 20, 40, 20, 40, 60]],
    keypoints: [10, 20, 2],
    landmarks: [0, 0, 0],
    licence: 'kept',
  });
  coco.annotations[2].bbox = [60, 20, 62, 60];
  coco.annotations[3].bbox = [50, 50, 0, 30];
  coco.annotations[4].bbox = [90, 20, 100, 60];
}
const allFixable = ['photo-unreadable', 'photo-rotated', 'box-overshoot', 'box-empty'];

describe('a corrected copy', () => {
  it('of a COCO file has no error left that is certain, keeps all else, and leaves the original as it is', async () => {
    const original = join(folder, 'coco');
    const { annotations, images } = await writeDrawnSet(original, 8, spoil);
    const before = await fingerprint(original);
    const out = join(folder, 'coco-fixed');
    expect(fixable(await examined(annotations, images))).toEqual(allFixable);
    expect(await fix(annotations, out, images)).toEqual({
      out,
      format: 'coco',
      images,
      photosCopied: false,
      turnedPhotos: 1,
      convertedBoxes: 0,
      clippedBoxes: 1,
      emptyBoxes: 1,
      leftOut: 1,
    });
    expect(await fingerprint(original)).toBe(before);
    const again = await examined(join(out, 'labels.json'), images);
    expect(fixable(again)).toEqual([]);
    expect(again.findings.map(({ kind }) => kind)).toContain('box-outside');
    const written = JSON.parse(await readFile(join(out, 'labels.json'), 'utf8'));
    const given = JSON.parse(await readFile(annotations, 'utf8'));
    expect(written.images[0]).toEqual({ ...given.images[1], width: 160, height: 120 });
    expect(written.annotations[0]).toEqual({
      ...given.annotations[1],
      bbox: [100, 10, 40, 30],
      // From a mask, and so it stays.
      area: 700,
      segmentation: [[140, 10, 140, 40, 100, 40]],
      keypoints: [140, 10, 2],
    });
    expect(written.annotations[1]).toEqual({ ...given.annotations[2], bbox: [60, 20, 60, 60], area: 3600 });
    expect(written.annotations.slice(3)).toEqual(given.annotations.slice(5));
    expect(written.categories).toEqual(given.categories);
  });

  it('of a set whose boxes are corners is in sizes', async () => {
    const { annotations, images } = await writeDrawnSet(join(folder, 'corners'), 10, (coco) => {
      for (const each of coco.annotations) {
        const [x, y, width, height] = each.bbox;
        each.bbox = [x + 8, y, x + width + 8, y + height];
      }
    });
    const out = join(folder, 'corners-fixed');
    expect(await fix(annotations, out, images)).toMatchObject({ convertedBoxes: 10 });
    expect(fixable(await examined(join(out, 'labels.json'), images))).toEqual([]);
    const { bbox, area } = JSON.parse(await readFile(join(out, 'labels.json'), 'utf8')).annotations[0];
    expect(area).toBe(bbox[2] * bbox[3]);
  });

  it.each(['voc', 'yolo'] as const)('of %s is %s with copies of the photos', async (format) => {
    const { annotations, images } = await writeDrawnSet(join(folder, format), 8, (coco) => {
      coco.annotations[2].bbox = [60, 20, 62, 60];
      coco.annotations[4].bbox = [90, 20, 100, 60];
    });
    const { given } = await openLabelledSet(annotations, images);
    const original = join(folder, `${format}-original`);
    // Unchecked, as another program would have written it.
    const complete = given.annotations.map((each) => ({ ...each, area: 1, iscrowd: 0 as const }));
    const coco = { images: given.images, categories: given.categories, annotations: complete };
    await writeLabelledSet(original, format, { coco, images, sides: null }, { withPhotos: true });
    await rm((await photosOf(original))[0]);
    const before = await fingerprint(original);
    const out = join(folder, `${format}-fixed`);
    expect(await fix(original, out)).toMatchObject({ format, photosCopied: true, clippedBoxes: 1, leftOut: 1 });
    expect(await fingerprint(original)).toBe(before);
    // In the places that they had.
    expect(await filesBelow(out, ['.jpg'])).toEqual(await filesBelow(original, ['.jpg']));
    const again = await examined(out);
    expect(fixable(again)).toEqual([]);
    expect(again.findings.map(({ kind }) => kind)).toContain('box-outside');
    expect(again.subjects[0].set.given.images).toHaveLength(7);
  });

  it('of a prepared data set is one, with its split and classes, and can be trained on', async () => {
    const { annotations, images } = await writeDrawnSet(join(folder, 'to-prepare'), 8);
    const set = await openLabelledSet(annotations, images);
    const original = join(folder, 'prepared');
    const split = join(folder, 'split.json');
    const sides = set.given.images.map(({ file_name }, n) => [file_name, n % 2 === 0 ? 'train' : 'val']);
    await writeFile(split, JSON.stringify(Object.fromEntries(sides)));
    await prepareLabelled(set, { split, out: original });
    await tagOrientation(join(images, '05.jpg'), 8);
    const before = await fingerprint(original);
    const out = join(folder, 'prepared-fixed');
    expect(await fix(original, out)).toMatchObject({ format: 'prepared', images, turnedPhotos: 1 });
    expect(await fingerprint(original)).toBe(before);
    expect(fixable(await examined(out))).toEqual([]);
    expect((await readdir(out)).sort()).toEqual((await readdir(original)).sort());
    expect((await openDataset(out, 'val')).records).toHaveLength(4);
    const [was, is] = await Promise.all(
      [original, out].map(async (each) => JSON.parse(await readFile(join(each, 'dataset.json'), 'utf8'))),
    );
    expect({ ...is, files: was.files }).toEqual(was);
  });

  it('is refused inside of the original, through a link too, and where something is', async () => {
    const { annotations, images } = await writeDrawnSet(join(folder, 'place'), 2);
    const before = await fingerprint(join(folder, 'place'));
    const link = join(folder, 'link');
    await symlink(images, link);
    for (const out of [join(images, 'fixed'), images, join(link, 'new', 'deep'), join(images, '..', 'photos', 'x')]) {
      await expect(fix(annotations, out, images)).rejects.toMatchObject({ code: 'dataset-out-taken' });
    }
    const taken = join(folder, 'taken');
    await mkdir(taken);
    await writeFile(join(taken, 'mine.txt'), 'mine');
    await expect(fix(annotations, taken, images)).rejects.toThrow(/something in the way.*mine\.txt/);
    expect(await readdir(taken)).toEqual(['mine.txt']);
    expect(await fingerprint(join(folder, 'place'))).toBe(before);
    // Beside the photos, a name that begins as theirs does is another folder.
    await fix(annotations, `${images}-fixed`, images);
    expect(await readdir(`${images}-fixed`)).toEqual(['labels.json']);
  });

  it('leaves nothing behind when it fails', async () => {
    const { annotations, images } = await writeDrawnSet(join(folder, 'gone'), 2, async (_, photos) => {
      await rm(join(photos, '00.jpg'));
      await rm(join(photos, '01.jpg'));
    });
    const out = join(folder, 'gone-fixed');
    await expect(fix(annotations, out, images)).rejects.toMatchObject({ code: 'dataset-image-missing' });
    const left = (await readdir(dirname(out))).filter((name) => name.startsWith('gone-fixed'));
    expect(left).toEqual([]);
  });
});

async function photosOf(root: string): Promise<string[]> {
  const names = await filesBelow(root, ['.jpg']);
  return names.map((name) => join(root, name));
}
