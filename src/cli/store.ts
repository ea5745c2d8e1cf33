/** @file `deepshop store`: snapshots of stores, and stores from snapshots. */
import { Command, Option } from 'commander';
import { printable } from '../errors/printable.ts';
import { copyStore } from '../stores/copy-store-node.ts';
import { openAnyStore } from '../stores/open-store-node.ts';
import { type StoreKind, storeKinds } from '../stores/store-manifest-node.ts';
import { plural } from '../text/plural.ts';
import { printLine } from './command-runtime.ts';
import { showProgress } from './progress.ts';

export function storeCommand(): Command {
  const snapshot = new Command('snapshot')
    .description('copy the last commit of a store, whole, while others read and write it')
    .argument('<store>', 'store made by deepshop index')
    .argument('<dir>', 'where the snapshot goes: an exact store, which answers too')
    .action((store: string, directory: string) => copy(store, directory, 'exact'));
  const restore = new Command('restore')
    .description('make a store from a snapshot, or from a store of another kind')
    .argument('<snapshot>', 'snapshot or store')
    .argument('<store>', 'store to make: a folder, or opensearch://HOST:PORT/NAME')
    .addOption(new Option('--store-kind <kind>', 'of a new folder; lancedb unless given').choices(storeKinds))
    .action((from: string, place: string, { storeKind }: { readonly storeKind?: StoreKind }) =>
      copy(from, place, storeKind),
    );
  return new Command('store')
    .description('snapshots of stores, and stores from snapshots')
    .addCommand(snapshot)
    .addCommand(restore);
}

async function copy(from: string, place: string, kind: StoreKind | undefined): Promise<void> {
  const store = await openAnyStore(from);
  const { rows } = await store.stats();
  const progress = showProgress('copying', rows);
  try {
    const count = await copyStore(store, { place, kind }, (done) => progress.update(done));
    printLine(`${plural(count, 'row')} of ${printable(from)} copied to ${printable(place)}`);
  } finally {
    progress.stop();
    await store.close();
  }
}
