/** @file One side of a comparison of speed: a process of its own that does one step for each line it gets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a process says about a step. */
export interface Answer {
  readonly ms: number;
  readonly peakMb: number;
  readonly [fact: string]: number;
}

export class Side {
  readonly versions: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, versions: string) {
    this.#child = child;
    this.#lines = lines;
    this.versions = versions;
  }

  static async start(command: string, args: readonly string[]): Promise<Side> {
    const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...env } = process.env;
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const reader = createInterface({ input: child.stdout! });
    const lines = reader[Symbol.asyncIterator]();
    return new Side(child, lines, JSON.parse(await nextLine(lines)).versions);
  }

  async step(): Promise<Answer> {
    this.#child.stdin!.write('\n');
    return JSON.parse(await nextLine(this.#lines));
  }

  stop(): void {
    this.#child.stdin!.end();
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error('the other process has ended; see above');
  return value;
}
