import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readZip } from './zip.ts';

interface EntryOptions {
  readonly name: string;
  readonly content: string;
  readonly method?: number;
  readonly flags?: number;
  /** In the directory, where it differs from the truth. */
  readonly size?: number;
  readonly offset?: number;
  readonly localName?: string;
}

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const le = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.floor(value / 256 ** at) % 256);

/** An archive; `wide` puts sizes and places into 64-bit records, as PyTorch does. */
function archive(
  entries: readonly EntryOptions[],
  { wide = false, comment = '', count = entries.length } = {},
): Uint8Array {
  const bytes: number[] = [];
  const directory: number[] = [];
  for (const { name, content, method = 0, flags = 0, localName = name, ...lies } of entries) {
    const offset = lies.offset ?? bytes.length;
    const size = lies.size ?? content.length;
    bytes.push(...le(0x04034b50, 4), ...le(20, 2), ...le(flags, 2), ...le(method, 2), ...le(0, 16));
    bytes.push(...le(localName.length, 2), ...le(0, 2), ...ascii(localName), ...ascii(content));
    const extra = wide ? [...le(1, 2), ...le(24, 2), ...le(size, 8), ...le(size, 8), ...le(offset, 8)] : [];
    const narrow = (value: number) => (wide ? [255, 255, 255, 255] : le(value, 4));
    directory.push(...le(0x02014b50, 4), ...le(20, 2), ...le(20, 2), ...le(flags, 2), ...le(method, 2), ...le(0, 8));
    directory.push(...narrow(size), ...narrow(size), ...le(name.length, 2), ...le(extra.length, 2), ...le(0, 10));
    directory.push(...narrow(offset), ...ascii(name), ...extra);
  }
  const start = bytes.length;
  bytes.push(...directory);
  const end64 = bytes.length;
  if (wide) {
    bytes.push(...le(0x06064b50, 4), ...le(44, 8), ...le(0, 12), ...le(count, 8), ...le(count, 8));
    bytes.push(...le(directory.length, 8), ...le(start, 8));
    bytes.push(...le(0x07064b50, 4), ...le(0, 4), ...le(end64, 8), ...le(1, 4));
  }
  const [shortCount, shortSize, shortStart] = wide
    ? [0xffff, 0xffffffff, 0xffffffff]
    : [count, directory.length, start];
  bytes.push(...le(0x06054b50, 4), ...le(0, 4), ...le(shortCount, 2), ...le(shortCount, 2));
  bytes.push(...le(shortSize, 4), ...le(shortStart, 4), ...le(comment.length, 2), ...ascii(comment));
  return Uint8Array.from(bytes);
}

const plain: EntryOptions = { name: 'a/data.pkl', content: 'hello' };
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('reads', () => {
  test.each([false, true])('stored entries, with 64-bit records: %s', (wide) => {
    const entries = readZip(
      archive([plain, { name: 'a/data/0', content: '' }], { wide, comment: 'made by hand' }),
      'x',
    );
    expect([...entries.keys()]).toEqual(['a/data.pkl', 'a/data/0']);
    expect(textOf(entries.get('a/data.pkl'))).toBe('hello');
  });

  test('what torch.save wrote', () => {
    const bytes = new Uint8Array(readFileSync(new URL('../../tests/golden/arrays.pth', import.meta.url)));
    expect(textOf(readZip(bytes, 'x').get('arrays/byteorder'))).toBe('little');
  });
});

test.each<[string, Uint8Array, RegExp]>([
  ['no archive', Uint8Array.from(ascii('PK\u0003\u0004 and nothing more of it')), /no end of a zip archive/],
  [
    'a compressed entry',
    archive([{ ...plain, method: 8 }]),
    /entry "a\/data\.pkl": is compressed.*method 8.*torch\.save/,
  ],
  ['an encrypted entry', archive([{ ...plain, flags: 1 }]), /is encrypted/],
  ['two entries of one name', archive([plain, plain]), /two entries of one name: a\/data\.pkl/],
  [
    'entries that share bytes',
    archive([plain, { ...plain, name: 'b', localName: 'a/data.pkl', offset: 0 }]),
    /named otherwise/,
  ],
  ['an entry beyond the file', archive([{ ...plain, size: 5000 }]), /reaches beyond the file/],
  ['an entry over the directory', archive([{ ...plain, size: 40 }]), /entries that overlap/],
  [
    'an entry over the next',
    archive([
      { ...plain, size: 30 },
      { name: 'b', content: 'x' },
    ]),
    /entries that overlap/,
  ],
  ['another name where the bytes are', archive([{ ...plain, localName: 'a/data.pkx' }]), /is named otherwise/],
  ['a place without a header', archive([{ ...plain, offset: 3 }]), /no local record where it says/],
  ['more entries than there are', archive([plain], { count: 3 }), /no central record where it says/],
  ['a 64-bit size beyond all files', archive([{ ...plain, size: 2 ** 60 }], { wide: true }), /a size beyond the file/],
  ...['../evil', '/etc/passwd', 'a\\b', 'C:x', 'a/../../b', ''].map((name): [string, Uint8Array, RegExp] => [
    `the name ${JSON.stringify(name)}`,
    archive([{ name, content: 'x' }]),
    /a name that no archive of weights has/,
  ]),
])('refuses %s', (_name, bytes, message) => {
  expect(() => readZip(bytes, 'file.pth')).toThrow(message);
  expect(() => readZip(bytes, 'file.pth')).toThrow(/^file\.pth/);
});
