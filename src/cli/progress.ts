/** @file Progress on stderr: a bar on a terminal, a line now and then elsewhere; with the pace, and how long the rest takes. */
import { SingleBar } from 'cli-progress';
import { log } from './command-runtime.ts';
import { Pace } from './pace.ts';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** @param total how many there will be; without it only the count is shown */
export function showProgress(what: string, total?: number): Progress {
  // From the first one that is done: what comes before is getting ready.
  const pace = new Pace();
  if (process.stderr.isTTY && total !== undefined && total > 0) {
    const bar = new SingleBar({
      format: `${what} [{bar}] {value}/{total}  {pace}`,
      stream: process.stderr,
      barsize: 28,
      hideCursor: true,
      clearOnComplete: false,
    });
    bar.start(total, 0, { pace: '' });
    return {
      update(done) {
        pace.add(done, performance.now());
        bar.update(done, { pace: pace.describe(done, total) });
      },
      stop: () => bar.stop(),
    };
  }
  let nextAt = Date.now() + 2000;
  return {
    update(done) {
      pace.add(done, performance.now());
      if (Date.now() < nextAt) return;
      nextAt = Date.now() + 5000;
      const rest = pace.describe(done, total);
      log([total === undefined ? `${what} ${done}` : `${what} ${done}/${total}`, rest].filter(Boolean).join(', '));
    },
    stop() {},
  };
}
