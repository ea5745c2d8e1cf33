/** @file Names of photos in lists from outside: paths that start from the root of a data set. */

/** Whether a name is absolute, leads above the root, or cannot be a file's. */
export function leadsOutside(name: string): boolean {
  return /^([\\/]|[a-zA-Z]:[\\/])/.test(name) || name.split(/[\\/]/).includes('..') || name.includes('\0');
}
