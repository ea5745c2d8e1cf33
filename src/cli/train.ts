/** @file `deepshop train`: a detector from a recipe and prepared data sets. */
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { printable } from '../errors/printable.ts';
import type { RunStart } from '../training/start-node.ts';
import type { StepProgress } from '../training/train-node.ts';
import type { Validation } from '../training/validate-node.ts';
import { log } from './command-runtime.ts';
import { addRunFlags, planRun, type RunFlags } from './run-flags.ts';
import type { WatchPage } from './watch-page.ts';

interface Flags extends RunFlags {
  readonly resume?: boolean;
  readonly watch?: number | true;
}

export function trainCommand(): Command {
  const command = new Command('train').description('train a detector on prepared data sets');
  return addRunFlags(command, {
    recipe: 'what to train and how',
    out: 'folder of the run: log, checkpoint, best/ and last/',
  })
    .option('--resume', 'go on with a run that stopped')
    .option('--watch [port]', 'serve the curves so far on 127.0.0.1 while training', parsePort)
    .action(async (flags: Flags) => {
      const { train } = await import('../training/train-node.ts');
      const plan = await planRun(flags);
      const bar = progressBar();
      let checkpointStep = 0;
      const stop = () => {
        bar.print(`stopped; the same command with --resume goes on from step ${checkpointStep}`);
        process.exit(130);
      };
      process.once('SIGINT', stop);
      const watching = flags.watch === undefined ? null : await watch(flags.out, flags.watch);
      if (watching !== null) bar.print(`curves: ${watching.url}`);
      try {
        const latest = await train({
          ...plan,
          resume: flags.resume === true,
          onStart: (run) => {
            const source = flags.from ?? flags.trunkWeights;
            if (run.state.step > 0) bar.print(`going on from step ${run.state.step}`);
            else if (flags.resume) bar.print(`no checkpoint in ${printable(flags.out)}: starting from the beginning`);
            if (run.state.step === 0 && source !== undefined) bar.print(describeStart(source, run));
          },
          onStep: (progress) => {
            checkpointStep = progress.checkpointStep;
            bar.show(progress);
          },
          onValidation: (validation) => bar.print(describe(validation)),
        });
        if (latest !== null) bar.print(`${pc.green('done')}: the best model is in ${printable(flags.out)}/best`);
      } finally {
        process.removeListener('SIGINT', stop);
        bar.stop();
        await watching?.close();
      }
    });
}

async function watch(run: string, port: number | true): Promise<WatchPage> {
  const { serveCurves } = await import('./watch-page.ts');
  return serveCurves(run, port === true ? 0 : port);
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65536) return Number(text);
  throw new InvalidArgumentError('expected a port from 0, any that is free, to 65535.');
}

/** A bar on a terminal; elsewhere a line now and then. */
function progressBar(): { show(progress: StepProgress): void; print(text: string): void; stop(): void } {
  const line = ({ phase, losses, imagesPerSecond, waitMs }: StepProgress) =>
    `${phase === null ? '' : `${phase}  `}loss ${losses.total.toFixed(3)}  ${imagesPerSecond.toFixed(1)} images/s  wait ${waitMs.toFixed(0)} ms`;
  if (!process.stderr.isTTY) {
    const started = Date.now();
    let first: number | null = null;
    return {
      show(progress) {
        first ??= progress.step - 1;
        if (progress.step % 50 !== 0) return;
        const eta = ((Date.now() - started) / (progress.step - first)) * (progress.steps - progress.step);
        log(`step ${progress.step}/${progress.steps}  ${line(progress)}  ${(eta / 60_000).toFixed(0)} min left`);
      },
      print: log,
      stop() {},
    };
  }
  let bar: SingleBar | null = null;
  return {
    show(progress) {
      if (bar === null) {
        bar = new SingleBar({ format: '{bar} {value}/{total}  {text}  ETA {eta_formatted}', stream: process.stderr });
        bar.start(progress.steps, progress.step, { text: '' });
      }
      bar.update(progress.step, { text: line(progress) });
    },
    print: (text) => log(`\n${text}`),
    stop: () => bar?.stop(),
  };
}

/** What a run took over; how much is new tells whether the weights were meant for this architecture. */
function describeStart(
  source: string,
  { initial, initialised }: Pick<RunStart, 'initial' | 'initialised' | 'state'>,
): string {
  const taken = `${initial.size - initialised.length} of ${initial.size} tensors taken from ${source}`;
  if (initialised.length === 0) return printable(taken);
  const names = `${initialised.slice(0, 3).join(', ')}${initialised.length > 3 ? ', ...' : ''}`;
  return printable(`${taken}; ${initialised.length} initialised afresh: ${names}`);
}

function describe({ step, losses, perDataset, score, isBest }: Validation): string {
  const rows = Object.entries(perDataset).map(
    ([name, { AP, AP50, topClassAccuracy }]) =>
      `  ${printable(name)}: AP ${AP.toFixed(3)}, mAP@0.5 ${AP50.toFixed(3)}, top-class accuracy ${topClassAccuracy.toFixed(3)}`,
  );
  const mark = isBest ? pc.green(' (best so far)') : '';
  const { total, roiAccuracy } = losses;
  const regions = roiAccuracy === undefined ? '' : `, RoI accuracy ${roiAccuracy.toFixed(3)}`;
  const head = `validation on the dev fold at step ${step}: loss ${total.toFixed(3)}${regions}, mean mAP@0.5 ${score.toFixed(3)}${mark}`;
  return [head, ...rows].join('\n');
}
