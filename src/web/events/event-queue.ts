/** @file Tells the shop what was seen and opened, in few requests; each thing once an answer. */
import type { Client, Event } from '../../client/client.ts';

export interface EventQueue {
  add(event: Event): void;
}

const waitMs = 1500;
/** As many as one request may hold. */
const maxEvents = 100;

export function createEventQueue(shop: Pick<Client, 'call'>): EventQueue {
  const sent = new Set<string>();
  let waiting: Event[] = [];
  let isWaiting = false;

  function send(): void {
    isWaiting = waiting.length > maxEvents;
    if (isWaiting) setTimeout(send, waitMs);
    const events = waiting.splice(0, maxEvents);
    // Shopping goes on whether or not they arrive.
    if (events.length > 0) shop.call('sendEvents', { body: { events } }).catch(() => {});
  }

  return {
    add(event) {
      const key = `${event.type} ${event.queryId} ${event.item}`;
      if (sent.has(key)) return;
      sent.add(key);
      waiting = [...waiting, event];
      if (!isWaiting) setTimeout(send, waitMs);
      isWaiting = true;
    },
  };
}
