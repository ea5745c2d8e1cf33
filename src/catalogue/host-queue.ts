/** @file Good manners towards servers: a few requests at a time to each host, and a pause for one that asks for it. */

interface HostState {
  running: number;
  readonly waiting: (() => void)[];
  /** Over when the host may be asked again. */
  pause: Promise<void>;
}

export class HostQueue {
  readonly #hosts = new Map<string, HostState>();
  readonly #maxPerHost: number;

  constructor(maxPerHost: number) {
    this.#maxPerHost = maxPerHost;
  }

  /** Runs the task when the host has a free place and no pause. */
  async run<T>(host: string, task: () => Promise<T>): Promise<T> {
    const state = this.#stateOf(host);
    if (state.running >= this.#maxPerHost) await new Promise<void>((resolve) => state.waiting.push(resolve));
    else state.running += 1;
    try {
      await state.pause;
      return await task();
    } finally {
      // The place goes to the next in line.
      const next = state.waiting.shift();
      if (next !== undefined) next();
      else state.running -= 1;
      if (state.running === 0) this.#hosts.delete(host);
    }
  }

  /** Nobody asks the host before this is over. Called from within a task of this host. */
  pause(host: string, over: Promise<void>): void {
    const state = this.#stateOf(host);
    state.pause = Promise.all([state.pause, over]).then(() => {});
  }

  #stateOf(host: string): HostState {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = { running: 0, waiting: [], pause: Promise.resolve() };
      this.#hosts.set(host, state);
    }
    return state;
  }
}
