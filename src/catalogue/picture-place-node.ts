/** @file From what a feed calls an image to where it is: a file in the feed's folder, or an address on the web. */
import { stat } from 'node:fs/promises';
import { pathInside } from '../files/path-inside-node.ts';
import type { PicturePlace } from './catalogue.ts';

/** The place, or why there is none. @param root a real path; files must lie in it once links are followed */
export async function findPicture(
  root: string,
  image: string,
  { fetch }: { readonly fetch: boolean },
): Promise<PicturePlace | { readonly problem: string }> {
  const quoted = JSON.stringify(image.length > 200 ? `${image.slice(0, 200)}...` : image);
  if (image.includes('\u0000')) return { problem: `image path ${quoted} has a zero byte` };
  if (/^(https?:)?\/\//i.test(image)) {
    const url = image.startsWith('//') ? `https:${image}` : image;
    if (!URL.canParse(url)) return { problem: `image ${quoted} is an address that cannot be read` };
    if (fetch) return { kind: 'address', url };
    return { problem: `image ${quoted} is an address: fetch pictures with --fetch, or download it beside the feed` };
  }
  // Letters before a colon, but not a drive of Windows.
  if (/^[a-z][a-z\d+.-]+:/i.test(image))
    return { problem: `image ${quoted} is neither a file nor an http or https address` };
  const found = await pathInside(root, image);
  if (found === 'outside') {
    return { problem: `image path ${quoted} leads out of the folder of the catalogue: move the picture into it` };
  }
  const facts = found === 'missing' ? null : await stat(found.path).catch(() => null);
  if (found === 'missing' || facts === null) return { problem: `image ${quoted} does not exist` };
  // Reading a named pipe would wait for ever.
  return facts.isFile() ? { kind: 'file', file: found.path } : { problem: `image ${quoted} is no file` };
}
