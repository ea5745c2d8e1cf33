/** @file The server as a function of its parts: routes, who may ask, what every answer carries, what is logged. Opens no port. */
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { type Endpoint, type EndpointName, endpoints } from '../api/endpoints.ts';
import { DeepShopError, describeError } from '../errors/errors.ts';
import { ApiError, asStoreTrouble, toErrorAnswer } from './api-error.ts';
import { authorise } from './authorise.ts';
import { retryAfterOf } from './carried-error.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { createHandlers } from './handlers.ts';
import { placeHolder } from './place-holder.ts';
import { securityHeaders } from './security-headers.ts';
import type { ServerParts } from './server-parts.ts';
import { isPagePath, serveWebApp } from './web-app.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: EndpointName;
  }
}

/** A client that sends nothing for so long is not waited for. */
const requestTimeoutMs = 30_000;

export interface TlsFiles {
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
}

export async function createApp(
  parts: ServerParts,
  { tls = null }: { readonly tls?: TlsFiles | null } = {},
): Promise<FastifyInstance> {
  const options = {
    ...(parts.log === null ? {} : { logger: { level: 'info', stream: parts.log, base: null } }),
    // One line a request, of our own making: addresses and item ids stay out of the log.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    bodyLimit: parts.limits.jsonBytes,
    requestTimeout: requestTimeoutMs,
    // The proxy's own word alone: what stands before it in X-Forwarded-For, clients may have written. (Fastify believes nobody for a number.)
    trustProxy: parts.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    // While it stops, what was accepted is finished; what comes is told so by the hook below.
    return503OnClosing: false,
    forceCloseConnections: 'idle' as const,
    routerOptions: { maxParamLength: 3000 },
  };
  const https = tls === null ? null : { cert: Buffer.from(tls.cert), key: Buffer.from(tls.key) };
  const app: FastifyInstance =
    https === null ? fastify(options) : (fastify({ ...options, https }) as unknown as FastifyInstance);
  const isTls = tls !== null;
  await app.register(multipart);
  // Forms and JSON only; a body of another kind is not read.
  app.removeContentTypeParser('text/plain');

  app.decorateRequest('holder', null);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.headers(securityHeaders(isPicture(request) ? 'picture' : 'data', { isTls }));
    const { origin } = request.headers;
    const cors = await corsHeaders(origin, { listed: parts.corsOrigins, keys: parts.access.keys });
    reply.headers(cors);
    requireHost(request, parts.hostNames);
    if (parts.isPrivate) refuseProxied(request);
    if (request.method === 'OPTIONS') return reply.headers(preflightHeaders).status(204).send();
    const name = request.routeOptions.config.endpoint;
    if (name === undefined) return;
    const { scope }: Endpoint = endpoints[name];
    if (name === 'health' || name === 'ready') return;
    const needed = name === 'metrics' && parts.isPrivate ? null : scope;
    const key = await authorise(parts.access, askerOf(request), needed);
    request.holder = placeHolder(key, request.ip);
  });

  // Whoever keeps the connection while we stop would be waited for.
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });

  app.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.config.endpoint ?? (request.is404 ? 'unknown' : 'page');
    parts.metrics.request(endpoint, reply.statusCode, reply.elapsedTime);
    request.log.info(
      { requestId: request.id, endpoint, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
  });

  app.setErrorHandler((error, request, reply) => {
    const trouble = asStoreTrouble(error);
    if (trouble !== null) {
      const { message: reason } = describeError(error);
      request.log.error({ requestId: request.id, code: trouble.code, reason }, 'the store does not answer');
    }
    return sendError(trouble ?? asKnown(error), request, reply);
  });
  const hasApp = parts.webFolder !== null;
  app.setNotFoundHandler((request, reply) =>
    hasApp && isPagePath(request.method, request.url)
      ? reply.sendFile('index.html')
      : sendError(unknownPath(request), request, reply),
  );

  const handlers = createHandlers(parts);
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    const key = name as EndpointName;
    app.route({
      method: endpoint.method,
      url: endpoint.path.replace(/:/g, '::').replace(/\{(\w+)\}/g, ':$1'),
      config: { endpoint: key },
      bodyLimit: endpoint.scope === 'index' ? parts.limits.jsonBytes : parts.limits.queryBytes,
      handler: handlers[key],
    });
  }
  app.options('/*', async (_request, reply) => reply.status(204).send());
  if (parts.webFolder !== null) await serveWebApp(app, parts.webFolder, { isTls });
  return app;
}

