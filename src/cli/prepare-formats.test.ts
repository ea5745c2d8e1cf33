import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { refusal, writeSetFiles } from '../../tests/fixtures/set-files.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { prepareCommand } from './prepare.ts';

let folder = '';
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-prepare-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function prepare(...args: string[]): Promise<string> {
  const command = prepareCommand();
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ writeErr: () => {} });
  return (await captureOutput(() => command.parseAsync(args, { from: 'user' }))).out;
}

const photo = { width: 60, height: 80 };
const polygon = [[10, 10, 40, 10, 40, 60, 10, 60]];
const runLengths = { size: [80, 60], counts: [810, 50, 30, 50, 3860] };

/** In the form of Fashionpedia: garments with attributes, parts of them, outlines in both forms, and keys of its own. */
const fashionpedia = {
  info: { year: '2026', version: '1', description: 'drawn', date_created: '2026/01/01' },
  licenses: [{ id: 1, name: 'CC0', url: '' }],
  categories: [
    'shirt, blouse|upperbody',
    'top, t-shirt, sweatshirt|upperbody',
    'jacket|upperbody',
    'pants|lowerbody',
    'jumpsuit|wholebody',
    'glasses|head',
    'sleeve|garment parts',
    'neckline|garment parts',
    'zipper|closures',
  ].map((line, id) => {
    const [name, supercategory] = line.split('|');
    return { id, name, supercategory, level: 2, taxonomy_id: `obj${id}` };
  }),
  attributes: ['dress (mini)', 'symmetrical', 'no waistline'].map((name, index) => ({
    ...{ id: index * 114, name, supercategory: 'silhouette', level: 1, taxonomy_id: `att${index}` },
  })),
  images: ['a b.jpg', 'größe.jpg', 'empty.jpg'].map((file_name, index) => ({
    ...{ id: 900_000 + index, file_name, ...photo, license: 1, isstatic: 1, time_captured: 'x', original_url: 'y' },
  })),
  annotations: [
    { image: 0, category: 2, attribute_ids: [114, 228], segmentation: polygon },
    { image: 0, category: 6, attribute_ids: [], segmentation: runLengths, iscrowd: 1 },
    { image: 0, category: 6, attribute_ids: [0], segmentation: polygon },
    { image: 0, category: 1, attribute_ids: [114], segmentation: runLengths },
    { image: 1, category: 0, attribute_ids: [], segmentation: [] },
    { image: 1, category: 3, attribute_ids: [228], segmentation: polygon, bbox: [10, 30, 0, 10] },
    { image: 1, category: 4, attribute_ids: [228], segmentation: polygon },
    { image: 1, category: 7, attribute_ids: [], segmentation: polygon, bbox: [-1, 0, 20, 20] },
    { image: 1, category: 5, attribute_ids: ['of another form'], segmentation: null },
  ].map(({ image, category, ...rest }, index) => ({
    ...{ id: 5000 + index, image_id: 900_000 + image, category_id: category, bbox: [10, 10, 30.5, 50], area: 1500 },
    ...{ iscrowd: 0, ...rest },
  })),
};

const rules = {
  classes: ['tee', 'blouse', 'jacket', 'pants', 'dress'],
  sources: {
    fashionpedia: {
      'shirt, blouse': 'blouse',
      'top, t-shirt, sweatshirt': 'tee',
      jacket: 'jacket',
      pants: 'pants',
      jumpsuit: { ignore: ['pants', 'dress'] },
      glasses: null,
    },
    modanet: { top: { ignore: ['tee', 'blouse'] }, outer: 'jacket', pants: 'pants', dress: 'dress' },
  },
};

async function prepareSet(name: string, source: string, given: object, ...more: string[]): Promise<string> {
  const { images } = fashionpedia;
  const photos = Object.fromEntries(images.map(({ file_name }) => [`photos/${file_name}`, photo]));
  await writeSetFiles(at(name), {
    ...photos,
    'labels.json': JSON.stringify(given),
    'rules.json': JSON.stringify(rules),
  });
  const paths = ['--annotations', at(name, 'labels.json'), '--images', at(name, 'photos')];
  const relabel = ['--relabel', at(name, 'rules.json'), '--source', source];
  return prepare('coco', ...paths, ...relabel, '--out', at(name, 'out'), ...more);
}

