/** @file Whose a place in a queue is: requests of one holder share a part of the places, so that others find some. */
import type { AccessKey } from './access-key.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** By {@link placeHolder}. */
    holder: string | null;
  }
}

/**
 * The network that a request comes from. Null for one whose share is not limited: a key without origins is a secret of the
 * shop's own programs, which ask for all of its visitors.
 */
export function placeHolder(key: AccessKey | null, address: string): string | null {
  return key !== null && key.origins.length === 0 ? null : networkOf(address);
}

/** An IPv4 address, or the first 64 bits of an IPv6 address: whoever has one of these has all. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = '', after] = address.split('%', 1)[0].split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const numMissing = after === undefined ? 0 : Math.max(0, 8 - groups(before).length - groups(after).length);
  const all = [...groups(before), ...Array<string>(numMissing).fill('0'), ...groups(after)];
  return all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
