/** @file `deepshop events`: what shoppers did with answers, as a test set; and forgetting it. */
import { Command, Option } from 'commander';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { eventFolderOf, openEventLog, readEventLog } from '../server/event-log-node.ts';
import { replayEvents } from '../server/replay-events.ts';
import { log, markFailed, printLine } from './command-runtime.ts';

interface ReplayFlags {
  readonly store: string;
  readonly out?: string;
  readonly weakest: 'click' | 'cart' | 'purchase';
}

export function eventsCommand(): Command {
  const replay = new Command('replay')
    .description('clicks as a retrieval test set: a line of JSON a query, with the items that were chosen')
    .requiredOption('--store <dir>', 'store that was served')
    .option('--out <file>', 'file to write; stdout where it is left out')
    .addOption(
      new Option('--weakest <event>', 'the least that counts').choices(['click', 'cart', 'purchase']).default('click'),
    )
    .action(async ({ store, out, weakest }: ReplayFlags) => {
      const queries = await replayEvents(readEventLog(eventFolderOf(store)), weakest);
      const lines = queries.map((query) => `${JSON.stringify(query)}\n`);
      if (out === undefined) for (const line of lines) process.stdout.write(line);
      else await writeFileAtomically(out, lines);
      log(`${queries.length} queries with items that were chosen`);
    });
  const forget = new Command('forget')
    .description('remove a query and its events')
    .argument('<query-id>', 'as answers have it')
    .requiredOption('--store <dir>', 'store that was served')
    .action(async (queryId: string, { store }: { readonly store: string }) => {
      const wasThere = await openEventLog(eventFolderOf(store), { keepDays: 1 }).forget(queryId);
      if (!wasThere) markFailed();
      printLine(wasThere ? 'forgotten' : 'nothing was kept of it');
    });
  return new Command('events')
    .description('what shoppers did with answers: replay as a test set, forget')
    .addCommand(replay)
    .addCommand(forget);
}