describe('deepshop prepare coco', () => {
  it('of a set like Fashionpedia counts all that it leaves out', async () => {
    const report = JSON.parse(await prepareSet('json', 'fashionpedia', fashionpedia, '--json'));
    expect(report).toMatchObject({
      ...{ clipped: 1, empty: 1, outlines: 6, unsplit: 0, unmasked: 0 },
      dropped: { sleeve: 2, neckline: 1, glasses: 1 },
    });
    const { counts, relabelling, classes } = report.dataset;
    expect(classes).toEqual(rules.classes);
    expect(relabelling.source).toBe('fashionpedia');
    expect(counts.all).toEqual({
      ...{ images: 3, negatives: 1, boxes: 3, ignored: 2 },
      perClass: {
        tee: { boxes: 1, ignored: 0 },
        blouse: { boxes: 1, ignored: 0 },
        jacket: { boxes: 1, ignored: 0 },
        pants: { boxes: 0, ignored: 1 },
        dress: { boxes: 0, ignored: 1 },
      },
    });
    // Each annotation is a box, or two regions for one, or counted above.
    const dropped = Object.values<number>(report.dropped).reduce((sum, each) => sum + each, 0);
    const { boxes, ignored } = counts.all;
    expect(boxes + ignored / 2 + report.empty + dropped).toBe(fashionpedia.annotations.length);
  });

  it('of a set like Fashionpedia keeps attributes, areas and what photos say, and no outline', async () => {
    const text = await prepareSet('text', 'fashionpedia', fashionpedia);
    expect(text).toContain('\n1 box that overshot its photo slightly was cut back to it\n');
    expect(text).toContain('\n1 box without an area was left out\n');
    expect(text).toContain('\noutlines of 6 boxes were left out: a data set has boxes alone\n');
    expect(text).toContain('\nlabels left out: sleeve 2, neckline 1, glasses 1\n');
    const { coco, records } = await openDataset(at('text/out'), 'all');
    expect(coco.attributes?.map(({ id, name }) => [id, name])).toEqual([
      [0, 'dress (mini)'],
      [114, 'symmetrical'],
      [228, 'no waistline'],
    ]);
    expect(coco.annotations.map(({ category_id, attribute_ids }) => [category_id, attribute_ids])).toEqual([
      [3, [114, 228]],
      [1, [114]],
      [2, []],
      [4, [228]],
      [5, [228]],
    ]);
    expect(coco.annotations[0]).toEqual({
      ...{ id: 1, image_id: 900_000, category_id: 3, bbox: [10, 10, 30.5, 50], area: 1500, iscrowd: 0 },
      attribute_ids: [114, 228],
    });
    expect(coco.images[1]).toMatchObject({ file_name: 'größe.jpg', original_url: 'y', isstatic: 1 });
    expect(records.map(({ labels, crowdBoxes }) => [labels.length, crowdBoxes.length / 4])).toEqual([
      [2, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(await readFile(at('text/out/annotations.json'), 'utf8')).not.toContain('segmentation');
  });

  it('of a set like ModaNet merges its coarse classes by the same file', async () => {
    const modanet = {
      ...{ year: 2026, type: 'instances' },
      images: fashionpedia.images.map(({ id, file_name, width, height }) => ({
        id,
        file_name,
        width,
        height,
        license: 3,
      })),
      categories: ['bag', 'belt', 'boots', 'footwear', 'outer', 'dress', 'sunglasses', 'pants', 'top'].map(
        (name, index) => ({ id: index + 1, name, supercategory: 'fashion' }),
      ),
      annotations: [9, 5, 4, 4, 1].map((category_id, id) => ({
        ...{ id, image_id: 900_000 + (id % 2), category_id, bbox: [1, 2, 30, 40], iscrowd: 0, area: 900 },
        segmentation: polygon,
      })),
    };
    const report = JSON.parse(await prepareSet('modanet', 'modanet', modanet, '--json'));
    expect(report).toMatchObject({ dropped: { footwear: 2, bag: 1 }, outlines: 5, clipped: 0, empty: 0 });
    expect(report.dataset.counts.all).toMatchObject({ images: 3, negatives: 1, boxes: 1, ignored: 2 });
  });

  it('asks which source a relabelling with several is for, and names a wrong one', async () => {
    await expect(prepareSet('wrong', 'fashionpaedia', fashionpedia)).rejects.toThrow(
      /rules\.json: there is no source "fashionpaedia"; expected one of fashionpedia, modanet/,
    );
    expect(await readdir(at('wrong'))).not.toContain('out');
  });
});

describe('deepshop prepare', () => {
  const voc =
    '<annotation><size><width>60</width><height>80</height></size><object><name>coat</name><bndbox>' +
    '<xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>';
  const garment = { category_id: 2, bounding_box: [0, 0, 9, 9] };

  it.each([
    ['voc', { 'Annotations/a.xml': voc, 'JPEGImages/a.jpg': photo, 'ImageSets/Main/val.txt': 'a' }, 'coat'],
    [
      'yolo',
      { 'data.yaml': 'val: images\nnames: [coat]', 'images/a.jpg': photo, 'labels/a.txt': '0 .1 .1 .1 .1' },
      'coat',
    ],
    [
      'deepfashion2',
      { 'validation/annos/a.json': JSON.stringify({ item1: garment }), 'validation/image/a.jpg': photo },
      'long sleeve top',
    ],
  ])('%s makes a data set with the side that the format names', async (format, files, className) => {
    const root = await writeSetFiles(at(format), files);
    const report = JSON.parse(await prepare(format, '--root', root, '--out', at(format, 'out'), '--json'));
    expect(report.dataset.counts).toMatchObject({
      train: { images: 0, boxes: 0 },
      val: { images: 1, boxes: 1, perClass: { [className]: { boxes: 1 } } },
    });
  });

  it.each([
    ['coco', ['--annotations', 'nowhere.json', '--images', '.'], 'dataset-missing', /nowhere\.json: .*no such file/],
    ['voc', ['--root', 'nowhere'], 'dataset-missing', /nowhere: there is no such folder/],
    ['yolo', ['--root', 'nowhere'], 'dataset-missing', /nowhere: there are no class names/],
    ['deepfashion2', ['--root', 'nowhere'], 'dataset-missing', /nowhere: there are no annotations of DeepFashion2/],
  ])('%s of what is not there says so', async (format, args, code, message) => {
    await expect(prepare(format, ...args, '--out', at('none'))).rejects.toEqual(refusal(code, message));
  });

  it('refuses a file of another encoding by its line', async () => {
    await writeFile(at('latin.json'), Buffer.from('{"images":\n[], "größe": 1}', 'latin1'));
    const args = ['coco', '--annotations', at('latin.json'), '--images', folder, '--out', at('none')];
    await expect(prepare(...args)).rejects.toEqual(
      refusal('dataset-not-utf8', /latin\.json, line 2: .*Save the file as UTF-8/),
    );
  });
});
