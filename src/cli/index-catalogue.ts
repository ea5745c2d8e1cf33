/** @file `deepshop index`: a catalogue into a store of vectors. */
import { Command, Option } from 'commander';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { readCatalogue } from '../catalogue/read-catalogue-node.ts';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { DeepShopError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { openStoreForWriting } from '../retrieval/exact-store-node.ts';
import { type IndexReport, indexCatalogue } from '../retrieval/index-catalogue-node.ts';
import { bundledModel, type LoadEngine, log, markFailed, printJson, printLine } from './command-runtime.ts';
import { showProgress } from './progress.ts';

interface Flags {
  readonly store: string;
  readonly model: string;
  readonly descriptor: DescriptorName;
  readonly json?: boolean;
}

export function indexCommand(loadEngine: LoadEngine): Command {
  return new Command('index')
    .description('index a catalogue, so that photos can be answered with its items')
    .argument('<source>', 'a folder of pictures, or a .csv, .tsv or .jsonl feed')
    .requiredOption('--store <dir>', 'store to fill; made where there is none')
    .option('--model <dir>', 'model directory', bundledModel)
    .addOption(
      new Option('--descriptor <name>', 'what the vectors describe').choices(['garment', 'paper']).default('garment'),
    )
    .option('--json', 'print one JSON document')
    .action(async (source: string, { json, ...flags }: Flags) => {
      const report = await indexSource(source, { ...flags, loadEngine });
      if (report.added + report.updated + report.unchanged === 0) {
        log(`deepshop: nothing could be indexed from ${printable(source)}`);
        markFailed();
      }
      if (json) printJson(report);
      else printReport(report, flags.store);
    });
}

/** Opens everything, shows progress, and gives the lock back whatever happens. */
export async function indexSource(
  source: string,
  options: Omit<Flags, 'json'> & { readonly loadEngine: LoadEngine },
): Promise<IndexReport> {
  const { store: directory, model, descriptor, loadEngine } = options;
  // A source that is none is refused before the model is read and a store is made.
  const total = await countEntries(source);
  if (total === 0) {
    throw new DeepShopError('catalogue-empty', 'the catalogue is empty', {
      where: source,
      expected: 'pictures in the folder (JPEG, PNG, WebP or AVIF), or rows in the feed',
      got: 'none',
      cure: 'Nothing was changed: check the path.',
    });
  }
  const engine = await loadEngine(model);
  const store = await openStoreForWriting(directory, {
    space: engine.space(descriptor),
    modelId: engine.modelId,
    schema: catalogueSchema,
  });
  const progress = showProgress('indexing', total);
  try {
    return await indexCatalogue(readCatalogue(source), {
      engine,
      store,
      descriptor,
      onEntry: ({ added, updated, unchanged, failed }) => progress.update(added + updated + unchanged + failed.length),
    });
  } finally {
    progress.stop();
    await store.close();
  }
}

async function countEntries(source: string): Promise<number> {
  let count = 0;
  for await (const _ of readCatalogue(source)) count += 1;
  return count;
}

function printReport({ added, updated, unchanged, failed }: IndexReport, store: string): void {
  for (const { source, reason } of failed) log(`${printable(source)}: ${printable(reason)}`);
  printLine(
    `${added} added, ${updated} updated, ${unchanged} unchanged, ${failed.length} failed in ${printable(store)}`,
  );
}
