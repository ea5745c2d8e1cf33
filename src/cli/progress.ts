/** @file Progress on stderr: a bar on a terminal, a line now and then elsewhere. */
import { SingleBar } from 'cli-progress';
import { log } from './command-runtime.ts';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** @param total how many there will be; without it only the count is shown */
export function showProgress(what: string, total?: number): Progress {
  if (process.stderr.isTTY && total !== undefined && total > 0) {
    const format = `${what} [{bar}] {value}/{total}  {eta_formatted} left`;
    const bar = new SingleBar({
      format,
      stream: process.stderr,
      barsize: 28,
      hideCursor: true,
      clearOnComplete: false,
    });
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  let nextAt = Date.now() + 2000;
  return {
    update(done) {
      if (Date.now() < nextAt) return;
      nextAt = Date.now() + 5000;
      log(total === undefined ? `${what} ${done}` : `${what} ${done}/${total}`);
    },
    stop() {},
  };
}
