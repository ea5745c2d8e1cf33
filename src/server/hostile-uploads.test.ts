import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostileFiles, mutatedPictures } from '../../tests/hostile-pictures.ts';
import { form, openTinyServer, outfitPhoto, type TinyServer } from '../../tests/tiny-server.ts';
import { errorBody, isErrorCode } from '../api/error-codes.ts';

let server: TinyServer;
beforeAll(async () => {
  server = await openTinyServer();
});
afterAll(() => server.close());

async function send(bytes: Uint8Array) {
  const sent = await form([{ name: 'photo', file: bytes }]);
  const answer = await server.app.inject({ method: 'POST', url: '/v1/search', ...sent });
  if (answer.statusCode === 200) return { status: 200, code: 'fine' };
  const { error } = errorBody.parse(answer.json());
  expect(answer.body).not.toMatch(/\.ts:|node_modules|\/tmp\//);
  return { status: answer.statusCode, code: error.code };
}

it('says of every file of the set what is wrong with it', async () => {
  const said: { [name: string]: Awaited<ReturnType<typeof send>> } = {};
  for (const { name, bytes } of await hostileFiles()) said[name] = await send(bytes);
  const code = (status: number, name: string) => ({ status, code: `image-${name}` });
  expect(said).toEqual({
    nothing: code(422, 'empty'),
    'one byte': code(415, 'not-an-image'),
    zeros: code(415, 'not-an-image'),
    text: code(415, 'not-an-image'),
    HTML: code(415, 'not-an-image'),
    SVG: code(415, 'svg'),
    'SVG after white space': code(415, 'svg'),
    'SVG with an entity bomb': code(415, 'svg'),
    PDF: code(415, 'pdf'),
    GIF: code(415, 'unsupported'),
    TIFF: code(415, 'unsupported'),
    'ImageMagick script': code(415, 'not-an-image'),
    PostScript: code(415, 'not-an-image'),
    'half a JPEG': code(422, 'truncated'),
    'a JPEG header': code(422, 'truncated'),
    'half a PNG': code(422, 'truncated'),
    'a PNG that claims 2 billion pixels a side': code(422, 'damaged'),
    'a PNG that claims 900 megapixels': code(413, 'too-large'),
    'a PNG of no size': code(422, 'damaged'),
    'a PNG bomb of 16 megapixels': code(413, 'too-large'),
    'a HEIC by its brand': code(415, 'heic'),
    'an AVIF by its brand alone': code(422, 'damaged'),
    'a WebP by its head alone': code(422, 'truncated'),
    'a zip': code(415, 'not-an-image'),
    'an executable': code(415, 'not-an-image'),
  });
});

it('answers a hundred pictures that were changed at random with codes of pictures, and goes on', async () => {
  const counts = new Map<string, number>();
  for await (const { name, bytes } of mutatedPictures(100, 1)) {
    const { status, code } = await send(bytes);
    counts.set(code, (counts.get(code) ?? 0) + 1);
    if (code === 'fine') continue;
    expect(isErrorCode(code) && code.startsWith('image-'), `${name}: ${status} ${code}`).toBe(true);
  }
  // Some are still pictures, some are not.
  expect(counts.get('fine')).toBeGreaterThan(0);
  expect(counts.size).toBeGreaterThan(3);
  expect(await send(await outfitPhoto())).toEqual({ status: 200, code: 'fine' });
  expect(server.parts.queues.search.numRunning).toBe(0);
});
