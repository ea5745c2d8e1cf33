/** @file Writes several files of one folder so that a failure leaves what was there, and a crash is noticed. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes files into a folder: all of them beside their places first, then each moved into place in the order given.
 * Put last the file that vouches for the others.
 */
export async function writeFilesAtomically(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  const temporary = (name: string) => join(folder, `.${name}.${process.pid}.tmp`);
  try {
    for (const [name, content] of files) {
      written.push(temporary(name));
      const file = await open(temporary(name), 'w');
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const name of files.keys()) await rename(temporary(name), join(folder, name));
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })));
    throw error;
  }
}
