/** @file The bytes of a feed as text, in pieces: encodings by their marks, JSON lines one by one, and the feed's beginning. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { DeepShopError } from '../errors/errors.ts';

/** Enough for the first line of any honest feed. */
const headBytes = 1 << 16;

/** Text of a CSV or XML file. Bytes that its encoding does not have become U+FFFD. */
export async function* readText(path: string): AsyncGenerator<string> {
  // The decoder drops a byte order mark.
  let decoder: TextDecoder | undefined;
  for await (const chunk of readChunks(path)) {
    decoder ??= decoderFor(chunk, path);
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder !== undefined) yield decoder.decode();
}

/** How a feed begins, to tell what it is: at most 64 kB of text. */
export async function readHead(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      const head = buffer.subarray(0, bytesRead);
      return decoderFor(head, path).decode(head, { stream: true });
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof DeepShopError ? cause : unreadable(path, cause);
  }
}

/** Lines of UTF-8 text; the bytes of one that is too long are dropped as they come. */
export async function* readLines(path: string, maxBytes: number): AsyncGenerator<string | 'too-long'> {
  let kept: Buffer[] = [];
  let length = 0;
  const finish = () => {
    const line =
      length > maxBytes
        ? 'too-long'
        : Buffer.concat(kept)
            .toString('utf8')
            .replace(/^\uFEFF/, '');
    kept = [];
    length = 0;
    return line;
  };
  let isFirst = true;
  for await (const chunk of readChunks(path)) {
    if (isFirst) requireUtf8(chunk, path);
    isFirst = false;
    let at = 0;
    for (let end = chunk.indexOf(10, at); end >= 0; end = chunk.indexOf(10, at)) {
      length += end - at;
      if (length <= maxBytes) kept.push(chunk.subarray(at, end));
      yield finish();
      at = end + 1;
    }
    length += chunk.length - at;
    if (length <= maxBytes) kept.push(chunk.subarray(at));
    else kept = [];
  }
  if (length > 0) yield finish();
}

/** JSON is UTF-8 (RFC 8259). */
function requireUtf8(start: Uint8Array, where: string): void {
  const encoding = encodingOf(start);
  if (encoding === 'utf-8') return;
  const facts = { where, expected: 'utf-8', got: encoding, cure: 'Save the feed as UTF-8.' };
  throw new DeepShopError('catalogue-unreadable', 'JSON lines in another encoding', facts);
}

/** By the bytes; failing that by what an XML file declares. */
function decoderFor(start: Uint8Array, where: string): TextDecoder {
  const encoding = encodingOf(start);
  const opening = encoding === 'utf-8' ? Buffer.from(start.subarray(0, 200)).toString('latin1') : '';
  const declared = /^(?:\xEF\xBB\xBF)?<\?xml[^>]*?\sencoding\s*=\s*["'](?<name>[\w.:-]{1,40})["']/i.exec(opening);
  const name = declared?.groups?.name ?? encoding;
  try {
    return new TextDecoder(name);
  } catch (cause) {
    const facts = { where, expected: 'UTF-8, or an encoding of the web', got: name, cure: 'Save the feed as UTF-8.' };
    throw new DeepShopError('catalogue-unreadable', 'XML in an unknown encoding', facts, { cause });
  }
}

/** UTF-16 by its byte order mark, or by the zero byte of a first character that is ASCII, as names of columns are. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : 'utf-8';
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(where: string, cause: unknown): DeepShopError {
  const facts = { where, expected: 'a file that can be read', got: String(cause), cure: 'Check its permissions.' };
  return new DeepShopError('catalogue-unreadable', 'the feed cannot be read', facts, { cause });
}
