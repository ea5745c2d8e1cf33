/** @file `deepshop studio`: draws the demo catalogue and training pictures. */
import { Command } from 'commander';
import { UsageError } from '../errors/errors.ts';
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
  return studio;
}
