/** @file `deepshop prepare deepfashion`: a copy of DeepFashion in, the paper's data set out, with a report beside its Table 1. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  contactSheetFile,
  type PreparedDeepFashion,
  prepareDeepFashion,
} from '../dataset/deepfashion/prepare-deepfashion-node.ts';
import { type RecipeName, recipeNames } from '../dataset/deepfashion/recipes.ts';
import { notesOf } from '../dataset/deepfashion/report.ts';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { parsePositiveInteger, parseSeed, printJson, printLine } from './command-runtime.ts';
import { describeCounts } from './describe-counts.ts';
import { type Progress, showProgress } from './progress.ts';

interface Flags {
  readonly root: string;
  readonly out: string;
  readonly recipe: RecipeName;
  readonly cap?: number;
  readonly val?: number;
  readonly seed: number;
  readonly partition?: boolean;
  readonly withoutImages?: boolean;
  readonly json?: boolean;
}

/** The sub-command of `prepare`. */
export function prepareDeepFashionCommand(): Command {
  return new Command('deepfashion')
    .description("prepare the paper's data set from DeepFashion (Category and Attribute Prediction Benchmark)")
    .requiredOption('--root <dir>', 'folder that holds Anno_coarse (or Anno), Eval, and img or Img')
    .requiredOption('--out <dir>', 'folder to write')
    .addOption(
      new Option('--recipe <name>', "table1: the paper's six classes; street13: all fifty categories")
        .choices(recipeNames)
        .default('table1'),
    )
    .option(
      '--cap <n>',
      'photos at most of a class that the recipe caps (table1: blouse and tee, 15000; street13: all, none)',
      parsePositiveInteger,
    )
    .option('--val <n>', 'photos for validation (default: 7500, or 9 % where that is fewer)', parsePositiveInteger)
    .option('--seed <n>', 'of the caps and the split', parseSeed, 1)
    .option('--partition', 'the official split instead of one by the seed')
    .option('--without-images', 'work from the lists alone; sizes are the least that hold the boxes')
    .option('--json', 'print the report as JSON')
    .action(async ({ withoutImages = false, partition = false, ...flags }: Flags) => {
      if (partition && flags.val !== undefined) {
        throw new UsageError('the official partition has its own validation photos', {
          where: '--partition and --val',
          cure: 'Give one of them.',
        });
      }
      let progress: Progress | undefined;
      const prepared = await prepareDeepFashion({
        ...flags,
        partition,
        withoutImages,
        onPhotos(done, total) {
          progress ??= showProgress('reading sizes of photos', total);
          progress.update(done);
        },
      }).finally(() => progress?.stop());
      if (!withoutImages) await drawExamples(prepared);
      const { out, report, dataset } = prepared;
      if (flags.json) printJson({ out, report, dataset });
      else printLine(describe(prepared));
    });
}

async function drawExamples({ out, dataset, report, examples }: PreparedDeepFashion): Promise<void> {
  const { renderClassSheet } = await import('../report/class-sheet-node.ts');
  const rows = examples.map(({ name, photos }) => ({
    name,
    count: dataset.counts.all!.perClass[name].boxes,
    examples: photos.map(({ fileName, box }) => ({ photoPath: join(dataset.images, fileName), box })),
  }));
  const sheet = await renderClassSheet(rows, `DeepFashion by the recipe ${report.recipe}: examples of each class`);
  await writeFileAtomically(join(out, contactSheetFile), sheet);
}

function describe({ out, dataset, report }: PreparedDeepFashion): string {
  const lines = [...describeCounts(dataset), ...notesOf(report).map(printable)];
  return `${lines.join('\n')}\nwritten to ${out}: train.json, val.json, report.md...`;
}
