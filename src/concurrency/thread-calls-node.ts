/** @file Calls to a worker thread of ours, and their answers: the side that asks, and the side that answers. */
import { parentPort, type Worker } from 'node:worker_threads';
import { DeepShopError, describeError } from '../errors/errors.ts';

interface Call<Question> {
  readonly number: number;
  readonly question: Question;
}

type Reply<Answer> =
  | { readonly number: number; readonly answer: Answer }
  | { readonly number: number; readonly error: { readonly code: string; readonly message: string } };

/** A thread that runs {@link answerCalls}. */
export class ThreadCalls<Question, Answer> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(error: unknown): void }>();
  #count = 0;
  #ended: Error | null = null;

  /**
   * @param onEnd told once when the thread ends, by itself or by {@link close}: what calls that wait, and those that come
   *   later, fail with
   */
  constructor(worker: Worker, onEnd: (cause: unknown) => Error) {
    this.#worker = worker;
    const end = (cause: unknown) => {
      if (this.#ended !== null) return;
      this.#ended = onEnd(cause);
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
      this.#waiting.clear();
    };
    worker.on('message', (reply: Reply<Answer>) => {
      const call = this.#waiting.get(reply.number);
      this.#waiting.delete(reply.number);
      if ('answer' in reply) call?.resolve(reply.answer);
      else call?.reject(new DeepShopError(reply.error.code, reply.error.message));
    });
    worker.on('error', end);
    worker.on('exit', end);
  }

  /** Calls that have no answer yet. */
  get numWaiting(): number {
    return this.#waiting.size;
  }

  ask(question: Question): Promise<Answer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const number = this.#count++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, question } satisfies Call<Question>);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * In the thread: answers every call, several at once where `answer` lets them.
 *
 * @param moved buffers of an answer that need not be copied
 */
export function answerCalls<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
  moved: (answer: Answer) => readonly ArrayBufferLike[] = () => [],
): void {
  const port = parentPort;
  if (port === null) throw new Error('this module runs as a worker thread');
  port.on('message', async ({ number, question }: Call<Question>) => {
    try {
      const given = await answer(question);
      const buffers = moved(given).filter((buffer) => buffer instanceof ArrayBuffer);
      port.postMessage({ number, answer: given } satisfies Reply<Answer>, buffers);
    } catch (error) {
      port.postMessage({ number, error: describeError(error) } satisfies Reply<Answer>);
    }
  });
}
