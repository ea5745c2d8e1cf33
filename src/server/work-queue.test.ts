import { describe, expect, it } from 'vitest';
import { placeHolder } from './place-holder.ts';
import { RateLimiter } from './rate-limit.ts';
import { sharedLimits, WorkQueue } from './work-queue.ts';

/** Work that ends when it is told to. */
function piece() {
  let end = () => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { done, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

describe('the queue', () => {
  it('runs so many at once, in the order in which they came', async () => {
    const queue = new WorkQueue({ width: 2, maxWaiting: 10 });
    const pieces = [0, 1, 2, 3].map(piece);
    const begun: number[] = [];
    const all = pieces.map((each, at) =>
      queue.hold(
        (takeTurn) =>
          takeTurn(async () => {
            begun.push(at);
            await each.done;
          }),
        never,
      ),
    );
    await settled();
    expect([begun, queue.numRunning, queue.numWaiting]).toEqual([[0, 1], 2, 2]);
    pieces[1].end();
    await all[1];
    await settled();
    expect(begun).toEqual([0, 1, 2]);
    for (const { end } of pieces) end();
    await Promise.all(all);
    await queue.idle();
    expect([queue.numRunning, queue.numWaiting]).toEqual([0, 0]);
  });

  it('refuses the one too many, with a time to come again', async () => {
    const queue = new WorkQueue({ width: 1, maxWaiting: 1 });
    const { done, end } = piece();
    const held = [1, 2].map(() => queue.hold((takeTurn) => takeTurn(() => done), never));
    const refused = await queue.hold(async () => 'in', never).catch((error) => error);
    expect(refused).toMatchObject({ code: 'queue-full' });
    expect(refused.retryAfterS).toBeGreaterThan(0);
    end();
    await Promise.all(held);
    expect(await queue.hold(async () => 'in', never)).toBe('in');
  });

  it('passes over who went away while waiting, and goes on after work that fails', async () => {
    const queue = new WorkQueue({ width: 1, maxWaiting: 5 });
    const { done, end } = piece();
    const failing = queue.hold(
      (takeTurn) =>
        takeTurn(async () => {
          await done;
          throw new Error('broken');
        }),
      never,
    );
    const controller = new AbortController();
    let isBegun = false;
    const gone = queue.hold(
      (takeTurn) =>
        takeTurn(async () => {
          isBegun = true;
        }),
      controller.signal,
    );
    const last = queue.hold((takeTurn) => takeTurn(async () => 'last'), never);
    await settled();
    controller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    end();
    await expect(failing).rejects.toThrow('broken');
    expect(await last).toBe('last');
    expect([isBegun, queue.numRunning, queue.numWaiting]).toEqual([false, 0, 0]);
  });
});

describe('a place', () => {
  it('is for others when one holder has its share, and for whom nobody counts', async () => {
    expect(sharedLimits(2, 6)).toEqual({ width: 2, maxWaiting: 6, maxPerHolder: 2 });
    const queue = new WorkQueue(sharedLimits(2, 6));
    const { done, end } = piece();
    const hold = (holder: string | null) => queue.hold(() => done, never, holder);
    const held = [hold('one'), hold('one'), hold(null), hold(null), hold(null), hold('other')];
    await expect(hold('one')).rejects.toMatchObject({ code: 'queue-full' });
    held.push(hold('other'), hold('third'));
    await expect(hold('third')).rejects.toMatchObject({ facts: { expected: 'at most 8 requests at once' } });
    end();
    await Promise.all(held);
    await hold('one');
  });

  it('holds all addresses of an IPv6 network to be one', () => {
    expect(placeHolder(null, '2001:db8:0:a::1')).toBe(placeHolder(null, '2001:db8:0:a:ffff:1:2:3'));
    expect(placeHolder(null, '2001:db8:0:a::1')).not.toBe(placeHolder(null, '2001:db8:0:b::1'));
  });
});

describe('the rate limit', () => {
  it('lets a minute of requests pass, then as many as the time brings', () => {
    let now = 0;
    const limiter = new RateLimiter(() => now);
    const take = () => limiter.take('one', 60);
    for (let count = 0; count < 60; count++) expect(take()).toBe(0);
    expect(take()).toBe(1);
    expect(limiter.take('another', 60)).toBe(0);
    now += 2000;
    expect([take(), take(), take()]).toEqual([0, 0, 1]);
    now += 3_600_000;
    for (let count = 0; count < 60; count++) expect(take()).toBe(0);
    expect(take()).toBe(1);
  });
});
