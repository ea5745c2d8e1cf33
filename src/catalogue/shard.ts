/**
 * @file A share of a catalogue: products are dealt out by a hash of their id, so that machines index one feed between them
 * and never speak to each other.
 */

/** Of `count` shares of about one size, the `index`th. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** Machines that one feed may be dealt out to. */
const maxShards = 65_536;

/** `3/16`; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,5})\/(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const shard = { index: Number(match[1]), count: Number(match[2]) };
  return shard.index >= 1 && shard.index <= shard.count && shard.count <= maxShards ? shard : undefined;
}

/** Each product is in exactly one of `count` shards, the same one on every machine and in every version. */
export function isInShard(product: string, { index, count }: Shard): boolean {
  return hashOf(product) % count === index - 1;
}

/** FNV-1a of the UTF-8 bytes, 32 bits, mixed by the end of MurmurHash3: the last bits alone would deal unevenly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
