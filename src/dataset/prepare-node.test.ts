import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { openDataset } from './dataset-node.ts';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-prepare-'));
  out = join(folder, 'prepared');
});
afterEach(() => rm(folder, { recursive: true }));

const rules = {
  classes: ['jacket', 'tee', 'blouse'],
  sources: { drawn: { coat: 'jacket', top: { ignore: ['tee', 'blouse'] } } },
};

async function withRules(): Promise<string> {
  const path = join(folder, 'rules.json');
  await writeFile(path, JSON.stringify(rules));
  return path;
}

describe('preparing', () => {
  it('writes everything, both sides of the split, and a description', async () => {
    const photos = await writeLabelledPhotos(folder);
    const report = await prepareCoco({ ...photos, relabel: await withRules(), out });
    expect((await readdir(out)).sort()).toEqual(['annotations.json', 'dataset.json', 'train.json', 'val.json']);
    expect(report.dataset.classes).toEqual(rules.classes);
    expect(report.dataset.counts.all).toMatchObject({ images: 12, boxes: 4, ignored: 8, negatives: 4 });
    expect(report.dataset.counts.train).toMatchObject({
      images: 8,
      perClass: { jacket: { boxes: 4, ignored: 0 }, tee: { boxes: 0, ignored: 4 } },
    });
    expect(report.dataset.counts.val).toMatchObject({ images: 4, boxes: 0, negatives: 4 });
    expect(report).toMatchObject({ dropped: { odd: 4 }, clipped: 0, unsplit: 0, unmasked: 0 });
    const train = JSON.parse(await readFile(join(out, 'train.json'), 'utf8'));
    expect(train.images[0].file_name).toBe('photo-0.jpg');
    expect(train.categories).toEqual(rules.classes.map((name, index) => ({ id: index + 1, name })));
  });

  it('without a split writes one file and removes an earlier split', async () => {
    const photos = await writeLabelledPhotos(folder);
    await prepareCoco({ ...photos, out });
    const { annotations, images } = photos;
    await prepareCoco({ annotations, images, out });
    expect((await readdir(out)).sort()).toEqual(['annotations.json', 'dataset.json']);
  });

  it('takes the size of a photo as it stands upright', async () => {
    const photos = await writeLabelledPhotos(folder, { count: 1 });
    const lying = await sharp({ create: { width: 40, height: 60, channels: 3, background: '#888' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    await writeFile(join(photos.images, 'photo-0.jpg'), lying);
    const { annotations, images } = photos;
    await expect(prepareCoco({ annotations, images, out })).resolves.toMatchObject({
      dataset: { counts: { all: { images: 1 } } },
    });
  });

  it('is the same bytes each time', async () => {
    const photos = await writeLabelledPhotos(folder);
    await prepareCoco({ ...photos, out });
    const before = await readFile(join(out, 'dataset.json'), 'utf8');
    await prepareCoco({ ...photos, out });
    expect(await readFile(join(out, 'dataset.json'), 'utf8')).toBe(before);
  });
});

describe('what is refused leaves what was there', () => {
  it.each([
    [
      'a missing photo',
      async (photos: Photos) => rm(join(photos.images, 'photo-3.jpg')),
      'dataset-image-missing',
      /1 of 12 photos is missing.*no photo-3\.jpg.*Check --images/,
    ],
    [
      'a truncated photo',
      async (photos: Photos) =>
        writeFile(join(photos.images, 'photo-3.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])),
      'image-truncated',
      /photo-3\.jpg/,
    ],
    [
      'a photo of another size',
      async (photos: Photos) => {
        await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
          .jpeg()
          .toFile(join(photos.images, 'photo-3.jpg'));
      },
      'dataset-image-size',
      /photo-3\.jpg is 9 x 9 and its boxes are for 60 x 40/,
    ],
    [
      'a split of another set',
      async (photos: Photos) => writeFile(photos.split, '{"x.jpg": "val"}'),
      'dataset-split',
      /names none of the photos.*"photo-0\.jpg".*"x\.jpg"/,
    ],
    [
      'a split of another form',
      async (photos: Photos) => writeFile(photos.split, '{"photo-0.jpg": "test"}'),
      'dataset-split',
      /"train" or "val"/,
    ],
    [
      'a missing file',
      async (photos: Photos) => rm(photos.annotations),
      'dataset-missing',
      /given\.json: there is no such file/,
    ],
    [
      'masks that are not there',
      async (photos: Photos) => rm(photos.masks, { recursive: true }),
      'dataset-missing',
      /no mask for any photo.*photo-0\.png/,
    ],
  ])('%s', async (_, spoil, code, message) => {
    const photos = await writeLabelledPhotos(folder);
    await prepareCoco({ ...photos, out });
    const before = await readFile(join(out, 'dataset.json'), 'utf8');
    await spoil(photos);
    const error = await prepareCoco({ ...photos, out }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(await readFile(join(out, 'dataset.json'), 'utf8')).toBe(before);
    expect((await readdir(out)).length).toBe(4);
  });
  type Photos = Awaited<ReturnType<typeof writeLabelledPhotos>>;

  it.each(['../photo-0.jpg', '/etc/hostname', 'a/../../b.jpg', '..\\photo.jpg'])(
    'a file name that leads out: %s',
    async (name) => {
      const photos = await writeLabelledPhotos(folder, {
        change: (coco) => {
          coco.images[0].file_name = name;
        },
      });
      await expect(prepareCoco({ ...photos, out })).rejects.toMatchObject({ code: 'dataset-file-name' });
    },
  );

  it('a disk that fills up while writing', async () => {
    const photos = await writeLabelledPhotos(folder, { count: 60 });
    await prepareCoco({ ...photos, out });
    const before = await readFile(join(out, 'dataset.json'), 'utf8');
    // A limit on the size of files stands in for a full disk: the write fails half-way in the same manner.
    const program = `import { prepareCoco } from ${JSON.stringify(join(import.meta.dirname, '../../tests/coco-sets.ts'))};
      prepareCoco(${JSON.stringify({ ...photos, out })}).catch((error) => { console.error(error.code); process.exit(7); });`;
    await writeFile(join(folder, 'run.mts'), program);
    const tsx = join(import.meta.dirname, '../../node_modules/.bin/tsx');
    const run = promisify(execFile)('bash', ['-c', `ulimit -f 4; exec ${tsx} ${join(folder, 'run.mts')}`], {
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
    await expect(run).rejects.toMatchObject({ code: 7, stderr: expect.stringContaining('disk-full') });
    expect(await readFile(join(out, 'dataset.json'), 'utf8')).toBe(before);
    expect((await readdir(out)).sort()).toEqual(['annotations.json', 'dataset.json', 'train.json', 'val.json']);
    await expect(openDataset(out, 'train')).resolves.toBeDefined();
  });

  it('a photo reached through a link within the folder is still a photo of the folder', async () => {
    const photos = await writeLabelledPhotos(folder);
    await mkdir(join(folder, 'elsewhere'));
    await symlink(photos.images, join(folder, 'elsewhere', 'images'));
    await expect(prepareCoco({ ...photos, images: join(folder, 'elsewhere', 'images'), out })).resolves.toBeDefined();
  });
});
