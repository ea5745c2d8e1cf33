/** @file What each endpoint does. Checked requests come in; what is returned is sent as JSON unless it was sent already. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EndpointName } from '../api/endpoints.ts';
import { itemHandlers } from './item-handlers.ts';
import { searchHandlers } from './search-handlers.ts';
import type { ServerParts } from './server-parts.ts';
import { shopHandlers } from './shop-handlers.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Total: an endpoint without a handler does not compile. */
export function createHandlers(parts: ServerParts): { readonly [N in EndpointName]: Handler } {
  return { ...searchHandlers(parts), ...itemHandlers(parts), ...shopHandlers(parts) };
}
