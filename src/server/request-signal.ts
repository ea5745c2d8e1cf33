/** @file When a request is over before it is answered: its time is up, or the client went away. */
import type { FastifyReply } from 'fastify';
import { ApiError } from './api-error.ts';

/** Aborted at the deadline with `deadline`, or when the client closes the connection with `cancelled`. */
export function requestSignal(reply: FastifyReply, deadlineMs: number): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const facts = {
      expected: `an answer within ${deadlineMs / 1000} s`,
      cure: 'Try again; a smaller photo is faster.',
    };
    controller.abort(new ApiError('deadline', 'the request took too long', facts, 5));
  }, deadlineMs);
  reply.raw.on('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort(new ApiError('cancelled', 'the client went away'));
  });
  return controller.signal;
}

/** What comes first: the work, or the end of the request. The work is not stopped by this; its signal does that. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
    // What becomes of work that nobody waits for is nobody's error.
    work.catch(() => {});
    aborted.catch(() => {});
  }
}
