/** @file Whose a place in a queue is: requests of one holder share a part of the places, so that others find some. */
import type { AccessKey } from './access-key.ts';
import { networkOf } from './network-of.ts';

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
