import { spawnSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** The program with an engine that needs no model: what follows is about the commands. */
const entry = `
  import { run } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))};
  import { createColourEngine } from ${JSON.stringify(join(import.meta.dirname, '../../tests/colour-engine.ts'))};
  await run(['node', 'deepshop', ...process.argv.slice(1)], async () => createColourEngine());
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepshop-cli-'));
  await mkdir(join(folder, 'shop', 'blue things'), { recursive: true });
  await draw('shop/red.png', [24, 32, 48, 32, '#e02020']);
  await draw('shop/blue things/jeans.png', [36, 16, 24, 64, '#2020e0']);
  await draw('shop/green.png', [24, 32, 48, 32, '#20e020']);
  await draw('query.png', [8, 8, 80, 40, '#d83030'], [40, 60, 12, 32, '#3030d8']);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function deepshop(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', entry, '--', ...argv],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { status, stdout, stderr };
}

/** Stdout is one JSON document and nothing else. */
function json(...argv: string[]) {
  const { stdout, ...rest } = deepshop(...argv, '--json');
  return { ...rest, document: JSON.parse(stdout) };
}

async function draw(name: string, ...shapes: [number, number, number, number, string][]): Promise<void> {
  const rectangles = shapes.map(
    ([x, y, w, h, fill]) => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96">${rectangles.join('')}</svg>`;
  await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).png().toFile(join(folder, name));
}

