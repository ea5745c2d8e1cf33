import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../tests/capture-output.ts';
import { type DrawnSet, tagOrientation, writeDrawnSet } from '../../tests/fixtures/drawn-set.ts';
import type { CocoFile } from '../dataset/coco.ts';
import type { Finding } from '../dataset/doctor/finding.ts';
import { doctorCommand } from './doctor.ts';

const hostile = 'ja\u001b[31mcket<script>alert(1)</script>';

let folder = '';
let bad: DrawnSet;
let good: DrawnSet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-doctor-cli-'));
  good = await writeDrawnSet(join(folder, 'good'), 10);
  bad = await writeDrawnSet(join(folder, 'bad'), 10, async (coco, images) => {
    coco.categories[0].name = hostile;
    coco.categories.push({ id: 6, name: `${hostile.toUpperCase()}S` });
    coco.images[0].file_name = '<img src=x onerror=alert(1)>\u001b[2J.jpg';
    await tagOrientation(join(images, '05.jpg'), 6);
    coco.annotations[1].bbox = [90, 20, 100, 60];
  });
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = undefined;
});

async function doctor(...args: string[]): Promise<{ out: string; code: typeof process.exitCode }> {
  const { out } = await captureOutput(() => doctorCommand().exitOverride().parseAsync(args, { from: 'user' }));
  return { out, code: process.exitCode };
}

