/**
 * @file Opens the app without a network. Keeps the built files and pictures of items that were seen; the page itself comes
 * from the network first. Answers of the API are never kept: they are about a shopper's photo.
 */

/** The build puts the list here: `scripts/web/precache-list.ts`. */
declare const __PRECACHE__: {
  readonly version: string;
  readonly files: readonly string[];
  /** Scripts for finding garments on the device: kept for those who do. The model has a cache of its own (`device/download.ts`). */
  readonly deviceFiles: readonly string[];
};

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerInstallEvent extends WorkerEvent {
  /** Not every browser has it. */
  addRoutes?(rule: { condition: { requestMethod: string }; source: 'network' }): Promise<void>;
}
interface WorkerFetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
/** The part of a service worker's scope that is used; the DOM's types do not have it. */
declare const self: {
  addEventListener(type: 'install', listener: (event: WorkerInstallEvent) => void): void;
  addEventListener(type: 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'message', listener: (event: WorkerEvent & { readonly data: unknown }) => void): void;
  addEventListener(type: 'fetch', listener: (event: WorkerFetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
};

const { version, files, deviceFiles } = __PRECACHE__;
const appCache = `app-${version}`;
const pictureCache = 'pictures';
/** Pictures of 640 pixels have some 30 kB. */
const maxPictures = 300;

self.addEventListener('install', (event) => {
  const fill = async () => {
    // Past this worker: on the way through it, what a page tells while it is left would end with the page.
    await event.addRoutes?.({ condition: { requestMethod: 'POST' }, source: 'network' }).catch(() => {});
    const cache = await caches.open(appCache);
    await cache.addAll(['/', ...files]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith('app-') && name !== appCache);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('message', (event) => {
  if (event.data === 'keep device files') event.waitUntil(keepDeviceFiles());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/v1/pictures/')) event.respondWith(picture(request, event));
  else if (files.includes(pathname) || deviceFiles.includes(pathname)) event.respondWith(builtFile(request));
});

async function keepDeviceFiles(): Promise<void> {
  const cache = await caches.open(appCache);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll(deviceFiles.filter((file) => !kept.has(file)));
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match('/', { cacheName: appCache, ignoreVary: true });
    if (kept !== undefined) return kept;
    throw error;
  }
}

async function builtFile(request: Request): Promise<Response> {
  // Answers vary by origin, and only some requests name one; the files are the same for all.
  const how = { cacheName: appCache, ignoreSearch: true, ignoreVary: true };
  return (await caches.match(request, how)) ?? fetch(request);
}

async function picture(request: Request, event: WorkerEvent): Promise<Response> {
  const cache = await caches.open(pictureCache);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) event.waitUntil(keep(cache, request, response.clone()));
  return response;
}

/** The first ones go when there are too many. */
async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
  await cache.put(request, response);
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - maxPictures)).map((old) => cache.delete(old)));
}
