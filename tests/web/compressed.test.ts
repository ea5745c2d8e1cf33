/** @file What the server gives out in gzip is the file beside it, to the last byte: a build goes on changing scripts until its end. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const built = fileURLToPath(new URL('../../dist/web/', import.meta.url));

describe.skipIf(!existsSync(`${built}index.html`))('files of the built app in gzip', () => {
  it('are those beside them, of every script, style and runtime', async () => {
    const names = await readdir(built, { recursive: true });
    const packed = names.filter((name) => name.endsWith('.gz'));
    const wanted = names.filter((name) => /\.(m?js|css|wasm)$/.test(name)).map((name) => `${name}.gz`);
    expect(packed.sort()).toEqual(wanted.sort());
    expect(packed.length).toBeGreaterThan(5);
    for (const name of packed) {
      const [inside, beside] = [gunzipSync(await readFile(built + name)), await readFile(built + name.slice(0, -3))];
      expect([name, inside.equals(beside)]).toEqual([name, true]);
    }
  });
});
