/** @file Names for the pictures that commands write: from the photo's name, one each, never a photo of the user's. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { DeepShopError, describeError } from '../errors/errors.ts';

/** Writes pictures into a folder; photos of the same name in different folders get numbers. */
export function createOutputFolder(folder: string): {
  write(photo: string, ending: string, bytes: Uint8Array): Promise<string>;
} {
  const taken = new Set<string>();
  return {
    async write(photo, ending, bytes) {
      const stem = basename(photo, extname(photo)).slice(0, 100);
      let name = `${stem}${ending}`;
      for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem}-${number}${ending}`;
      taken.add(name.toLowerCase());
      const path = join(folder, name);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(path, bytes);
      } catch (cause) {
        throw unwritable(path, cause, 'Name a folder that can be written to with --out.');
      }
      return path;
    },
  };
}

/** What the system says about a file that a command was asked to write. */
export function unwritable(path: string, cause: unknown, cure: string): DeepShopError {
  const facts = { where: path, got: describeError(cause).message, cure };
  return new DeepShopError('output-unwritable', 'the file cannot be written', facts, { cause });
}
