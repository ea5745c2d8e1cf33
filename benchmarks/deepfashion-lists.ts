/**
 * @file `deepshop prepare deepfashion` on lists of DeepFashion's full size, drawn here: time and peak memory.
 *
 *     npm run build && npx tsx benchmarks/deepfashion-lists.ts
 *
 * 289,222 rows in 5,620 folders, 1,000 attributes, eight landmarks where a full garment has them. The lists take 1 GB of
 * the system's folder for temporary files, and are removed at the end. Photos are not drawn: `--without-images`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deepFashionCategories } from '../src/dataset/deepfashion/categories.ts';
import { Random } from '../src/random/random.ts';
import { attributesText, categoriesText, listColumns, listRow, threeDigits } from '../src/studio/deepfashion-lists.ts';

const [ROWS, FOLDERS, ATTRIBUTES] = [289_222, 5620, 1000];
/** Photos of the categories of the paper's Table 1; blouse and tee are more than their cap. */
const counts: { readonly [name: string]: number } = {
  Anorak: 160,
  Bomber: 309,
  Jacket: 10467,
  Parka: 676,
  Cardigan: 13311,
  Sweater: 13123,
  Tank: 15429,
  Blouse: 24557,
  Tee: 36887,
};

const root = await mkdtemp(join(tmpdir(), 'deepshop-full-lists-'));
try {
  console.log(`${cpus().length} x ${cpus()[0]?.model}, node ${process.version}, load ${loadavg()[0]?.toFixed(2)}`);
  await drawLists();
  const { size } = await stat(join(root, 'Anno_coarse', 'list_attr_img.txt'));
  console.log(`${ROWS} rows, list_attr_img.txt ${(size / 1e6).toFixed(0)} MB`);
  for (const recipe of ['table1', 'street13']) {
    const { seconds, processorSeconds, megabytes } = await prepare(recipe);
    const times = `${seconds.toFixed(1)} s (${processorSeconds.toFixed(1)} s of processor time)`;
    console.log(`  ${recipe}: ${times}, peak memory ${megabytes.toFixed(0)} MB, load ${loadavg()[0]?.toFixed(2)}`);
  }
} finally {
  await rm(root, { recursive: true });
}

/** Runs the command as a user does, in a process of its own. */
async function prepare(recipe: string): Promise<{ seconds: number; processorSeconds: number; megabytes: number }> {
  const command = fileURLToPath(new URL('../bin/deepshop.js', import.meta.url));
  const tell = 'process.on("exit",()=>process.stderr.write("usage "+JSON.stringify(process.resourceUsage())))';
  const args = ['prepare', 'deepfashion', '--root', root, '--out', join(root, recipe), '--recipe', recipe];
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, command, ...args, '--without-images'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  const usage = /usage (\{.*\})/.exec(said)?.[1];
  if (code !== 0 || usage === undefined) throw new Error(said);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(usage);
  return { seconds, processorSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 };
}

async function drawLists(): Promise<void> {
  const random = new Random(1);
  const categories = shuffledCategories(random);
  for (const folder of ['Anno_coarse', 'Eval']) await mkdir(join(root, folder), { recursive: true });
  await write('Anno_coarse/list_category_cloth.txt', [categoriesText()]);
  const attributes = Array.from({ length: ATTRIBUTES }, (_, index) => ({
    name: index % 3 === 0 ? `drawn attribute ${index}` : `attribute-${index}`,
    kind: (['texture', 'fabric', 'shape', 'part', 'style'] as const)[index % 5],
  }));
  await write('Anno_coarse/list_attr_cloth.txt', [attributesText(attributes)]);
  await writeRows('list_category_img.txt', listColumns.photos, (row) => [categories[row]]);
  await writeRows('list_bbox.txt', listColumns.boxes, () => {
    const [x, y] = [random.below(90), random.below(90)];
    return [x, y, x + 60 + random.below(140), y + 80 + random.below(120)].map(threeDigits);
  });
  await writeRows('list_landmarks.txt', listColumns.landmarks, (row) => {
    const type = deepFashionCategories[categories[row] - 1].type;
    const point = () => `${random.below(3)} ${threeDigits(random.below(300))} ${threeDigits(random.below(300))}`;
    return [type, 0, ...Array.from({ length: [0, 6, 4, 8][type] }, point)];
  });
  const absent = ' -1'.repeat(ATTRIBUTES);
  await writeRows('list_attr_img.txt', listColumns.attributeLabels, () => {
    let values = absent;
    for (let present = random.below(8); present > 0; present--) {
      const at = 3 * random.below(ATTRIBUTES);
      values = `${values.slice(0, at)}  1${values.slice(at + 3)}`;
    }
    return [values];
  });
  await writeRows('../Eval/list_eval_partition.txt', listColumns.partition, () => [
    random.pick(['train', 'train', 'train', 'train', 'train', 'val', 'test']),
  ]);
}

function shuffledCategories(random: Random): number[] {
  const labels = deepFashionCategories.flatMap(({ name }, index) =>
    Array.from({ length: counts[name] ?? 0 }, () => index + 1),
  );
  const others = deepFashionCategories.flatMap(({ name }, index) => (name in counts ? [] : [index + 1]));
  while (labels.length < ROWS) labels.push(random.pick(others));
  return random.shuffle(labels);
}

async function writeRows(
  list: string,
  columns: readonly string[],
  fields: (row: number) => readonly (string | number)[],
): Promise<void> {
  function* text(): Generator<string> {
    yield `${ROWS}\n${columns.join('  ')}\n`;
    for (let row = 0; row < ROWS; row++) yield `${listRow(nameOf(row), fields(row))}\n`;
  }
  await write(join('Anno_coarse', list), text());
}

function nameOf(row: number): string {
  const perFolder = Math.ceil(ROWS / FOLDERS);
  const folder = Math.floor(row / perFolder);
  const separator = folder % 20 === 0 ? ' ' : '_';
  const number = String((row % perFolder) + 1).padStart(8, '0');
  return `img/${['Drawn', 'Pleated-Front', `Garment${folder}`].join(separator)}/img_${number}.jpg`;
}

async function write(path: string, pieces: Iterable<string>): Promise<void> {
  // On disk before anything is measured: what the command writes need not wait for it.
  const stream = createWriteStream(join(root, path), { flush: true });
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < 1 << 20) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'close');
}
