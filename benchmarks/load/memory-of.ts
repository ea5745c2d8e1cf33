/** @file Memory of another process while it works, where there is a /proc. */
import { readFileSync } from 'node:fs';

/** Resident bytes; NaN where they cannot be read. */
export function residentBytes(pid: number | undefined): number {
  try {
    return 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  } catch {
    return Number.NaN;
  }
}

/** Reads a process's memory every second until it is told to stop; then, the slope of a line through what came after the warm-up. */
export function watchMemory(pid: number | undefined): { stop(warmUpSeconds: number): number } {
  const readings: { seconds: number; megabytes: number }[] = [];
  const started = performance.now();
  const timer = setInterval(() => {
    readings.push({ seconds: (performance.now() - started) / 1000, megabytes: residentBytes(pid) / 1e6 });
  }, 1000);
  return {
    /** Megabytes a minute. */
    stop(warmUpSeconds) {
      clearInterval(timer);
      const counted = readings.filter(({ seconds }) => seconds >= warmUpSeconds);
      const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const [middle, level] = [
        meanOf(counted.map(({ seconds }) => seconds)),
        meanOf(counted.map((each) => each.megabytes)),
      ];
      const spread = counted.reduce((sum, { seconds }) => sum + (seconds - middle) ** 2, 0);
      const shared = counted.reduce((sum, { seconds, megabytes }) => sum + (seconds - middle) * (megabytes - level), 0);
      return (60 * shared) / spread;
    },
  };
}
