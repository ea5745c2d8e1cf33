/** @file What the console tells a shop's developer where the server could not be reached. */
import { ApiFailure } from '../../client/client.ts';

/**
 * A browser keeps from a page whether the server was away or did not answer pages of its origin: the likely causes are named
 * with the cure of each.
 *
 * @param origin of the page
 * @returns null where the server did answer
 */
export function originAdvice(error: unknown, origin: string): string | null {
  if (!(error instanceof ApiFailure) || error.status !== 0) return null;
  // Pages of files, and of frames in a sandbox.
  if (origin === 'null')
    return 'This page has no origin, so that no key can be for it: open it from a web server, not from a file.';
  return (
    `Either the server is not running, or no key of it is for pages of ${origin}. ` +
    `For such a key: npx deepshop keys create --store STORE --scope search --origin ${origin}`
  );
}
