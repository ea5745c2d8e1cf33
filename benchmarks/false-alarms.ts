/**
 * @file Pictures without garments in which a model shows one (`empty-pictures.ts` says which pictures).
 *
 *     npx tsx benchmarks/false-alarms.ts --model DIR [--drawn 100] [--data PREPARED...] [--pictures FOLDER...] [--keep DIR]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { openEngine } from '../src/embedding/open-engine-node.ts';
import { drawnPictures, findFalseAlarms, partsOf, picturesOf } from './empty-pictures.ts';

const several = { type: 'string', multiple: true, default: [] as string[] } as const;
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/lite0-street13' },
    drawn: { type: 'string', default: '100' },
    data: several,
    pictures: several,
    keep: { type: 'string' },
  },
});

const engine = await openEngine(values.model);
const sources = [
  { name: 'drawn, of the demo', pictures: drawnPictures(Number(values.drawn)) },
  ...values.data.map((directory) => ({ name: `parts of ${directory}, val`, pictures: partsOf(directory) })),
  ...values.pictures.map((folder) => ({ name: folder, pictures: picturesOf(folder) })),
];
let [all, shown] = [0, 0];
for (const { name: source, pictures } of sources) {
  const { count, alarms } = await findFalseAlarms(engine, pictures);
  console.log(`${source}: ${alarms.length} of ${count} pictures show a garment`);
  for (const { name, photo, shown: garments } of alarms) {
    console.log(`  ${name}: ${garments.map(({ label, score }) => `${label} ${score.toFixed(2)}`).join(', ')}`);
    if (values.keep === undefined) continue;
    await mkdir(values.keep, { recursive: true });
    const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
    const png = await sharp(photo.pixels, { raw }).png().toBuffer();
    await writeFile(join(values.keep, `${name.replaceAll(/\W+/g, '-')}.png`), png);
  }
  all += count;
  shown += alarms.length;
}
console.log(`all: ${shown} of ${all}, ${((100 * shown) / Math.max(1, all)).toFixed(1)} % (goal: under 2 %)`);
await engine.release();
