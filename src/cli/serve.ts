/** @file `deepshop serve`: answers over HTTP from a store. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { parseAllowedHost } from '../catalogue/web-address.ts';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import type { TlsFiles } from '../server/app.ts';
import { serve } from '../server/serve-node.ts';
import { bundledModel, log, parsePositiveInteger, printLine } from './command-runtime.ts';
import { addEncoderFlag } from './encoder-flag.ts';

interface Flags {
  readonly store: string;
  readonly model: string;
  readonly encoder?: string;
  readonly port: number;
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecure?: boolean;
  readonly publicUrl?: URL;
  readonly trustProxy?: boolean;
  readonly openSearch?: boolean;
  readonly allowUrlQueries?: boolean;
  readonly allowHost: readonly string[];
  readonly cors: readonly string[];
  readonly workers?: number;
  readonly maxWaiting: number;
  readonly photoMinutes: number;
  readonly eventDays: number;
  readonly quiet?: boolean;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('answer over HTTP: detect, search, items, events; docs/serving.md')
    .requiredOption('--store <place>', 'store made by deepshop index: a folder, or opensearch://HOST:PORT/NAME')
    .option('--model <dir>', 'model directory', bundledModel);
  return addEncoderFlag(command)
    .option('--port <n>', 'port; 0 for any that is free', parsePort, 3000)
    .option('--host <address>', 'address to listen at; 0.0.0.0 for all of this machine', '127.0.0.1')
    .option('--tls-cert <file>', 'certificate (PEM), with the chain')
    .option('--tls-key <file>', 'its key (PEM)')
    .option('--insecure', 'listen beyond this machine without TLS')
    .option('--public-url <url>', 'how the outside calls this server behind a proxy', parseUrl)
    .option('--trust-proxy', 'believe the proxy in front about who asks')
    .option('--open-search', 'searching needs no key, wherever it is asked from')
    .option('--allow-url-queries', 'fetch pictures that requests name by address')
    .option('--allow-host <host:port>', 'a private host that may be fetched from; may be repeated', collectHost, [])
    .option('--cors <origin>', 'a page of another origin that may ask; may be repeated', collectOrigin, [])
    .option('--workers <n>', 'threads that each have the model', parsePositiveInteger)
    .option(
      '--max-waiting <n>',
      'requests that may wait; further ones are told to come again',
      parsePositiveInteger,
      64,
    )
    .option('--photo-minutes <n>', 'how long photos are remembered, in memory', parsePositiveInteger, 15)
    .option('--event-days <n>', 'how long events and their queries are kept', parsePositiveInteger, 90)
    .option('--quiet', 'no line a request on stderr')
    .action(async (flags: Flags) => {
      warnOfProxy(flags);
      const server = await serve({
        ...flags,
        tls: readTls(flags),
        isInsecure: flags.insecure ?? false,
        publicUrl: flags.publicUrl ?? null,
        trustProxy: flags.trustProxy ?? false,
        openSearch: flags.openSearch ?? false,
        allowUrlQueries: flags.allowUrlQueries ?? false,
        allowedHosts: flags.allowHost,
        corsOrigins: flags.cors,
        workers: flags.workers,
        version: packageVersion(),
        exportOnnx,
        log: flags.quiet ? null : process.stderr,
      });
      printLine(`serving ${pc.underline(server.url)}`);
      stopOnSignal(server.close);
    });
}

/** A proxy that is not believed is everyone's address, and all shoppers together have the rate of one. */
function warnOfProxy({ publicUrl, trustProxy, tlsCert }: Flags): void {
  if (publicUrl === undefined || trustProxy || tlsCert !== undefined) return;
  log('--public-url without --trust-proxy: behind a proxy all requests count as of one address, and share its rate');
}

/** In a process of its own: making the graph would keep this one from answering for seconds. */
export async function exportOnnx(model: string, file: string): Promise<void> {
  const [program = ''] = process.argv.slice(1);
  await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    program,
    'export',
    '--model',
    model,
    '--out',
    file,
  ]);
}

/** The first signal lets it finish what it has, the second does not. */
export function stopOnSignal(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log('stopping: finishing what was accepted; again to stop at once');
    close().then(
      () => process.exit(),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function readTls({ tlsCert, tlsKey }: Flags): TlsFiles | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert !== undefined && tlsKey !== undefined)
    return { cert: readPem('--tls-cert', tlsCert), key: readPem('--tls-key', tlsKey) };
  const facts = {
    expected: '--tls-cert FILE and --tls-key FILE',
    got: tlsCert === undefined ? 'the key alone' : 'the certificate alone',
  };
  throw new UsageError('TLS needs a certificate and its key', facts);
}

function readPem(flag: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new DeepShopError(
      'tls-file',
      'the file cannot be read',
      { where: flag, expected: 'a PEM file', got },
      { cause },
    );
  }
}

export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** `--port N` */
function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new InvalidArgumentError('expected a number from 0 to 65535.');
}

/** `--public-url https://shop.example` */
function parseUrl(text: string): URL {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  throw new InvalidArgumentError('expected an http or https address.');
}

function collectHost(text: string, before: readonly string[]): readonly string[] {
  return [...before, parseAllowedHost(text)];
}

/** `--cors https://shop.example` */
export function collectOrigin(text: string, before: readonly string[]): readonly string[] {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return [...before, new URL(text).origin];
  throw new InvalidArgumentError('expected an origin such as https://shop.example.');
}
