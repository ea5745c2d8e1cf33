/**
 * @file What the best of servers would answer to the same arrivals: one queue, as many servers as the pool has threads, each photo
 * taking as long as any other (M/D/c). Waiting is then of chance alone; what a real server takes beyond it is its own doing.
 */
import { dueTimes } from './open-loop.ts';

/**
 * @param perSecond photos that all servers together answer
 * @returns milliseconds from when each was due, ascending
 */
export function idealLatencies(
  arrivals: Parameters<typeof dueTimes>[0],
  { servers, perSecond }: { readonly servers: number; readonly perSecond: number },
): number[] {
  const serviceMs = (1000 * servers) / perSecond;
  const freeAt = new Array<number>(servers).fill(0);
  const latencies = dueTimes(arrivals).map((due) => {
    const server = freeAt.indexOf(Math.min(...freeAt));
    freeAt[server] = Math.max(due, freeAt[server]) + serviceMs;
    return freeAt[server] - due;
  });
  return latencies.sort((a, b) => a - b);
}
