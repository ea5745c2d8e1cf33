/**
 * @file What runs the server elsewhere (Dockerfile, compose files, the unit of systemd), as far as it can be known without running it: flags
 * that the command takes, ports and folders that agree, paths that there are.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { indexCommand } from '../src/cli/index-catalogue.ts';
import { serveCommand } from '../src/cli/serve.ts';
import { isLoopback, requireSafeListening } from '../src/server/listen-address.ts';
import { closeWithinMs } from '../src/server/serve-node.ts';
import { parseStoreAddress } from '../src/stores/opensearch-address.ts';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const docker = read('Dockerfile');
const engineNodes = read('docker/compose.yml');
const compose = read('docker/compose.server.yml');
const unit = read('systemd/deepshop.service');
const packageFacts = JSON.parse(read('package.json'));

/** The one match, which has to be there. */
function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`nothing there that matches ${pattern}`);
  return found;
}

/** A list in brackets after what a line begins with: JSON in a Dockerfile, and YAML of the kind that is JSON. */
const listAfter = (text: string, word: string): string[] =>
  JSON.parse(find(text, new RegExp(`^${word}\\s*(\\[[^\\]]*\\])$`, 'm')).replace(/,\s*\]$/, ']'));

/** What the command makes of its words; it refuses unknown flags and values as it does for people. */
async function parse(command: Command, words: readonly string[]): Promise<Record<string, unknown>> {
  let flags: Record<string, unknown> = {};
  command.exitOverride().configureOutput({ writeErr: () => {} });
  command.action((...args) => {
    flags = args.find((arg) => typeof arg === 'object' && arg !== null && 'store' in arg) ?? {};
  });
  await command.parseAsync(words, { from: 'user' });
  return flags;
}

/** `serve` and its flags, and that it would not refuse to listen there. */
async function served(words: readonly string[]) {
  const [name, ...flags] = words;
  expect(name).toBe('serve');
  const { host, insecure, tlsCert, ...others } = await parse(serveCommand(), flags);
  requireSafeListening({ host: String(host), hasTls: tlsCert !== undefined, isInsecure: insecure === true });
  return { host: String(host), port: String(others.port), store: String(others.store) };
}

const noEngine = async () => {
  throw new Error('nothing is indexed here');
};

describe('the image', () => {
  it('serves a store in its volume, on the port that is exposed and looked at', async () => {
    const { host, port, store } = await served(listAfter(docker, 'CMD'));
    expect(isLoopback(host)).toBe(false);
    expect(find(docker, /^EXPOSE (\d+)$/m)).toBe(port);
    expect(find(docker, /127\.0\.0\.1:(\d+)\/healthz/)).toBe(port);
    const [volume] = listAfter(docker, 'VOLUME');
    expect(store.startsWith(`${volume}/`)).toBe(true);
    expect(find(docker, /^RUN install -d -o node -g node (\S+)$/m)).toBe(volume);
    expect(docker).toMatch(new RegExp(`^USER node\\nWORKDIR ${volume}$`, 'm'));
  });

  it('looks at a path that the server has, with a program that runs', () => {
    const [program, flag, code] = JSON.parse(find(docker, /^ {2}CMD (\["node", "-e".*\])$/m));
    expect([program, flag]).toEqual(['node', '-e']);
    // Nobody listens at that port: the program says so.
    const port = code.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    expect(() => execFileSync(process.execPath, ['-e', port], { stdio: 'ignore' })).toThrow(/Command failed/);
  });

  it('is built of files that there are, which are what the package has, on a Node that the package wants', () => {
    for (const [, stage, from] of docker.matchAll(/^COPY (?:--from=(\w+) )?(.+) \S+$/gm)) {
      for (const path of (from ?? '').split(' ')) {
        if (stage === undefined) expect(existsSync(new URL(path, root)), path).toBe(true);
        else if (path.startsWith('/src/')) expect(packageFacts.files).toContain(path.slice('/src/'.length));
      }
    }
    const copied = [...docker.matchAll(/^COPY --from=build \/src\/(\w+)/gm)].map(([, name]) => name);
    expect(copied.sort()).toEqual(packageFacts.files.filter((name: string) => !name.startsWith('!')).sort());
    const node = Number(find(packageFacts.engines.node, /^>=(\d+)\./));
    for (const [, version] of docker.matchAll(/^FROM node:(\d+)-slim/gm)) expect(Number(version)).toBe(node);
    expect(listAfter(docker, 'ENTRYPOINT')).toEqual(['node', `/app/${packageFacts.bin.deepshop}`]);
  });

  it('leaves nothing out that the build reads', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const needed of [
      'src',
      'bin',
      'models',
      'recipes',
      'scripts',
      'package.json',
      'tsconfig.json',
      'vite.config.ts',
    ])
      expect(ignored).not.toContain(needed);
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'dist', '.git']));
  });
});

