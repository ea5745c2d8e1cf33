/** @file `deepshop index`: a catalogue into a store of vectors. */
import { Command, Option } from 'commander';
import type { AttributeSchema } from '../catalogue/attributes.ts';
import { type CatalogueEntry, catalogueSchema } from '../catalogue/catalogue.ts';
import { fetchPictures } from '../catalogue/fetch-pictures.ts';
import type { PictureFetcher } from '../catalogue/picture-fetcher-node.ts';
import { type CatalogueOptions, countEntries, readCatalogue } from '../catalogue/read-catalogue-node.ts';
import { isInShard } from '../catalogue/shard.ts';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { waitForLock } from '../files/wait-for-lock-node.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { type IndexOptions, type IndexReport, indexCatalogue } from '../retrieval/index-catalogue-node.ts';
import { writeLastImport } from '../server/last-import-node.ts';
import { pictureFolderOf } from '../server/picture-stock-node.ts';
import { openAnyStoreForWriting } from '../stores/open-store-node.ts';
import { type StoreKind, storeKinds } from '../stores/store-manifest-node.ts';
import type { RetryCounts } from '../stores/vector-store.ts';
import { plural } from '../text/plural.ts';
import { addCatalogueFlags, type CatalogueFlags, checkCatalogueFlags } from './catalogue-flags.ts';
import { CatalogueNotes } from './catalogue-notes.ts';
import { bundledModel, type LoadEngine, log, markFailed, printJson, printLine } from './command-runtime.ts';
import { describeFailures } from './describe-failures.ts';
import { addEncoderFlag, askedDescriptor } from './encoder-flag.ts';
import { openFailureFile } from './failure-file.ts';
import { migrateCommand } from './migrate.ts';
import { showProgress } from './progress.ts';
import { addUpkeepFlags, checkUpkeepFlags, type UpkeepFlags, workersFor } from './upkeep-flags.ts';

interface Flags extends CatalogueFlags, UpkeepFlags {
  readonly store: string;
  readonly storeKind?: StoreKind | undefined;
  readonly model: string;
  readonly encoder?: string | undefined;
  readonly descriptor: DescriptorName;
  readonly json?: boolean;
}

type GivenFlags = Omit<Flags, 'store' | 'descriptor'> & Partial<Pick<Flags, 'store' | 'descriptor'>>;

export function indexCommand(loadEngine: LoadEngine): Command {
  const command = new Command('index')
    .description('index a catalogue, so that photos can be answered with its items')
    .argument('<source>', 'a folder of pictures, or a feed: CSV, TSV, JSON lines, Shopify export, Google Merchant feed')
    .option(
      '--store <place>',
      'store to fill: a folder, or opensearch://HOST:PORT/NAME; made where there is none (required)',
    )
    .addOption(new Option('--store-kind <kind>', 'of a new folder; lancedb unless given').choices(storeKinds))
    .option('--model <dir>', 'model directory', bundledModel)
    .addOption(
      new Option('--descriptor <name>', 'what the vectors describe; garment unless given').choices([
        'garment',
        'paper',
      ]),
    );
  return (
    addUpkeepFlags(addCatalogueFlags(addEncoderFlag(command)))
      .option('--json', 'print one JSON document')
      .addHelpText(
        'after',
        '\nThe formats, the columns, what is fetched, what is removed and what not: docs/catalogues.md.',
      )
      // What stands after the name of a subcommand is the subcommand's.
      .enablePositionalOptions()
      .addCommand(migrateCommand(loadEngine))
      .action(async (source: string, { json, store, ...others }: GivenFlags) => {
        const descriptor = askedDescriptor(others) ?? 'garment';
        const flags = { ...others, descriptor, store: requireStore(store) };
        checkCatalogueFlags(flags);
        checkUpkeepFlags(flags);
        const notes = new CatalogueNotes();
        const { refusal, ...report } = await indexSource(source, {
          ...flags,
          loadEngine,
          notes,
        });
        const { added, updated, unchanged, removed, numFailed, failed } = report;
        // A shard of a small catalogue may be empty.
        if (added + updated + unchanged === 0 && numFailed > 0) {
          log(`deepshop: nothing could be indexed from ${printable(source)}`);
          markFailed();
        }
        const cut = numFailed > failed.length ? { numFailed } : {};
        if (json) printJson({ added, updated, unchanged, removed, skipped: notes.numSkipped, ...cut, failed });
        else printReport(report, flags);
        for (const line of notes.lines()) log(printable(line));
        if (refusal !== undefined) {
          log(`deepshop: ${printable(refusal.message)}`);
          markFailed();
        }
      })
  );
}

/** Not a required option: it would be one of the subcommand too. */
function requireStore(store: string | undefined): string {
  if (store !== undefined) return store;
  throw new UsageError('there is no store to fill', {
    expected: '--store DIR or --store opensearch://HOST:PORT/NAME',
    got: 'none',
  });
}

