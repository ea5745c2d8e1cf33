/** @file Pictures of items that come through the API, in the folder of pictures beside the store. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PictureFetcher } from '../catalogue/picture-fetcher-node.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { imageFormat } from '../image/image-format.ts';
import { besideStore } from '../stores/beside-store-node.ts';
import { fetchingIsOff } from './api-error.ts';
import type { PictureStock } from './write-items-node.ts';

export interface StockOptions {
  /** The folder of pictures beside the store; the same that `deepshop index --fetch` fills. */
  readonly folder: string;
  /** Whether addresses are fetched. */
  readonly fetches: boolean;
  /** Hosts that may be private, by `parseAllowedHost`. */
  readonly allowedHosts: ReadonlySet<string>;
}

/** The folder of a store's pictures. */
export function pictureFolderOf(store: string): string {
  return besideStore(store, '.pictures');
}

export function createPictureStock({ folder, fetches, allowedHosts }: StockOptions): PictureStock {
  // The client for HTTP begins with the first address.
  let fetcher: PictureFetcher | undefined;
  return {
    async fetch(url) {
      if (!fetches) throw fetchingIsOff();
      fetcher ??= new PictureFetcher({ cache: folder, allowed: allowedHosts });
      const file = await fetcher.fetch(url);
      return { image: url, file, bytes: await readFile(file) };
    },
    async keep(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      const name = `${hash}.${imageFormat(bytes) ?? 'bin'}`;
      const uploads = join(resolve(folder), 'uploads');
      await mkdir(uploads, { recursive: true });
      const file = join(uploads, name);
      await writeFileAtomically(file, bytes);
      return { image: `uploads/${name}`, file, bytes };
    },
  };
}