describe('the server beside three nodes', () => {
  const nodes = [...engineNodes.matchAll(/^ {2}(node-\d):$/gm)].map(([, name]) => name).slice(0, 3);
  const expected = nodes.map((name) => `http://${name}:9200`);

  it('has its store in the nodes that it waits for, and a port that only this machine reaches', async () => {
    const { port, store } = await served(listAfter(compose, ' +command:'));
    expect(parseStoreAddress(store)?.nodes).toEqual(expected);
    for (const name of nodes) expect(compose).toContain(`${name}: { condition: service_healthy }`);
    expect(listAfter(compose, ' +ports:')).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(find(docker, /^EXPOSE (\d+)$/m)).toBe(port);
    expect(find(compose, /volumes: \["shop:(\/\w+)"/)).toBe(listAfter(docker, 'VOLUME')[0]);
  });

  it('is filled by an indexer of the same store; keys are made for it too', async () => {
    const { store } = await served(listAfter(compose, ' +command:'));
    const [node, program, name, ...flags] = listAfter(compose, ' +entrypoint:');
    expect([node, program, name]).toEqual([...listAfter(docker, 'ENTRYPOINT'), 'index']);
    expect(await parse(indexCommand(noEngine), [...flags, '/catalogue/products.csv'])).toMatchObject({ store });
    expect(find(compose, /keys create --store (\S+)/)).toBe(store);
  });
});

describe('the unit of systemd', () => {
  const value = (name: string) => find(unit, new RegExp(`^${name}=(.*)$`, 'm'));

  it('serves a store in its state folder to this machine, and is given the time that stopping takes', async () => {
    const [node, program, ...words] = value('ExecStart').split(' ');
    expect([node, program]).toEqual(['/usr/bin/node', `/opt/deepshop/${packageFacts.bin.deepshop}`]);
    const { host, store } = await served(words);
    expect(isLoopback(host)).toBe(true);
    const folder = `/var/lib/${value('StateDirectory')}`;
    expect(store.startsWith(`${folder}/`)).toBe(true);
    expect(value('WorkingDirectory')).toBe(folder);
    expect(1000 * Number(value('TimeoutStopSec'))).toBeGreaterThan(closeWithinMs);
  });

  it('may do no more than it has to', () => {
    expect(value('User')).not.toBe('root');
    for (const name of ['NoNewPrivileges', 'ProtectHome', 'PrivateTmp']) expect(value(name)).toBe('yes');
    expect(value('ProtectSystem')).toBe('strict');
    expect(value('Restart')).toBe('on-failure');
  });
});

it('the package has what the image and the unit start: program, web app, model', () => {
  const argv = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const out = execFileSync('npm', argv, {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }]: [{ files: readonly { readonly path: string }[] }] = JSON.parse(out);
  const paths = files.map(({ path }) => path);
  const wanted = ['bin/deepshop.js', 'dist/cli/main.js', 'dist/web/index.html', 'dist/web/widget.js', 'package.json'];
  expect(paths).toEqual(expect.arrayContaining(wanted));
  expect(paths.some((path) => /^models\/[^/]+\/weights\.safetensors$/.test(path))).toBe(true);
  expect(paths.filter((path) => /\.test\.|^src\/|^tests\//.test(path))).toEqual([]);
}, 240_000);
