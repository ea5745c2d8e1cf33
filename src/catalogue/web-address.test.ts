import { expect, test } from 'vitest';
import { checkWebAddress, isPublicAddress, parseAllowedHost } from './web-address.ts';

const none = new Set<string>();

test.each([
  'https://cdn.example/a.jpg',
  'http://cdn.example:80/a.jpg',
  'https://8.8.8.8/a.jpg',
  'https://[2606:4700:4700::1111]/a.jpg',
  'https://münchen.example/ä.jpg?size=1&x=%20',
])('%s may be fetched', (address) => {
  expect(checkWebAddress(address, none).protocol).toMatch(/^https?:$/);
});

/** Spellings of this machine, of its network, and of what clouds tell their machines. */
const refused = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0x7F.1/',
  'http://017700000001/',
  'http://0177.0.0.1/',
  'http://0177.0.0.01/',
  'http://127.0.0.1./',
  'http://127.255.255.254/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http:127.0.0.1/',
  'http:\\\\127.0.0.1\\',
  'http://0/',
  'http://0.0.0.0/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://shop.localhost/',
  'http://10.0.0.1/',
  'http://10.1/',
  'http://0xa000001/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://3232235777/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://192.0.0.192/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.7/',
  'http://203.0.113.9/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[0:0:0:0:0:ffff:a9fe:a9fe]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[64:ff9b:1::10.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[2001:db8::1]/',
  'http://[fe80::1]/',
  'http://[fe80::1%25eth0]/',
  'http://[fec0::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://[4000::1]/',
  'https://user:password@cdn.example/',
  'https://cdn.example@127.0.0.1/',
  'http://cdn.example:22/',
  'http://cdn.example:8080/',
  'https://cdn.example:6379/',
  'ftp://cdn.example/a.jpg',
  'file:///etc/passwd',
  'gopher://cdn.example/',
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  '//cdn.example/a.jpg',
  'a.jpg',
  'http://',
  '',
  `https://cdn.example/${'a'.repeat(5000)}`,
];

test.each(refused)('%s is refused', (address) => {
  expect(refused.length).toBeGreaterThanOrEqual(40);
  expect(() => checkWebAddress(address, none)).toThrow(expect.objectContaining({ code: 'fetch-refused' }));
});

test('a host that is named with its port may be private, on that port alone', () => {
  const allowed = new Set([
    parseAllowedHost('127.0.0.1:8080'),
    parseAllowedHost('[::1]:80'),
    parseAllowedHost('Intra.Example:443'),
  ]);
  expect([...allowed]).toEqual(['127.0.0.1:8080', '[::1]:80', 'intra.example:443']);
  for (const address of [
    'http://127.0.0.1:8080/a',
    'http://0x7f.1:8080/a',
    'http://[::1]/a',
    'https://intra.example/a',
  ]) {
    expect(checkWebAddress(address, allowed).pathname).toBe('/a');
  }
  for (const address of ['http://127.0.0.1/', 'http://127.0.0.1:8081/', 'http://127.0.0.2:8080/', 'http://[::1]:81/']) {
    expect(() => checkWebAddress(address, allowed)).toThrow(/--allow-host|public/);
  }
});

test.each([
  '',
  'localhost',
  'localhost:',
  ':80',
  'a b:80',
  'http://a:80',
  'a:80/x',
  'u@a:80',
  'a:0',
  'a:99999',
  '[::1]',
])('--allow-host %j is refused', (text) => {
  expect(() => parseAllowedHost(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('what is no address is not public', () => {
  for (const text of ['', 'cdn.example', '1.2.3', '::ffff:10.0.0.1', '999.1.1.1'])
    expect(isPublicAddress(text)).toBe(false);
  for (const text of ['1.1.1.1', '::ffff:8.8.8.8', '2a00:1450:4001::1']) expect(isPublicAddress(text)).toBe(true);
});
