/** @file `deepshop keys`: who may ask the server of a store for what. */
import { Command, InvalidArgumentError } from 'commander';
import { type Scope, scopes } from '../api/endpoints.ts';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { createKey, keyFileOf, listKeys, revokeKey } from '../server/key-file-node.ts';
import { readStamp } from '../stores/open-store-node.ts';
import { log, parsePositiveInteger, printJson, printLine } from './command-runtime.ts';
import { collectOrigin } from './serve.ts';

interface CreateFlags {
  readonly store: string;
  readonly scope: readonly Scope[];
  readonly origin: readonly string[];
  readonly name: string;
  readonly rate: number;
  readonly json?: boolean;
}

/** How long an engine that keeps the store is asked whether it does. */
const enginePatienceMs = 5000;

export function keysCommand(): Command {
  const create = new Command('create')
    .description('make a key; it is shown once and kept nowhere')
    .requiredOption('--store <place>', 'store that is served')
    .option('--scope <scope>', `what it allows: ${scopes.join(', ')}; each allows those before it`, collectScope, [])
    .option(
      '--origin <origin>',
      'a page that may use it, for keys in the source of a page; may be repeated',
      collectOrigin,
      [],
    )
    .option('--name <text>', 'what it is for', '')
    .option('--rate <n>', 'requests a minute', parsePositiveInteger, 600)
    .option('--json', 'print one JSON document')
    .action(async ({ store, scope, origin, name, rate, json }: CreateFlags) => {
      const wanted: readonly Scope[] = scope.length === 0 ? ['search'] : scope;
      requireHarmless(wanted, origin);
      // As `deepshop serve` does: a key of a store that nobody has would lie there unused.
      await readStamp(store, { patienceMs: enginePatienceMs });
      const { key, token } = await createKey(keyFileOf(store), {
        name,
        scopes: wanted,
        origins: origin,
        perMinute: rate,
      });
      if (json) return printJson({ ...key, token });
      printLine(token);
      log(`key ${key.id} allows ${wanted.join(', ')}; it is not shown again`);
    });
  const list = new Command('list')
    .description('the keys that there are')
    .requiredOption('--store <place>', 'store that is served')
    .option('--json', 'print one JSON document')
    .action(async ({ store, json }: { readonly store: string; readonly json?: boolean }) => {
      const keys = await listKeys(keyFileOf(store));
      if (json) return printJson({ keys });
      for (const { id, name, scopes: allowed, origins, perMinute, createdAt } of keys) {
        const where = origins.length === 0 ? '' : `  ${origins.join(' ')}`;
        printLine(
          printable(`${id}  ${allowed.join(',')}  ${perMinute}/min  ${createdAt.slice(0, 10)}  ${name}${where}`),
        );
      }
    });
  const revoke = new Command('revoke')
    .description('end a key; a running server knows it within a second')
    .argument('<id>', 'as deepshop keys list names it')
    .requiredOption('--store <place>', 'store that is served')
    .action(async (id: string, { store }: { readonly store: string }) => {
      await revokeKey(keyFileOf(store), id);
      printLine(`key ${printable(id)} is revoked`);
    });
  return new Command('keys')
    .description('keys of the server: create, list, revoke')
    .addCommand(create)
    .addCommand(list)
    .addCommand(revoke);
}

/** A key with origins stands in the source of a page, where anyone can read it. */
function requireHarmless(wanted: readonly Scope[], origins: readonly string[]): void {
  if (origins.length === 0 || wanted.every((scope) => scope === 'search')) return;
  throw new UsageError('a key for pages may only search', {
    where: '--origin',
    expected: '--scope search alone',
    got: wanted.join(', '),
    cure: 'Make two keys.',
  });
}

/** `--scope search --scope index` */
function collectScope(text: string, before: readonly Scope[]): readonly Scope[] {
  const scope = scopes.find((each) => each === text);
  if (scope !== undefined) return [...before, scope];
  throw new InvalidArgumentError(`expected one of ${scopes.join(', ')}.`);
}