function askerOf(request: FastifyRequest) {
  const { authorization, origin } = request.headers;
  const apiKey = request.headers['x-api-key'];
  return {
    authorization,
    apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    origin,
    ownOrigin: `${request.protocol}://${request.host}`,
    address: request.ip,
    wants: isPicture(request) ? ('pictures' as const) : ('requests' as const),
  };
}

function isPicture(request: FastifyRequest): boolean {
  return request.routeOptions.config.endpoint === 'getPicture';
}

/** A page elsewhere may call this machine by a name of its own (DNS rebinding), and would then read what is open here. */
function requireHost({ hostname }: FastifyRequest, names: ReadonlySet<string> | null): void {
  if (names === null || names.has(hostname.toLowerCase().replace(/:\d+$/, ''))) return;
  throw new ApiError('host-refused', 'the request asks for another host', {
    where: 'header Host',
    expected: [...names].join(', '),
    got: hostname.slice(0, 200),
    cure: 'Name the host with --public-url when you start the server.',
  });
}

/** What proxies add. One that adds none of these is not to be told from a program of this machine. */
const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded'] as const;

/** While only this machine is believed to ask, much is open: who comes by a proxy comes from elsewhere. */
function refuseProxied({ headers }: FastifyRequest): void {
  const sent = proxyHeaders.find((name) => headers[name] !== undefined);
  if (sent === undefined) return;
  throw new ApiError('proxy-refused', 'the request comes by a proxy, and this server is for its own machine', {
    where: `header ${sent}`,
    expected: 'requests of this machine',
    got: 'one that was passed on',
    cure: 'Start the server with --public-url URL and --trust-proxy: docs/serving.md.',
  });
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const { status, body } = toErrorAnswer(error, request.id);
  const retryAfterS = retryAfterOf(error);
  if (status >= 500 && body.error.code === 'internal')
    request.log.error({ requestId: request.id, err: error }, 'a fault');
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
  // What is left of a body that took too long is not waited for.
  if (body.error.code === 'deadline' && !request.raw.complete) reply.header('connection', 'close');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.status(status).type('application/json; charset=utf-8').send(body);
}

/** What Fastify itself refuses, in our words. */
function asKnown(error: unknown): unknown {
  if (error instanceof DeepShopError || !(error instanceof Error)) return error;
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) {
    const facts = { expected: 'a smaller body', got: 'more', cure: 'Send fewer items at once, or a smaller picture.' };
    return new ApiError('body-too-large', 'the body has too many bytes', facts);
  }
  if (status === 415) {
    const facts = {
      expected: 'application/json, or multipart/form-data where there are files',
      got: 'another media type',
    };
    return new ApiError('media-type', 'the body is of another kind', facts);
  }
  if (status >= 400 && status < 500) {
    const facts = { expected: 'a request as docs/openapi.json describes it', got: error.message.slice(0, 200) };
    return new ApiError('request-invalid', 'the request cannot be read', facts);
  }
  return error;
}

function unknownPath({ url, method }: FastifyRequest): ApiError {
  const [path = '/'] = url.split('?');
  const methods = Object.values<Endpoint>(endpoints)
    .filter((endpoint) => new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((endpoint) => endpoint.method);
  if (methods.length > 0) {
    const facts = { expected: methods.join(', '), got: method };
    return new ApiError('method-not-allowed', 'the path has other methods', facts);
  }
  return new ApiError('not-found', 'there is nothing at this path', { cure: 'docs/openapi.json lists every path.' });
}
