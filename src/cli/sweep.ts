/** @file `deepshop sweep`: one training run for every combination of settings, one after the other, and a table of them. */
import { join } from 'node:path';
import { Command } from 'commander';
import { printable } from '../errors/printable.ts';
import { writeFilesAtomically } from '../files/atomic-file-node.ts';
import type { ReportRun } from '../report/report-data.ts';
import { runCurves } from '../report/run-curves.ts';
import {
  type SweepRow,
  type SweepTable,
  scoreOf,
  sweepJson,
  sweepLines,
  sweepMarkdown,
  sweepTable,
} from '../report/sweep-table.ts';
import type { Recipe } from '../training/recipe.ts';
import { parseVariations } from '../training/recipe-grid.ts';
import type { SweepPlace, SweepRun } from '../training/sweep-node.ts';
import type { StepProgress } from '../training/train-node.ts';
import { log, markFailed, printJson, printLine } from './command-runtime.ts';
import { type Progress, showProgress } from './progress.ts';
import { openRun } from './report-runs.ts';
import { addRunFlags, planRun, type RunFlags } from './run-flags.ts';

interface Flags extends RunFlags {
  readonly vary: readonly string[];
  readonly json?: boolean;
}

const details = `
A KEY is a path into the recipe, like augmentation.flip, or a short name: lr, weight-decay, momentum,
warmup-steps, batch-size, seed, steps (in place of epochs), optimizer (its kind, with that kind's
defaults). Values are JSON where they read as JSON, else text.

  deepshop sweep --recipe baseline --vary lr=0.0005,0.001 --vary steps=300 \\
    --data data/shop --out sweeps/first

The same command goes on where a sweep was stopped; with other values it adds runs. A run is trained
again when its folder is deleted. Exit code 1: some run diverged or failed; the table says which.`;

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('train once for every combination of settings, and compare the runs on the dev folds')
    .requiredOption('--vary <setting...>', 'KEY=V1,V2: a setting of the recipe and the values it takes');
  return addRunFlags(command, {
    recipe: 'what is varied',
    out: 'folder for sweep.json, table.md, table.json, report/ and a folder for each run',
  })
    .option('--json', 'print the table as one JSON document')
    .addHelpText('after', details)
    .action(async (flags: Flags) => {
      const variations = parseVariations(flags.vary);
      const plan = await planRun(flags);
      const { recipe } = plan;
      const { sweep } = await import('../training/sweep-node.ts');
      const bar = runBar();
      const runs = await sweep({
        ...plan,
        variations,
        onRun: (place) => bar.begin(titleOf(place)),
        onStep: (progress) => bar.show(progress),
        onResult: async (place, sofar) => {
          bar.stop();
          const table = await writeTable(flags.out, recipe, sofar);
          log(`${titleOf(place)}: ${describe(table.rows.find(({ name }) => name === place.folder)!)}`);
        },
      }).finally(() => bar.stop());
      const table = await writeTable(flags.out, recipe, runs);
      await writeCurves(flags.out, runs);
      if (flags.json) printJson(sweepJson(table));
      else print(table, flags.out);
      if (runs.some(({ isAsked, outcome }) => isAsked && outcome?.state !== 'ended')) markFailed();
    });
}

/** A bar a run on a terminal; elsewhere a line where it begins, and now and then one more. */
function runBar(): { begin(title: string): void; show(progress: StepProgress): void; stop(): void } {
  let current: { readonly title: string; bar: Progress | null } = { title: '', bar: null };
  return {
    begin(title) {
      current = { title, bar: null };
      if (!process.stderr.isTTY) log(title);
    },
    show({ step, steps }) {
      current.bar ??= showProgress(current.title, steps);
      current.bar.update(step);
    },
    stop() {
      current.bar?.stop();
      current.bar = null;
    },
  };
}

const titleOf = ({ number, total, folder }: SweepPlace): string => printable(`${number}/${total} ${folder}`);

async function writeTable(out: string, base: Recipe, runs: readonly SweepRun[]): Promise<SweepTable> {
  const table = sweepTable(
    base,
    runs.map(({ folder, settings, outcome, records }) => ({
      name: folder,
      settings,
      state: outcome?.state ?? (records.length > 0 ? 'unfinished' : 'waiting'),
      seconds: outcome?.seconds ?? null,
      message: outcome?.message ?? null,
      curves: runCurves(records),
    })),
  );
  const files = new Map([
    ['table.md', sweepMarkdown(table)],
    ['table.json', `${JSON.stringify(sweepJson(table), null, 1)}\n`],
  ]);
  await writeFilesAtomically(out, files);
  return table;
}

/** The page of `deepshop report --compare`, with every run that has a log. */
async function writeCurves(out: string, runs: readonly SweepRun[]): Promise<void> {
  const begun: ReportRun[] = [];
  for (const { folder, records } of runs) {
    if (records.length === 0) continue;
    const { model, curves, kept } = await openRun(join(out, folder));
    begun.push({ name: folder, model, curves, kept, evaluations: [] });
  }
  if (begun.length === 0) return;
  const { composeReport } = await import('../report/compose-report.ts');
  const { writeReport } = await import('../report/write-report-node.ts');
  await writeReport(join(out, 'report'), composeReport(begun, { isComparison: true, worst: 0 }), () => []);
}

function describe({ state, best, final, seconds, message }: SweepRow): string {
  if (message !== null) return printable(`${state}: ${message}`);
  if (best === null || final === null) return `${state}, not validated`;
  const time = seconds === null ? '' : `, ${seconds.toFixed(1)} s`;
  const mean = `mean mAP@0.5 ${scoreOf(best).toFixed(3)} at step ${best.step}, ${scoreOf(final).toFixed(3)} at the end`;
  return `${state}: ${mean}, loss ${final.losses.total.toFixed(3)}${time}`;
}

function print(table: SweepTable, out: string): void {
  for (const line of sweepLines(table)) printLine(inLine(line));
  printLine(printable(`table.md, table.json and report/index.html are in ${out}`));
}

/** Printable, with the spaces that columns stand by. */
function inLine(line: string): string {
  return line.split(' ').map(printable).join(' ');
}
