/** @file Tells the shop what was seen and chosen, in few requests, each thing once an answer. What does not arrive is not missed. */
import { type ClientOptions, createClient, type Event } from '../../client/client.ts';

export interface EventQueue {
  /** A view waits for others; whatever else a shopper does is told at once, with the views before it. Nothing once it is closed. */
  add(event: Event): void;
  /** Tells what waits. */
  flush(): void;
  /** Tells what waits, and listens to the page no longer. */
  close(): void;
}

/** How long views are gathered. */
const gatherMs = 1500;
/** As many as one request may hold. */
const maxEvents = 100;

/**
 * A queue of a page: what waits is told when the page is hidden or left.
 *
 * @param page whose `visibilitychange` says that; phones end hidden pages without another word
 */
export function createEventQueue(
  { fetch: send = globalThis.fetch, ...server }: Pick<ClientOptions, 'url' | 'key' | 'fetch'>,
  page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'> = document,
): EventQueue {
  // A request outlives the page that sent it.
  const shop = createClient({ ...server, fetch: (input, init) => send(input, { ...init, keepalive: true }) });
  const told = new Set<string>();
  let waiting: Event[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    // Shopping goes on whether or not they arrive.
    if (events.length > 0) shop.call('sendEvents', { body: { events } }).catch(() => {});
  }

  function flushWhenHidden(): void {
    if (page.visibilityState === 'hidden') flush();
  }
  page.addEventListener('visibilitychange', flushWhenHidden);

  return {
    add(event) {
      if (isClosed) return;
      const name = `${event.type} ${event.queryId} ${event.item}`;
      if (told.has(name)) return;
      told.add(name);
      waiting.push(event);
      if (event.type !== 'view' || waiting.length >= maxEvents) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    flush,
    close() {
      isClosed = true;
      flush();
      page.removeEventListener('visibilitychange', flushWhenHidden);
    },
  };
}