describe('usage', () => {
  test.each([
    [[]],
    [['dance']],
    [['detect', 'a.jpg', '--min-score', '1.5']],
    [['detect', 'a.jpg', '--nope']],
    [['index', 'shop']],
    [['recommend', 'a.jpg']],
    [['recommend', 'a.jpg', '--store', 's', '--top', '0']],
    [['recommend', 'a.jpg', '--store', 's', '--top', '100000000']],
  ])('%j is wrong: exit code 2, a message, nothing on stdout', (argv) => {
    const { status, stdout, stderr } = deepshop(...argv);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    // Without a command the help; else one line, whoever found the fault.
    if (argv.length === 0) expect(stderr).toContain('Usage: deepshop');
    else expect(stderr).toMatch(/^deepshop: [^\n]*--help[^\n]*\.\n$|^deepshop: there is no store[^\n]*\n$/);
  });

  test('a catalogue that is not there is no wrong usage', () => {
    const { status, stdout, stderr } = deepshop('index', 'absent', '--store', 's');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('absent');
  });

  test('help and version are no failure', () => {
    expect(deepshop('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('recommend') });
    expect(deepshop('detect', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--min-score') });
    expect(deepshop('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('detect', () => {
  test('answers each photo in its place, and a bad one is an error there', async () => {
    await writeFile(join(folder, 'empty.jpg'), '');
    await writeFile(join(folder, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const { status, document } = json('detect', 'empty.jpg', 'query.png', 'absent.jpg', 'drawing.svg');
    expect(status).toBe(1);
    expect(document.images).toEqual([
      { file: 'empty.jpg', error: { code: 'image-empty', message: expect.stringContaining('empty') } },
      {
        file: 'query.png',
        width: 96,
        height: 96,
        detections: [
          { box: [8, 8, 88, 48], label: 'tee', score: expect.closeTo(200 / 576, 5) },
          { box: [40, 60, 52, 92], label: 'trousers', score: expect.closeTo(24 / 576, 5) },
        ],
      },
      { file: 'absent.jpg', error: { code: 'image-missing', message: expect.stringContaining('absent.jpg') } },
      { file: 'drawing.svg', error: { code: 'image-svg', message: expect.any(String) } },
    ]);
  });

  test('leaves out what is under the score, and boxes are those of the upright photo', async () => {
    // Orientation 6: shown turned by a quarter.
    const turned = join(folder, 'turned.jpg');
    await sharp({ create: { width: 96, height: 48, channels: 3, background: '#ffffff' } })
      .composite([
        { input: { create: { width: 16, height: 16, channels: 3, background: '#000000' } }, left: 0, top: 0 },
      ])
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(turned);
    const { status, document } = json('detect', 'query.png', 'turned.jpg', '--min-score', '0.05');
    expect(status).toBe(0);
    expect(document.images[0].detections).toHaveLength(1);
    expect(document.images[1]).toMatchObject({ width: 48, height: 96 });
    expect(document.images[1].detections[0].box[0]).toBeGreaterThan(24);
  });

  test('writes annotated pictures, one for each photo, and never over a photo', async () => {
    await mkdir(join(folder, 'other'));
    await draw('other/query.png', [24, 32, 48, 32, '#e02020']);
    const { status, stderr } = deepshop('detect', 'query.png', 'other/query.png', '--out', 'drawn/here');
    expect(status).toBe(0);
    expect(stderr).toContain('query-2-garments.jpg');
    const names = (await readdir(join(folder, 'drawn/here'))).sort();
    expect(names).toEqual(['query-2-garments.jpg', 'query-garments.jpg']);
    expect(await sharp(join(folder, 'drawn/here', names[0])).metadata()).toMatchObject({ format: 'jpeg', width: 640 });
  });

  test('a folder that cannot be written to is said once for each photo, and exit code 1', async () => {
    await writeFile(join(folder, 'file'), '');
    const { status, document } = json('detect', 'query.png', '--out', 'file');
    expect(status).toBe(1);
    expect(document.images[0].error.code).toBe('output-unwritable');
  });

  test('names with control characters do not reach the terminal', () => {
    const { stderr, stdout } = deepshop('detect', 'a\u001b[31m\u202eb.jpg');
    expect(stderr + stdout).not.toMatch(/[\p{Cf}]|\p{Cc}(?<!\n)/u);
    const raw = deepshop('detect', 'a\u001b[31m\u202eb.jpg', '--json').stdout;
    expect(raw).not.toMatch(/[\p{Cf}]|\p{Cc}(?<!\n)/u);
    expect(JSON.parse(raw).images[0].file).toBe('a\u001b[31m\u202eb.jpg');
  });
});

describe('index', () => {
  test('counts what it did, and a second run changes nothing', () => {
    const first = json('index', 'shop', '--store', 'store');
    expect(first).toMatchObject({ status: 0, document: { added: 3, updated: 0, unchanged: 0, failed: [] } });
    const second = json('index', 'shop', '--store', 'store');
    expect(second).toMatchObject({ status: 0, document: { added: 0, updated: 0, unchanged: 3, failed: [] } });
  });

  test('reports bad rows and goes on; exit code 1 only when nothing could be indexed', async () => {
    await symlink(join(folder, 'query.png'), join(folder, 'shop', 'link.png'));
    const rows = ['1,red.png', '2,../query.png', '3,link.png', '4,/etc/hostname', '1,red.png', '5,absent.png'];
    await writeFile(join(folder, 'shop/feed.csv'), `id,image\n${rows.join('\n')}\n`);
    const { status, document } = json('index', 'shop/feed.csv', '--store', 'store');
    expect(status).toBe(0);
    expect(document).toMatchObject({ added: 1, updated: 0, unchanged: 0 });
    expect(document.failed.map(({ source }: { source: string }) => source)).toEqual(
      [2, 3, 4, 5, 6].map((row) => `feed.csv row ${row}`),
    );
    await writeFile(join(folder, 'shop/bad.csv'), 'id,image\n1,absent.png\n');
    expect(json('index', 'shop/bad.csv', '--store', 'bad')).toMatchObject({ status: 1, document: { added: 0 } });
    expect((await readdir(folder)).filter((name) => name.startsWith('bad'))).toEqual([]);
    await writeFile(join(folder, 'shop/text.jpg'), 'text');
    const { stderr } = deepshop('index', 'shop', '--store', 'store');
    expect(stderr.match(/text\.jpg/g)).toHaveLength(1);
  });

  test('an empty source is an error that leaves no store, and an existing one as it was', async () => {
    await mkdir(join(folder, 'nothing'));
    await writeFile(join(folder, 'nothing.csv'), 'id,image\n');
    const folders = await readdir(folder);
    for (const source of ['nothing', 'nothing.csv']) {
      const { status, document } = json('index', source, '--store', 'deep/store');
      expect(status).toBe(1);
      expect(document.error).toEqual({
        code: 'catalogue-empty',
        message: expect.stringMatching(/^nothing.*expected pictures.*got none. Nothing was changed: check the path/),
      });
    }
    expect(await readdir(folder)).toEqual(folders);
    deepshop('index', 'shop', '--store', 'store', '--store-kind', 'exact');
    const before = await readFile(join(folder, 'store/rows.bin'));
    expect(deepshop('index', 'nothing', '--store', 'store').status).toBe(1);
    expect(await readFile(join(folder, 'store/rows.bin'))).toEqual(before);
  });

  test('a store of another descriptor is refused with the cure', () => {
    deepshop('index', 'shop', '--store', 'store');
    // The two descriptors of this engine differ in their metric.
    const { status, stderr, document } = json('index', 'shop', '--store', 'store', '--descriptor', 'paper');
    expect(status).toBe(1);
    expect(document.error.code).toBe('store-space');
    expect(stderr).toMatch(/^deepshop: store: .*index the catalogue again into a new --store/m);
  });
});

describe('recommend', () => {
  test('answers each garment with its nearest items', () => {
    deepshop('index', 'shop', '--store', 'store');
    const { status, document } = json('recommend', 'query.png', '--store', 'store', '--top', '2');
    expect(status).toBe(0);
    const [photo] = document.photos;
    expect(photo).toMatchObject({ file: 'query.png', width: 96, height: 96 });
    expect(photo.garments).toMatchObject([
      { label: 'tee', wholePicture: false, items: [{ id: 'red.png', label: 'tee' }, {}] },
      { label: 'trousers', wholePicture: false, items: [{ id: 'blue things/jeans.png', title: 'jeans' }, {}] },
    ]);
    const garmentKeys = ['box', 'label', 'score', 'wholePicture', 'items', 'total', 'ofKind', 'facets'];
    expect(Object.keys(photo.garments[0])).toEqual(garmentKeys);
    const [item] = photo.garments[0].items;
    const asBefore = ['id', 'title', 'label', 'similarity', 'image'];
    const joined = ['product', 'variants', 'price', 'currency', 'url', 'match', 'why'];
    expect(Object.keys(item)).toEqual([...asBefore, ...joined]);
    expect(item.image).toBe('red.png');
    expect(item.similarity).toBeGreaterThan(0.5);
  });

  test('a picture of an item finds the item; no garment is answered for the whole picture', async () => {
    deepshop('index', 'shop', '--store', 'store', '--descriptor', 'paper');
    await draw('white.png');
    await writeFile(join(folder, 'text.jpg'), 'text');
    const { status, document } = json('recommend', 'text.jpg', 'shop/green.png', 'white.png', '--store', 'store');
    expect(status).toBe(1);
    expect(document.photos[0]).toMatchObject({ file: 'text.jpg', error: { code: 'image-not-an-image' } });
    expect(document.photos[1].garments[0].items[0]).toMatchObject({ id: 'green.png', similarity: 1 });
    expect(document.photos[2].garments).toMatchObject([{ label: null, wholePicture: true, box: [0, 0, 96, 96] }]);
    expect(deepshop('recommend', 'white.png', '--store', 'store').stdout).toContain('no garment found');
  });

  test('writes a contact sheet a photo; titles of any kind cannot harm it', async () => {
    const title = '</text><script>alert(1)</script> & \u0000\u001b[2J \ud800 "quoted"';
    await writeFile(
      join(folder, 'shop/feed.jsonl'),
      JSON.stringify({ id: 1, title, image: 'red.png', price: '5 EUR' }),
    );
    deepshop('index', 'shop/feed.jsonl', '--store', 'store');
    const { status, stdout } = deepshop('recommend', 'query.png', '--store', 'store', '--out', 'sheets');
    expect(status).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('5.00 EUR');
    expect(await readdir(join(folder, 'sheets'))).toEqual(['query-similar.jpg']);
    expect((await sharp(join(folder, 'sheets/query-similar.jpg')).metadata()).width).toBeGreaterThan(900);
  });

  test('pictures of a shop that was moved are missed once, with where they were looked for', async () => {
    deepshop('index', 'shop', '--store', 'store');
    await rename(join(folder, 'shop'), join(folder, 'moved'));
    const argv = ['recommend', 'query.png', 'query.png', '--store', 'store', '--out', 'sheets'];
    const { status, stderr } = deepshop(...argv);
    expect(status).toBe(0);
    expect(stderr.match(/not found/g)).toHaveLength(1);
    const shop = join(await realpath(folder), 'shop');
    expect(stderr).toContain(`3 pictures of items were not found; looked in ${shop}, ${join(shop, 'blue things')}. If`);
    expect(json('index', 'moved', '--store', 'store').document).toMatchObject({ added: 0, updated: 3 });
    expect(deepshop(...argv).stderr).not.toContain('not found');
  });

  test('a store that is missing or damaged ends the command with what to do', async () => {
    expect(deepshop('recommend', 'query.png', '--store', 'absent')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('deepshop index'),
    });
    deepshop('index', 'shop', '--store', 'store', '--store-kind', 'exact');
    await truncate(join(folder, 'store/rows.bin'), 100);
    const before = await readFile(join(folder, 'store/rows.bin'));
    const { status, document } = json('recommend', 'query.png', '--store', 'store');
    expect(status).toBe(1);
    expect(document.error).toEqual({ code: 'store-corrupt', message: expect.stringContaining('truncated') });
    expect(json('index', 'shop', '--store', 'store').status).toBe(1);
    expect(await readFile(join(folder, 'store/rows.bin'))).toEqual(before);
  });
});