/** Opens everything, shows progress, gives the lock back whatever happens, and writes down how it went. */
export async function indexSource(
  source: string,
  {
    store: directory,
    storeKind,
    model,
    encoder,
    descriptor,
    loadEngine,
    notes,
    onCommit,
    commitEveryMs,
    ...flags
  }: Omit<Flags, 'json'> &
    Pick<IndexOptions, 'onCommit' | 'commitEveryMs'> & {
      readonly loadEngine: LoadEngine;
      readonly notes?: CatalogueNotes;
    },
): Promise<IndexReport> {
  const { format, map: columns = {}, attribute: attributes = {}, fetch = false, allowHost = [], shard } = flags;
  const { currency, url } = flags;
  requireFreeNames(attributes);
  const defaults = { currency, url };
  const options: CatalogueOptions = { format, mapping: { columns, attributes }, defaults, fetch, shard };
  // A source that is none is refused before the model is read and a store is made.
  const total = await countEntries(source, options);
  if (total === 0 && (shard === undefined || (await countEntries(source, { ...options, shard: undefined })) === 0)) {
    throw new DeepShopError('catalogue-empty', 'the catalogue is empty', {
      where: source,
      expected: 'pictures in the folder (JPEG, PNG, WebP or AVIF), or rows in the feed',
      got: 'none',
      cure: 'Nothing was changed: check the path.',
    });
  }
  const failures = flags.report === undefined ? undefined : openFailureFile(flags.report);
  const engine = await loadEngine(model, { encoder });
  const schema = { ...catalogueSchema, ...factsSchema, ...attributes };
  const want = { space: engine.space(descriptor), modelId: engine.modelId, schema };
  const store = await waitForLock(() => openAnyStoreForWriting(directory, want, { kind: storeKind }), {
    waitMs: 1000 * (flags.wait ?? 0),
    onWait: (reason) => log(`waiting: ${printable(reason)}`),
  });
  const fetcher = fetch ? await openFetcher(directory, allowHost) : null;
  const { onSkip, onEmptyColumn } = notes ?? {};
  const entries = watch(readCatalogue(source, { ...options, onSkip, onEmptyColumn }), notes?.onEntry);
  const progress = showProgress('indexing', total);
  let report: IndexReport;
  try {
    report = await indexCatalogue(fetcher === null ? entries : fetchPictures(entries, (url) => fetcher.fetch(url)), {
      engine,
      store,
      descriptor,
      workers: flags.workers ?? workersFor(total),
      refresh: flags.refresh,
      prune: flags.prune
        ? {
            force: flags.force ?? false,
            numEntries: total,
            isOurs: (product) => shard === undefined || isInShard(product, shard),
          }
        : undefined,
      onFailure: failures?.add,
      onCommit,
      commitEveryMs,
      onEntry: ({ added, updated, unchanged, numFailed }) => progress.update(added + updated + unchanged + numFailed),
    });
  } finally {
    progress.stop();
    failures?.close();
    await fetcher?.close();
    await store.close();
    if (store.retries !== undefined) logRetries(store.retries);
  }
  // For the keeper of a server; a store whose folder cannot be written beside is indexed all the same.
  await writeLastImport(directory, source, report).catch(() => {});
  return report;
}

/** The same entries, each shown to somebody as it passes. */
async function* watch(
  entries: AsyncIterable<CatalogueEntry>,
  onEntry: (entry: CatalogueEntry) => void = () => {},
): AsyncGenerator<CatalogueEntry> {
  for await (const entry of entries) {
    onEntry(entry);
    yield entry;
  }
}

/** A cluster that is too small or falls apart should be noticed. */
function logRetries({ busy, unavailable, partial, conflicts }: RetryCounts): void {
  const total = busy + unavailable + partial + conflicts;
  if (total === 0) return;
  const reasons = `${busy} busy, ${unavailable} unavailable, ${plural(partial, 'partial answer')}, ${plural(conflicts, 'version conflict')}`;
  log(`the engine was asked again ${plural(total, 'time')}: ${reasons}`);
}

/** The client for HTTP takes a while to load, and most catalogues are files. */
async function openFetcher(store: string, allowed: readonly string[]): Promise<PictureFetcher> {
  const { PictureFetcher } = await import('../catalogue/picture-fetcher-node.ts');
  return new PictureFetcher({ cache: pictureFolderOf(store), allowed: new Set(allowed) });
}

/** An attribute of a feed cannot have the name of one that is made from pictures. */
function requireFreeNames(attributes: AttributeSchema): void {
  const taken = Object.keys(attributes).find((name) => Object.hasOwn(factsSchema, name));
  if (taken === undefined) return;
  throw new UsageError('items have this attribute already: it is made from their pictures', {
    where: '--attribute',
    expected: 'another name, and --map NAME=COLUMN for the column',
    got: taken,
  });
}

function printReport(
  { added, updated, unchanged, removed, numFailed, failed }: IndexReport,
  { store, report }: Pick<Flags, 'store' | 'report'>,
): void {
  for (const line of describeFailures(failed, { hasReport: report !== undefined })) log(line);
  if (numFailed > failed.length) log(`... and ${numFailed - failed.length} more`);
  printLine(
    `${added} added, ${updated} updated, ${unchanged} unchanged, ${removed} removed, ${numFailed} failed in ${printable(store)}`,
  );
}
