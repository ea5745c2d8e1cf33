/** @file When a request is over before it is answered: its time is up, or the client went away. */
import type { IncomingMessage } from 'node:http';
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

/** Fewer bytes than this in one step are no progress: 0.8 kB/s, under what the slowest mobile networks give. */
const minStepBytes = 4096;

/**
 * Aborted with `deadline` when a body brings too little in a step of `stepMs`.
 *
 * @returns the signal, and `stop` to be called once the body is read
 */
export function progressSignal(raw: IncomingMessage, stepMs: number): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let before = raw.socket.bytesRead;
  const look = () => {
    const { bytesRead } = raw.socket;
    if (!raw.complete && bytesRead - before < minStepBytes) {
      const facts = {
        expected: `at least ${minStepBytes} bytes every ${stepMs / 1000} s`,
        got: 'fewer',
        cure: 'Try again where the network is better; a smaller photo is faster.',
      };
      controller.abort(new ApiError('deadline', 'the upload stands still', facts, 5));
    }
    before = bytesRead;
  };
  // What arrived while other work held up this thread is read before it is counted.
  const timer = setInterval(() => setImmediate(look), stepMs);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
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
