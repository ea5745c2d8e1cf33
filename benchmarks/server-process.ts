/** @file `deepshop serve`, as it was built, in a process of its own: so that its memory is its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../bin/deepshop.js', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** On any free port of loopback. */
export async function startServer(store: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const serve = ['serve', '--store', store, '--port', '0', '--quiet', ...flags];
  const child = spawn(process.execPath, [program, ...serve], { stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    url: await addressOf(child),
    pid: child.pid,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** @throws Error with what it said where it did not start */
function addressOf({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    let logged = '';
    stdout?.on('data', (chunk) => {
      printed += String(chunk);
      const found = /https?:\/\/\S+/.exec(printed)?.[0];
      if (found !== undefined) resolve(found);
    });
    // Read to the end, or a server that logs much would wait.
    stderr?.on('data', (chunk) => {
      logged = (logged + String(chunk)).slice(-4000);
    });
    stdout?.on('close', () => reject(new Error(`the server did not start: ${logged}`)));
  });
}
