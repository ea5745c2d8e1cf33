/** @file `deepshop studio`: draws the demo catalogue and training pictures. */
import { Command } from 'commander';
import { UsageError } from '../errors/errors.ts';
import { writeDemoCatalogue, writeDemoQuery } from '../studio/catalogue-node.ts';
import { writeTrainingSet } from '../studio/training-set-node.ts';

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new UsageError('not a count', { expected: 'a whole number', got: text });
  return value;
}

function progress(what: string, total: number): (done: number) => void {
  const every = Math.max(1, Math.floor(total / 50));
  return (done) => {
    if (done % every === 0 || done === total)
      process.stderr.write(
        `${process.stderr.isTTY ? '\r' : ''}${what} ${done}/${total}${process.stderr.isTTY && done < total ? '' : '\n'}`,
      );
  };
}

export function studioCommand(): Command {
  const studio = new Command('studio').description('draws garments: a demo catalogue, training pictures');
  studio
    .command('training')
    .description('drawn people and flat lays with exact boxes, as COCO')
    .requiredOption('--out <dir>', 'folder for images/ and annotations.json')
    .option('--count <n>', 'pictures', integer, 1000)
    .option('--seed <n>', 'seed', integer, 1)
    .option('--long-side <px>', 'pixels of the longer side', integer, 480)
    .option('--theme <theme>', 'training, or demo to test on what was not trained on', 'training')
    .action(
      async ({
        out,
        count,
        seed,
        longSide,
        theme,
      }: {
        out: string;
        count: number;
        seed: number;
        longSide: number;
        theme: string;
      }) => {
        if (theme !== 'training' && theme !== 'demo')
          throw new UsageError('no such theme', { expected: 'training or demo', got: theme, where: '--theme' });
        const { images, boxes } = await writeTrainingSet(out, {
          count,
          seed,
          longSide,
          theme,
          onProgress: progress('drawn', count),
        });
        process.stdout.write(`${images} pictures with ${boxes} boxes in ${out}\n`);
      },
    );
  studio
    .command('catalogue')
    .description('the demo shop: images/ and catalogue.csv')
    .requiredOption('--out <dir>', 'folder to write')
    .option('--count <n>', 'items', integer, 300)
    .option('--seed <n>', 'seed', integer, 1)
    .action(async ({ out, count, seed }: { out: string; count: number; seed: number }) => {
      const { csv } = await writeDemoCatalogue(out, { count, seed, onProgress: progress('drawn', count) });
      process.stdout.write(`${count} items in ${csv}\n`);
    });
  studio
    .command('query')
    .description('a drawn photo of a person who wears items of the demo shop')
    .requiredOption('--out <file>', 'JPEG to write')
    .option('--seed <n>', 'seed', integer, 1)
    .action(async ({ out, seed }: { out: string; seed: number }) => {
      const garments = await writeDemoQuery(out, { seed });
      for (const { label, box } of garments) process.stdout.write(`${label} ${box.join(' ')}\n`);
    });
  return studio;
}
