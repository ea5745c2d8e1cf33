/** @file `deepshop studio`: draws the demo catalogue and training pictures. */
import { Command, Option } from 'commander';
import { writeDemoCatalogue, writeDemoQuery } from '../studio/catalogue-node.ts';
import type { Theme } from '../studio/cut.ts';
import { writeMiniature } from '../studio/deepfashion-node.ts';
import { writePairSet } from '../studio/pair-set-node.ts';
import { writeTrainingSet } from '../studio/training-set-node.ts';
import { plural } from '../text/plural.ts';
import { parsePositiveInteger, parseScore, parseSeed, printLine } from './command-runtime.ts';
import { showProgress } from './progress.ts';

interface TrainingFlags {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly longSide: number;
  readonly theme: Theme;
  readonly empty: number;
}

async function withProgress<T>(total: number, work: (onProgress: (done: number) => void) => Promise<T>): Promise<T> {
  const progress = showProgress('drawing', total);
  try {
    return await work((done) => progress.update(done));
  } finally {
    progress.stop();
  }
}

/** What is drawn is the same for the same seed. */
function addSeedFlag(command: Command): Command {
  return command.option('--seed <n>', 'seed', parseSeed, 1);
}

/** @param what what is counted, and how many of it there are unless it is said */
function addCountFlags(command: Command, [what, count]: readonly [what: string, count: number]): Command {
  return addSeedFlag(command.option('--count <n>', what, parsePositiveInteger, count));
}

/** The command, to be added to the program. */
export function studioCommand(): Command {
  const studio = new Command('studio').description('draws garments: a demo catalogue, training pictures');
  addCountFlags(
    studio
      .command('training')
      .description('drawn people and flat lays with exact boxes, as COCO')
      .requiredOption('--out <dir>', 'folder for images/ and annotations.json'),
    ['pictures', 1000],
  )
    .option('--long-side <px>', 'pixels of the longer side', parsePositiveInteger, 480)
    .addOption(
      new Option('--theme <theme>', 'demo: to test on what was not trained on')
        .choices(['training', 'demo'])
        .default('training'),
    )
    .option('--empty <share>', 'share of pictures without a garment, 0 to 1', parseScore, 0.06)
    .action(async ({ out, count, seed, longSide, theme, empty }: TrainingFlags) => {
      const { images, boxes } = await withProgress(count, (onProgress) =>
        writeTrainingSet(out, { count, seed, longSide, theme, empty, onProgress }),
      );
      printLine(`${plural(images, 'picture')} with ${plural(boxes, 'box', 'boxes')} in ${out}`);
    });
  addCountFlags(
    studio
      .command('pairs')
      .description('drawn garments, each worn and laid flat, as COCO: to train a garment vector on')
      .requiredOption('--out <dir>', 'folder for images/ and annotations.json'),
    ['people, of some four garments each', 900],
  ).action(async ({ out, count, seed }: { out: string; count: number; seed: number }) => {
    const { images, boxes } = await withProgress(count, (onProgress) => writePairSet(out, { count, seed, onProgress }));
    printLine(`${plural(images, 'picture')} with ${plural(boxes, 'box', 'boxes')} in ${out}`);
  });
  addCountFlags(
    studio
      .command('deepfashion')
      .description("a miniature in the layout of DeepFashion's files: all its lists, drawn photos")
      .requiredOption('--out <dir>', 'folder to write'),
    ['photos', 300],
  ).action(async ({ out, count, seed }: { out: string; count: number; seed: number }) => {
    await withProgress(count, (onProgress) => writeMiniature(out, { count, seed, onProgress }));
    printLine(`${plural(count, 'photo')} and the lists in ${out}`);
  });
  addCountFlags(
    studio
      .command('catalogue')
      .description('the demo shop: images/ and catalogue.csv')
      .requiredOption('--out <dir>', 'folder to write'),
    ['items', 300],
  ).action(async ({ out, count, seed }: { out: string; count: number; seed: number }) => {
    const { csv } = await withProgress(count, (onProgress) => writeDemoCatalogue(out, { count, seed, onProgress }));
    printLine(`${plural(count, 'item')} in ${csv}`);
  });
  addSeedFlag(
    studio
      .command('query')
      .description('a drawn photo of a person who wears items of the demo shop')
      .requiredOption('--out <file>', 'JPEG to write'),
  ).action(async ({ out, seed }: { out: string; seed: number }) => {
    const garments = await writeDemoQuery(out, { seed });
    for (const { label, box } of garments) printLine(`${label} ${box.join(' ')}`);
  });
  return studio;
}