describe('deepshop doctor', () => {
  it('says that a good set is good, and ends with 0', async () => {
    const { out, code } = await doctor(good.annotations, '--images', good.images);
    expect(out).toMatch(/^labels\.json \(coco\): 10 photos, 10 boxes, 5 classes\n/);
    expect(out).toContain('0 errors, 1 warning, 0 notes');
    expect(code).toBeUndefined();
  });

  it('prints a table of what is wrong, and ends with 1', async () => {
    const { out, code } = await doctor(bad.annotations, '--images', bad.images);
    expect(out).toMatch(/\nerror {4}photo-rotated {5}1 photo labelled before EXIF turned them {2}\[--fix\]\n/);
    expect(out).toMatch(/\n +- 01\.jpg \| \[90, 20, 100, 60\] on 120 x 160\n/);
    expect(out).toMatch(/\nwarning {2}class-imbalance {3}/);
    expect(code).toBe(1);
  });

  it('does not let names command the terminal', async () => {
    const { out } = await doctor(bad.annotations, '--images', bad.images);
    expect(out).not.toContain('\u001b');
    expect(out).toContain('ja\ufffd[31mcket<script>');
    expect(out).toContain('<img src=x onerror=alert(1)>\ufffd[2J.jpg');
  });

  it('--json prints one document with all that was found', async () => {
    const { out, code } = await doctor(bad.annotations, '--images', bad.images, '--json');
    expect(out).not.toContain('\u001b');
    const report = JSON.parse(out);
    expect(report.datasets).toEqual([{ name: 'labels.json', format: 'coco', photos: 10, boxes: 10, classes: 6 }]);
    expect(report).toMatchObject({ errors: 3, fix: null });
    const rotated = report.findings.find(({ kind }: { kind: string }) => kind === 'photo-rotated');
    expect(rotated.photos[0]).toMatchObject({ fileName: '05.jpg', boxes: [{ annotationId: 6, className: hostile }] });
    expect(code).toBe(1);
  });

  it('--html writes a page with pictures in which names are text', async () => {
    const page = join(folder, 'page.html');
    const { out } = await doctor(bad.annotations, '--images', bad.images, '--html', page);
    expect(out).toContain(`page written to ${page}`);
    const html = await readFile(page, 'utf8');
    expect(html).not.toMatch(/<script|<img/i);
    expect(html).not.toContain('\u001b');
    expect(html).toContain('ja\ufffd[31mcket&lt;script&gt;');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    // Nothing is fetched: every address is a picture in the page, a place in it, or the name of SVG.
    const addresses = [...html.matchAll(/(?:href|src|xmlns)="([^"]*)"/g)].map(([, address]) => address!);
    expect(
      addresses.filter((each) => !/^(data:image\/jpeg;base64,|#f\d+$|http:\/\/www\.w3\.org\/2000\/svg$)/.test(each)),
    ).toEqual([]);
    expect(addresses.filter((each) => each.startsWith('data:')).length).toBeGreaterThanOrEqual(2);
  });

  it('--html cuts long lists with a count', async () => {
    const many = await writeDrawnSet(join(folder, 'many'), 1, (coco) => {
      for (let n = 2; n < 60; n++) coco.images.push({ id: n, file_name: `gone-${n}.jpg`, width: 9, height: 9 });
    });
    const page = join(folder, 'many.html');
    const { out } = await doctor(many.annotations, '--images', many.images, '--html', page);
    expect(out).toContain('  and 52 more\n');
    const html = await readFile(page, 'utf8');
    expect(html).toContain('and 18 more: --json has all');
    expect(html).not.toContain('gone-50.jpg');
  });

  it('--fix writes a copy, and only what it could not put right is left to fail for', async () => {
    const set = await writeDrawnSet(join(folder, 'turned'), 10, (_, images) =>
      tagOrientation(join(images, '05.jpg'), 6),
    );
    const out = join(folder, 'fixed');
    const first = await doctor(set.annotations, '--images', set.images, '--fix', out);
    expect(first.out).toContain(`written to ${out}: 1 photo with boxes turned`);
    expect(first.code).toBeUndefined();
    expect((await doctor(join(out, 'labels.json'), '--images', set.images)).out).toContain('0 errors');
    const second = await doctor(bad.annotations, '--images', bad.images, '--fix', join(folder, 'fixed-bad'), '--json');
    expect(JSON.parse(second.out).fix).toMatchObject({ turnedPhotos: 1, leftOut: 1 });
    expect(second.code).toBe(1);
  });

  it('refuses a place for the copy before it looks at photos', async () => {
    const taken = join(folder, 'good');
    await expect(doctor(good.annotations, '--images', good.images, '--fix', taken)).rejects.toMatchObject({
      code: 'dataset-out-taken',
    });
    expect((await readdir(taken)).sort()).toEqual(['labels.json', 'photos']);
  });

  it('looks at several sets, and finds copies across them', async () => {
    // Photos are looked for beside the file, where they are not in a folder called images.
    const place = async (name: string, images: string, file: string) => {
      const path = join(images, name);
      await writeFile(path, await readFile(file));
      return path;
    };
    const { out, code } = await doctor(
      await place('train.json', good.images, good.annotations),
      await place('val.json', good.images, good.annotations),
    );
    expect(out).toContain('leak              10 groups of copies across the split');
    expect(out).toContain('- 00.jpg | train.json | train | group 1');
    expect(code).toBe(1);
  });

  it('looks at splits over one folder of photos, which --images names', async () => {
    const lists = join(folder, 'lists');
    await mkdir(lists);
    const coco: CocoFile = JSON.parse(await readFile(good.annotations, 'utf8'));
    const list = async (name: string, from: number, to: number) => {
      const path = join(lists, name);
      const chosen = coco.images.slice(from, to);
      const annotations = coco.annotations.filter(({ image_id }) => chosen.some(({ id }) => id === image_id));
      await writeFile(path, JSON.stringify({ ...coco, images: chosen, annotations }));
      return path;
    };
    const train = await list('train.json', 0, 6);
    const { out } = await doctor(train, await list('val.json', 6, 10), '--images', good.images);
    expect(out).toMatch(/^train\.json \(coco\): 6 photos, 6 boxes.*\nval\.json \(coco\): 4 photos, 4 boxes/);
    expect(out).toContain('0 errors');
    const overlapping = await doctor(train, await list('test.json', 5, 10), '--images', good.images, '--json');
    const { findings } = JSON.parse(overlapping.out);
    expect(findings.filter(({ severity }: Finding) => severity === 'error')).toMatchObject([
      { kind: 'leak', photos: [{ fileName: '05.jpg' }, { fileName: '05.jpg' }] },
    ]);
  });

  it.each([
    ['a path that is not there', ['nowhere'], 'dataset-missing'],
    ['--fix for two sets', ['a', 'b', '--images', 'd', '--fix', 'c'], 'usage'],
    ['a set named twice', ['a', './a'], 'usage'],
  ])('refuses %s', async (_, args, code) => {
    await expect(doctor(...args)).rejects.toMatchObject({ code });
  });

  it.each([
    [2, /missing required argument 'datasets'/, () => []],
    [2, /named twice/, () => ['a', 'a']],
    [1, /there is no such file or folder/, () => ['nowhere']],
    [0, /^$/, () => [good.annotations, '--images', good.images]],
  ] as const)('as a program ends with %d, its message %s', (code, message, args) => {
    const argv = JSON.stringify(['node', 'deepshop', 'doctor', ...args()]);
    const entry = `import { run } from ${JSON.stringify(new URL('./main.ts', import.meta.url).href)}; await run(${argv});`;
    const program = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', entry];
    const { status, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
    expect(stderr).toMatch(message);
    expect(status).toBe(code);
  });
});
