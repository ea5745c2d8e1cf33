/** @file `deepshop events`: what shoppers did with answers, as a test set; and forgetting it. */
import { Command, Option } from 'commander';
import { DeepShopError } from '../errors/errors.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { serialiseQuerySet } from '../retrieval/query-set.ts';
import { eventFolderOf, openEventLog, readEventLog } from '../server/event-log-node.ts';
import { querySetOf, replayEvents } from '../server/replay-events.ts';
import { plural } from '../text/plural.ts';
import { log, markFailed, printLine } from './command-runtime.ts';

interface ReplayFlags {
  readonly store: string;
  readonly out?: string;
  readonly weakest: 'click' | 'cart' | 'purchase';
}

export function eventsCommand(): Command {
  const replay = new Command('replay')
    .description('clicks as a query set for deepshop evaluate retrieval --query-set')
    .requiredOption('--store <place>', 'store that was served')
    .option('--out <file>', 'file to write; stdout where it is left out')
    .addOption(
      new Option('--weakest <event>', 'the least that counts').choices(['click', 'cart', 'purchase']).default('click'),
    )
    .action(async ({ store, out, weakest }: ReplayFlags) => {
      const queries = await replayEvents(readEventLog(eventFolderOf(store)), weakest);
      const set = querySetOf(queries, `events of ${store}, ${weakest} or more`);
      if (set === undefined) {
        throw new DeepShopError('nothing-chosen', 'no query has an item that was chosen', {
          where: eventFolderOf(store),
          expected: `events of kind ${weakest} or more`,
          got: 'none',
          cure: 'Send them to /v1/events with the queryId of the answer: docs/serving.md.',
        });
      }
      const text = serialiseQuerySet(set);
      if (out === undefined) process.stdout.write(text);
      else await writeFileAtomically(out, [text]);
      const others = queries.length - set.queries.length;
      log(`${plural(set.queries.length, 'query', 'queries')} with items that were chosen`);
      if (others > 0) log(`${others} left out: their vectors are of another space, of a model before or after`);
    });
  const forget = new Command('forget')
    .description('remove a query and its events')
    .argument('<query-id>', 'as answers have it')
    .requiredOption('--store <place>', 'store that was served')
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
