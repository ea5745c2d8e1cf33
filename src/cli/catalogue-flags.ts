/** @file Flags that say what a catalogue is and how its columns and pictures are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AttributeSchema, AttributeType } from '../catalogue/attributes.ts';
import { type CatalogueFormat, catalogueFormats } from '../catalogue/catalogue-format-node.ts';
import { parseAttributeFlag } from '../catalogue/feed-columns.ts';
import { parseAddressPattern, parseCurrency } from '../catalogue/fill-missing.ts';
import { parseAllowedHost } from '../catalogue/web-address.ts';
import { UsageError } from '../errors/errors.ts';

export interface CatalogueFlags {
  readonly format?: CatalogueFormat;
  readonly map?: { readonly [field: string]: string };
  readonly attribute?: AttributeSchema;
  readonly currency?: string;
  readonly url?: string;
  readonly fetch?: boolean;
  readonly allowHost?: readonly string[];
}

export function addCatalogueFlags(command: Command): Command {
  return command
    .addOption(new Option('--format <name>', 'what the source is; guessed when not given').choices(catalogueFormats))
    .option('--map <field=column>', 'a field is in a column of this name; may be given again', collectMapping)
    .option(
      '--attribute <name[:type]>',
      'keep a further column: string, number or boolean; may be given again',
      collectAttribute,
    )
    .option('--currency <code>', 'of prices that the feed gives without one: EUR', parseCurrency)
    .option(
      '--url <pattern>',
      'address of items that the feed gives without one, {handle} or {id} in it',
      parseAddressPattern,
    )
    .option('--fetch', 'fetch pictures that the feed has at http and https addresses')
    .option('--allow-host <host:port>', 'with --fetch: a host that may be private; may be given again', collectHost);
}

/** @throws UsageError for flags that do nothing together */
export function checkCatalogueFlags({ fetch, allowHost }: CatalogueFlags): void {
  if (allowHost === undefined || fetch) return;
  throw new UsageError('nothing is fetched', {
    where: '--allow-host',
    expected: '--fetch beside it',
    got: 'no --fetch',
  });
}

/** `price=PreisBrutto`; a column may have "=" in its name. */
function collectMapping(text: string, previous: { readonly [field: string]: string } = {}) {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('expected FIELD=COLUMN.');
  return { ...previous, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

function collectAttribute(text: string, previous: { readonly [name: string]: AttributeType } = {}) {
  const [name, type] = parseAttributeFlag(text);
  return { ...previous, [name]: type };
}

function collectHost(text: string, previous: readonly string[] = []) {
  return [...previous, parseAllowedHost(text)];
}
