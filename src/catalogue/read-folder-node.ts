/** @file A folder of pictures as a catalogue: every picture a product, named by its path. */
import { readdir, realpath } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { type FeedPicture, noFacts } from './catalogue.ts';

/** Files of a folder that are meant as pictures; those that cannot be read are reported by the reader, with their reason. */
const pictureExtensions = new Set('.jpg .jpeg .jfif .png .webp .avif .heic .heif .gif .tif .tiff .bmp .svg'.split(' '));

/** Every picture under the folder; its path relative to the folder, with forward slashes, is the id. */
export async function* readFolder(folder: string): AsyncGenerator<FeedPicture> {
  const root = await realpath(folder);
  let row = 0;
  for await (const path of walk(root)) {
    const id = relative(root, path).split(sep).join('/');
    const title = basename(path, extname(path));
    row += 1;
    yield { kind: 'picture', source: id, row, product: id, variant: '', image: id, title, ...noFacts };
  }
}

/** Files in the order of their names; hidden ones and linked folders are left out. */
async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (pictureExtensions.has(extname(entry.name).toLowerCase())) yield path;
  }
}
