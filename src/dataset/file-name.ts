/** @file Names of photos in lists from outside: paths that start from the root of a data set. */

/** Whether a name is absolute, leads above the root, or cannot be a file's. */
export function leadsOutside(name: string): boolean {
  return /^([\\/]|[a-zA-Z]:[\\/])/.test(name) || name.split(/[\\/]/).includes('..') || name.includes('\0');
}

/** Endings of the pictures that people label; whether one can be read is found out by its bytes. */
export const pictureEndings = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.bmp', '.gif', '.tif', '.tiff', '.heic'];

/** A name without its ending. */
export function stemOf(name: string): string {
  return name.replace(/\.[^./\\]*$/, '');
}

/** A path without `.` and empty parts, as a file system takes it. */
export function plainPath(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
