/**
 * @file Fetched pictures on disk, by a hash of their address: the bytes, and beside them what is needed to ask whether they
 * are still good. An entry is believed only when its bytes are those that were hashed, so what was cut off is fetched again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { asWriteError } from '../files/file-error.ts';

const entrySchema = z.object({
  url: z.string(),
  /** Of the bytes, hexadecimal. */
  sha256: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** Milliseconds: until then the server need not be asked. */
  freshUntil: z.number(),
});

/** What the server said of the bytes. */
export type Validators = Pick<z.infer<typeof entrySchema>, 'etag' | 'lastModified' | 'freshUntil'>;

export interface CachedPicture extends Validators {
  readonly file: string;
}

export class PictureCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The picture of an address, if it is there whole. */
  async find(url: string): Promise<CachedPicture | null> {
    const file = this.#fileOf(url);
    try {
      const entry = entrySchema.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')));
      if (entry.url !== url || entry.sha256 !== sha256(await readFile(file))) return null;
      const { etag, lastModified, freshUntil } = entry;
      return { file, etag, lastModified, freshUntil };
    } catch {
      // Not there, or not ours: fetched anew.
      return null;
    }
  }

  /** Keeps the bytes of an address; where they lie. */
  async keep(url: string, bytes: Uint8Array, validators: Validators): Promise<string> {
    const file = this.#fileOf(url);
    try {
      await mkdir(dirname(file), { recursive: true });
      // The bytes first: an entry that is older than its bytes has another hash, and is not believed.
      await replaceFile(file, bytes);
      await this.#describe(file, url, sha256(bytes), validators);
    } catch (error) {
      throw asWriteError(error, file);
    }
    return file;
  }

  /** The bytes are as they were; the server may have said for how long. */
  async refresh(url: string, picture: CachedPicture, validators: Validators): Promise<void> {
    const hash = sha256(await readFile(picture.file));
    await this.#describe(picture.file, url, hash, {
      etag: validators.etag ?? picture.etag,
      lastModified: validators.lastModified ?? picture.lastModified,
      freshUntil: validators.freshUntil,
    });
  }

  async #describe(file: string, url: string, hash: string, validators: Validators): Promise<void> {
    const entry: z.infer<typeof entrySchema> = { url, sha256: hash, ...validators };
    await replaceFile(`${file}.json`, JSON.stringify(entry));
  }

  /** Folders of some thousands of files each for millions of pictures. */
  #fileOf(url: string): string {
    const name = sha256(url);
    return join(this.#folder, name.slice(0, 2), name.slice(2, 4), name);
  }
}

/** Not flushed: after a power cut the hash tells. One run at a time writes here, so the name beside is one's own. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.unfinished`;
  await writeFile(beside, content);
  await rename(beside, path);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
