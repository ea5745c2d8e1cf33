/**
 * @file Which addresses of the web may be fetched: a feed is outside data, and must not make this machine call its own
 * network (SSRF). Rules only; `guarded-agent-node.ts` holds every connection to them.
 *
 * Reference: https://www.iana.org/assignments/iana-ipv4-special-registry, .../iana-ipv6-special-registry
 */
import ipaddr from 'ipaddr.js';
import { UsageError } from '../errors/errors.ts';
import { PictureFetchError } from './picture-fetch-error.ts';

/** Hosts with a port that may be private: `127.0.0.1:8080`, as {@link parseAllowedHost} writes them. */
export type AllowedHosts = ReadonlySet<string>;

const maxLength = 4096;
/** What is served elsewhere is more often a database than a picture. */
const publicPorts: ReadonlySet<string> = new Set(['80', '443']);

/**
 * The address, if it may be fetched as far as its text tells: http or https, no password, a public port, and no literal
 * address that is not public. Names are judged by what they resolve to, at the moment of connecting.
 *
 * @throws PictureFetchError with reason `refused`
 */
export function checkWebAddress(text: string, allowed: AllowedHosts): URL {
  const refuse = (got: string, expected: string, cure?: string): never => {
    const where = text.length > 200 ? `${text.slice(0, 200)}...` : text;
    const facts = { where, expected, got, ...(cure === undefined ? {} : { cure }) };
    throw new PictureFetchError('refused', 'the address is not fetched', facts);
  };
  // The parser of the web makes decimal, octal, hexadecimal and shortened spellings one.
  if (text.length > maxLength || !URL.canParse(text))
    return refuse('an address that cannot be read', 'an http or https address');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse(url.protocol, 'http or https');
  if (url.username !== '' || url.password !== '') return refuse('a user name or password', 'an address without');
  const host = hostAndPort(url);
  if (allowed.has(host)) return url;
  const cure = `If this host is yours: --allow-host ${host}.`;
  if (!publicPorts.has(portOf(url))) return refuse(`port ${portOf(url)}`, 'port 80 or 443', cure);
  const name = bareHost(url);
  if (isAddress(name)) {
    if (!isPublicAddress(name)) return refuse(describeAddress(name), 'a public address', cure);
  } else if (/(^|\.)localhost\.?$/.test(name)) {
    return refuse(name, 'a public address', cure);
  }
  return url;
}

/** Whether an IP address is one that anyone on the internet may have: unicast, of no special block. */
export function isPublicAddress(address: string): boolean {
  if (!isAddress(address)) return false;
  // `::ffff:10.0.0.1` is 10.0.0.1.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // Of IPv6 only what is given out today. The rest holds the addresses of old and private ways to write IPv4 in IPv6.
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3'));
}

/** In the one spelling of each family that parsers of addresses write. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

/** `10.0.0.1 (private)` */
export function describeAddress(address: string): string {
  return isAddress(address) ? `${address} (${ipaddr.process(address).range()})` : address;
}

/** `example.org:443`, `[::1]:80`: host in the spelling of the web, and the port always. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/**
 * The value of `--allow-host`.
 *
 * @throws UsageError
 */
export function parseAllowedHost(text: string): string {
  const [, host = '', port = ''] = /^([^/@?#]+):(\d{1,5})$/.exec(text) ?? [];
  const address = `http://${host}:${port}/`;
  if (host === '' || !URL.canParse(address) || port === '0') {
    const expected = 'HOST:PORT, for example localhost:8080 or [::1]:8080';
    throw new UsageError('not a host with a port', { where: `--allow-host ${text}`, expected, got: text });
  }
  return hostAndPort(new URL(address));
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

/** Without the brackets of IPv6. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
