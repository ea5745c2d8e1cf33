import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareCoco } from '../../tests/coco-sets.ts';
import { writeLabelledPhotos } from '../../tests/fixtures/labelled-photos.ts';
import { devImageIds } from './dataset.ts';
import { openDataset } from './dataset-node.ts';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-dataset-'));
  out = join(folder, 'prepared');
  await prepareCoco({ ...(await writeLabelledPhotos(folder, { count: 60 })), out });
});
afterEach(() => rm(folder, { recursive: true }));

describe('opening a prepared data set', () => {
  it('gives photos with boxes as corners and labels from 1', async () => {
    const { records, classes } = await openDataset(out, 'all');
    expect(classes).toEqual(['coat', 'top', 'odd']);
    expect(records.length).toBe(60);
    expect(records[1]).toMatchObject({
      imageId: 2,
      fileName: 'photo-1.jpg',
      photoPath: join(folder, 'images', 'photo-1.jpg'),
      maskPath: join(folder, 'masks', 'photo-1.png'),
      boxes: Float32Array.of(7, 5, 37, 29),
      labels: Int32Array.of(2),
      crowdBoxes: new Float32Array(),
    });
  });

  it('gives train, dev and val that share no photo, and no sender between train and dev', async () => {
    const [train, dev, val, both] = await Promise.all(
      (['train', 'dev', 'val', 'train+dev'] as const).map((part) => openDataset(out, part)),
    );
    expect([train.records.length + dev.records.length, val.records.length, both.records.length]).toEqual([40, 20, 40]);
    expect(dev.records.length).toBe(4);
    const senders = (set: typeof train) => new Set(set.coco.images.map(({ sender }) => sender));
    expect([...senders(dev)].filter((sender) => senders(train).has(sender))).toEqual([]);
    expect(dev.coco.annotations.length).toBe(4);
  });

  it('gives all of the training side when no fold is wanted', async () => {
    expect((await openDataset(out, 'train', null)).records.length).toBe(40);
    expect((await openDataset(out, 'dev', null)).records.length).toBe(0);
  });

  it('takes everything for training where there is no split', async () => {
    const { annotations, images } = { annotations: join(folder, 'given.json'), images: join(folder, 'images') };
    await prepareCoco({ annotations, images, out: join(folder, 'whole') });
    expect((await openDataset(join(folder, 'whole'), 'train+dev')).records.length).toBe(60);
    await expect(openDataset(join(folder, 'whole'), 'val')).rejects.toThrow(
      /no part "val".*expected one of all.*--split/,
    );
  });
});

describe('a data set that is not in order is refused', () => {
  const spoil = async (file: string, change: (text: string) => string) =>
    writeFile(join(out, file), change(await readFile(join(out, file), 'utf8')));

  it('when there is none', () =>
    expect(openDataset(join(folder, 'none'), 'all')).rejects.toThrow(
      /dataset\.json: there is no such file.*deepshop prepare/,
    ));

  it('when a file is not the one described', async () => {
    await spoil('train.json', (text) => text.replace('photo-0', 'photo-9'));
    await expect(openDataset(out, 'train')).rejects.toMatchObject({ code: 'dataset-torn' });
    await expect(openDataset(out, 'val')).resolves.toBeDefined();
  });

  it('when it is of another version', async () => {
    await spoil('dataset.json', (text) => text.replace('"formatVersion": 1', '"formatVersion": 2, "shape": "round"'));
    await expect(openDataset(out, 'all')).rejects.toThrow(/another version; expected formatVersion 1; got 2/);
  });

  it('when its description is damaged', async () => {
    await spoil('dataset.json', (text) => text.replace('"classes"', '"klasses"'));
    await expect(openDataset(out, 'all')).rejects.toMatchObject({ code: 'dataset-torn' });
    await spoil('dataset.json', (text) => text.slice(0, 40));
    await expect(openDataset(out, 'all')).rejects.toMatchObject({ code: 'dataset-not-json' });
  });
});

describe('the dev fold', () => {
  const images = Array.from({ length: 200 }, (_, id) => ({
    id,
    file_name: `${id}.jpg`,
    width: 1,
    height: 1,
    sender: id < 100 ? 0 : id,
  }));

  it('is the share that was asked for, though one sender is larger', () => {
    const fold = devImageIds(images, { share: 0.1, seed: 0 });
    expect(fold.size).toBe(20);
    expect(fold.has(5)).toBe(false);
  });

  it('depends on the seed and on nothing else', () => {
    expect(devImageIds([...images].reverse(), { share: 0.1, seed: 0 })).toEqual(
      devImageIds(images, { share: 0.1, seed: 0 }),
    );
    expect(devImageIds(images, { share: 0.1, seed: 1 })).not.toEqual(devImageIds(images, { share: 0.1, seed: 0 }));
  });
});
