/** @file `deepshop index`: a catalogue into a store of vectors. */
import { Command, Option } from 'commander';
import { catalogueSchema, type SkippedProduct } from '../catalogue/catalogue.ts';
import { fetchPictures } from '../catalogue/fetch-pictures.ts';
import type { PictureFetcher } from '../catalogue/picture-fetcher-node.ts';
import { type CatalogueOptions, countEntries, readCatalogue } from '../catalogue/read-catalogue-node.ts';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { type IndexReport, indexCatalogue } from '../retrieval/index-catalogue-node.ts';
import { openAnyStoreForWriting } from '../retrieval/open-store-node.ts';
import { type StoreKind, storeKinds } from '../retrieval/store-manifest-node.ts';
import { addCatalogueFlags, type CatalogueFlags, checkCatalogueFlags, pictureFolder } from './catalogue-flags.ts';
import { bundledModel, type LoadEngine, log, markFailed, printJson, printLine } from './command-runtime.ts';
import { migrateCommand } from './migrate.ts';
import { showProgress } from './progress.ts';

interface Flags extends CatalogueFlags {
  readonly store: string;
  readonly storeKind?: StoreKind | undefined;
  readonly model: string;
  readonly descriptor: DescriptorName;
  readonly json?: boolean;
}

export function indexCommand(loadEngine: LoadEngine): Command {
  const command = new Command('index')
    .description('index a catalogue, so that photos can be answered with its items')
    .argument('<source>', 'a folder of pictures, or a feed: CSV, TSV, JSON lines, Shopify export, Google Merchant feed')
    .option('--store <dir>', 'store to fill; made where there is none (required)')
    .addOption(new Option('--store-kind <kind>', 'of a new store; lancedb unless given').choices(storeKinds))
    .option('--model <dir>', 'model directory', bundledModel)
    .addOption(
      new Option('--descriptor <name>', 'what the vectors describe').choices(['garment', 'paper']).default('garment'),
    );
  return (
    addCatalogueFlags(command)
      .option('--json', 'print one JSON document')
      .addHelpText('after', '\nThe formats, the columns, and what is fetched and what not: docs/catalogues.md.')
      // What stands after the name of a subcommand is the subcommand's.
      .enablePositionalOptions()
      .addCommand(migrateCommand(loadEngine))
      .action(
        async (source: string, { json, store, ...others }: Omit<Flags, 'store'> & { readonly store?: string }) => {
          const flags = { ...others, store: requireStore(store) };
          checkCatalogueFlags(flags);
          const skipped = new Map<SkippedProduct['reason'], number>();
          const report = await indexSource(source, {
            ...flags,
            loadEngine,
            onSkip: ({ reason }) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1),
          });
          if (report.added + report.updated + report.unchanged === 0) {
            log(`deepshop: nothing could be indexed from ${printable(source)}`);
            markFailed();
          }
          const numSkipped = [...skipped.values()].reduce((sum, count) => sum + count, 0);
          if (json) printJson({ ...report, skipped: numSkipped });
          else printReport(report, flags.store);
          if (numSkipped > 0) log(describeSkipped(skipped));
        },
      )
  );
}

/** Not a required option: it would be one of the subcommand too. */
function requireStore(store: string | undefined): string {
  if (store !== undefined) return store;
  throw new UsageError('there is no store to fill', { expected: '--store DIR', got: 'none' });
}

/** Opens everything, shows progress, and gives the lock back whatever happens. */
export async function indexSource(
  source: string,
  {
    store: directory,
    storeKind,
    model,
    descriptor,
    loadEngine,
    onSkip,
    ...flags
  }: Omit<Flags, 'json'> & { readonly loadEngine: LoadEngine; readonly onSkip?: CatalogueOptions['onSkip'] },
): Promise<IndexReport> {
  const { format, map: columns = {}, attribute: attributes = {}, fetch = false, allowHost = [] } = flags;
  const options: CatalogueOptions = { format, mapping: { columns, attributes }, fetch };
  // A source that is none is refused before the model is read and a store is made.
  const total = await countEntries(source, options);
  if (total === 0) {
    throw new DeepShopError('catalogue-empty', 'the catalogue is empty', {
      where: source,
      expected: 'pictures in the folder (JPEG, PNG, WebP or AVIF), or rows in the feed',
      got: 'none',
      cure: 'Nothing was changed: check the path.',
    });
  }
  const engine = await loadEngine(model);
  const want = {
    space: engine.space(descriptor),
    modelId: engine.modelId,
    schema: { ...catalogueSchema, ...attributes },
  };
  const store = await openAnyStoreForWriting(directory, want, { kind: storeKind });
  const fetcher = fetch ? await openFetcher(directory, allowHost) : null;
  const entries = readCatalogue(source, { ...options, onSkip });
  const progress = showProgress('indexing', total);
  try {
    return await indexCatalogue(fetcher === null ? entries : fetchPictures(entries, (url) => fetcher.fetch(url)), {
      engine,
      store,
      descriptor,
      onEntry: ({ added, updated, unchanged, failed }) => progress.update(added + updated + unchanged + failed.length),
    });
  } finally {
    progress.stop();
    await fetcher?.close();
    await store.close();
  }
}

/** The client for HTTP takes a while to load, and most catalogues are files. */
async function openFetcher(store: string, allowed: readonly string[]): Promise<PictureFetcher> {
  const { PictureFetcher } = await import('../catalogue/picture-fetcher-node.ts');
  return new PictureFetcher({ cache: pictureFolder(store), allowed: new Set(allowed) });
}

function printReport({ added, updated, unchanged, failed }: IndexReport, store: string): void {
  for (const { source, reason } of failed) log(`${printable(source)}: ${printable(reason)}`);
  printLine(
    `${added} added, ${updated} updated, ${unchanged} unchanged, ${failed.length} failed in ${printable(store)}`,
  );
}

/** `3 products that the shop does not show: 2 draft, 1 archived` */
function describeSkipped(skipped: ReadonlyMap<string, number>): string {
  const total = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  const reasons = [...skipped].map(([reason, count]) => `${count} ${reason}`).join(', ');
  return `${total} ${total === 1 ? 'product' : 'products'} that the shop does not show: ${reasons}`;
}
