/** @file Waiting for a file that another process has locked. */
import { setTimeout } from 'node:timers/promises';
import { DeepShopError } from '../errors/errors.ts';

/** How long a writer that is done stays unnoticed. */
const retryMs = 200;

/**
 * Tries again while it fails with `file-locked`, until the time is over; then it fails with that.
 *
 * @param onWait told once, with what the first try said
 */
export async function waitForLock<T>(
  take: () => Promise<T>,
  { waitMs, onWait }: { readonly waitMs: number; readonly onWait: (reason: string) => void },
): Promise<T> {
  const until = Date.now() + waitMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await take();
    } catch (error) {
      const isLocked = error instanceof DeepShopError && error.code === 'file-locked';
      if (!isLocked || Date.now() >= until) throw error;
      if (attempt === 0) onWait(error.message);
    }
    await setTimeout(Math.min(retryMs, Math.max(1, until - Date.now())));
  }
}
