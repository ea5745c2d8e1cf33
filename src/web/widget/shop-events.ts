/** @file Tells the server what was seen and chosen, a few at a time. What does not arrive is not missed. */
import type { Client, Event } from '../../client/client.ts';

/** How long views are gathered. */
const gatherMs = 1500;
/** The server takes this many at once. */
const most = 100;

export class ShopEvents {
  readonly #client: Client;
  readonly #seen = new Set<string>();
  #waiting: Event[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param client whose requests outlive the page: `keepalive` */
  constructor(client: Client) {
    this.#client = client;
  }

  /** Once an item and query. */
  view(event: Omit<Event, 'type'>): void {
    const name = `${event.queryId} ${event.item}`;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#waiting.push({ ...event, type: 'view' });
    if (this.#waiting.length >= most) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  /** At once: the page may be left. */
  click(event: Omit<Event, 'type'>): void {
    this.#waiting.push({ ...event, type: 'click' });
    this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.#client.call('sendEvents', { body: { events } }).catch(() => {});
  }
}
