/**
 * @file `npm run soak [-- KILLS [SEED]]`: an indexer is killed at random moments, a hundred times unless a number is given,
 * and after each kill every row is looked at. Exits with 1 at the first that is lost or wrong.
 *
 * A tenth of the kills are of an indexer as users run it: the bundled model, in two threads. The others describe pictures
 * by their colours alone, in one thread, so that many commits fall into a short time. Nothing is fetched in either.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SoakOutcome, soakIndexing } from './soak-indexing.ts';

const [kills = '100', seed = '1'] = process.argv.slice(2);
const withModel = Math.round(Number(kills) / 10);
const folder = await mkdtemp(join(tmpdir(), 'deepshop-soak-'));
const started = Date.now();
try {
  const soaks = [
    { engine: 'colours', numItems: 200, kills: Number(kills) - withModel },
    { engine: 'bundled', numItems: 80, kills: withModel },
  ] as const;
  const outcomes: SoakOutcome[] = [];
  for (const soak of soaks) {
    outcomes.push(
      await soakIndexing({
        ...soak,
        folder: join(folder, soak.engine),
        seed: Number(seed),
        onKill: ({ kills: count, rowsChecked }) => {
          if (count % 10 === 0) console.log(`${soak.engine}: ${count} kills, ${rowsChecked} rows checked`);
        },
      }),
    );
  }
  const sumOf = (count: keyof SoakOutcome) => outcomes.reduce((sum, outcome) => sum + outcome[count], 0);
  const [, { kills: killed, generations }] = outcomes;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `${sumOf('kills')} kills (${killed} with the bundled model in two threads), ${sumOf('killsAfterCommit')} of them after a commit of the same run; ${sumOf('generations')} runs came to their end (${generations}); ${sumOf('rowsChecked')} rows checked, none lost or wrong; ${seconds} s, load ${loadavg()[0]?.toFixed(1)}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
