/** @file Paths from outside (feeds, model files) that must stay in their folder, once links are followed too. */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/**
 * The real path of what lies at `location` in `root` or below.
 *
 * @param root a real path (`realpath`)
 * @returns `outside` before the disk is asked, so that nobody can probe which files exist; `missing` where nothing is
 */
export async function pathInside(root: string, location: string): Promise<{ path: string } | 'outside' | 'missing'> {
  const path = resolve(root, location);
  if (location.includes('\0') || !isInside(root, path)) return 'outside';
  try {
    const real = await realpath(path);
    return isInside(root, real) ? { path: real } : 'outside';
  } catch {
    return 'missing';
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
