import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '../../client/client.ts';
import { createEventQueue } from './event-queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A page that can be hidden. */
class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';
  hide(): void {
    this.visibilityState = 'hidden';
    this.dispatchEvent(new globalThis.Event('visibilitychange'));
  }
}

function openQueue() {
  const requests: { items: string[]; keepalive: boolean | undefined }[] = [];
  const send: typeof fetch = async (_, init) => {
    const { events }: { events: Event[] } = JSON.parse(String(init?.body));
    requests.push({ items: events.map(({ type, item }) => `${type} ${item}`), keepalive: init?.keepalive });
    return Response.json({ accepted: events.length });
  };
  const page = new Page();
  return { requests, page, queue: createEventQueue({ url: '', fetch: send }, page) };
}
const see = (item: string): Event => ({ type: 'view', queryId: 'q_1', item, position: 0 });

it('gathers views, each once an answer', () => {
  const { queue, requests } = openQueue();
  for (const item of ['a', 'b', 'a']) queue.add(see(item));
  queue.add({ ...see('a'), queryId: 'q_2' });
  expect(requests).toEqual([]);
  vi.runAllTimers();
  queue.add(see('b'));
  vi.runAllTimers();
  expect(requests).toEqual([{ items: ['view a', 'view b', 'view a'], keepalive: true }]);
});

it('tells a click at once, with the views before it', () => {
  const { queue, requests } = openQueue();
  queue.add(see('a'));
  queue.add({ ...see('a'), type: 'click' });
  expect(requests).toEqual([{ items: ['view a', 'click a'], keepalive: true }]);
  vi.runAllTimers();
  expect(requests).toHaveLength(1);
});

it('sends no more at once than the server takes', () => {
  const { queue, requests } = openQueue();
  for (let index = 0; index < 230; index++) queue.add(see(String(index)));
  vi.runAllTimers();
  expect(requests.map(({ items }) => items.length)).toEqual([100, 100, 30]);
});

it('tells what waits when the page is hidden, and when it is closed; after that nothing is told', () => {
  const { queue, requests, page } = openQueue();
  queue.add(see('a'));
  page.dispatchEvent(new globalThis.Event('visibilitychange'));
  expect(requests).toEqual([]);
  page.hide();
  expect(requests).toHaveLength(1);
  queue.add(see('b'));
  queue.close();
  expect(requests).toHaveLength(2);
  queue.add(see('c'));
  queue.add({ ...see('c'), type: 'click' });
  expect(vi.getTimerCount()).toBe(0);
  page.hide();
  queue.flush();
  expect(requests).toHaveLength(2);
});

it('goes on where the server does not answer', async () => {
  let numAsked = 0;
  const send: typeof fetch = () => {
    numAsked++;
    return Promise.reject(new TypeError('no network'));
  };
  const queue = createEventQueue({ url: '', fetch: send }, new Page());
  for (const item of ['a', 'b']) {
    queue.add({ ...see(item), type: 'click' });
    await vi.runAllTimersAsync();
  }
  expect(numAsked).toBe(2);
});
