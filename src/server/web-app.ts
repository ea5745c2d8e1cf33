/** @file The web app's files, if they were built: pages, scripts and the model's runtime, as `dist/web` holds them. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from './security-headers.ts';

export async function serveWebApp(
  app: FastifyInstance,
  folder: string,
  { isTls }: { readonly isTls: boolean },
): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    setHeaders(reply, path) {
      // Shops' pages load the widget.
      const isWidget = /[\\/]widget(\.[\w-]+)?\.js(\.gz)?$/.test(path);
      reply.headers(securityHeaders(isWidget ? 'widget' : 'page', { isTls }));
      // Names of built files hold a hash of what is in them.
      const isHashed = /[\\/]assets[\\/]/.test(path);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
    // A route a file that is there: no other path reaches the folder at all.
    wildcard: false,
    dotfiles: 'ignore',
    // A file beside itself with `.gz` is given out in its place.
    preCompressed: true,
    cacheControl: false,
  });
}

/** Paths that the app's own router shows: no endpoint, and no file, which would have a dot. */
export function isPagePath(method: string, url: string): boolean {
  const [path = ''] = url.split('?');
  return method === 'GET' && /^\/[\w/-]*$/.test(path) && !path.startsWith('/v1/');
}
