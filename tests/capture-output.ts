/** @file For tests: what a command that runs in this process prints. */

type Write = typeof process.stdout.write;

/** Runs something and gathers what it writes to stdout and stderr meanwhile; what it throws is thrown on. */
export async function captureOutput(run: () => Promise<unknown>): Promise<{ out: string; err: string }> {
  const printed = { out: '', err: '' };
  const gather = (name: 'out' | 'err'): Write => {
    return (chunk: string | Uint8Array) => {
      printed[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  };
  const [writeOut, writeErr] = [process.stdout.write, process.stderr.write];
  process.stdout.write = gather('out');
  process.stderr.write = gather('err');
  try {
    await run();
  } finally {
    process.stdout.write = writeOut;
    process.stderr.write = writeErr;
  }
  return printed;
}
