/**
 * @file `npm run soak [-- KILLS [SEED]]`: an indexer is killed at random moments, a hundred times unless a number is given,
 * and after each kill every row is looked at. Exits with 1 at the first that is lost or wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { soakIndexing } from './soak-indexing.ts';

const [kills = '100', seed = '1'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'deepshop-soak-'));
const started = Date.now();
try {
  const outcome = await soakIndexing({
    folder,
    numItems: 200,
    kills: Number(kills),
    seed: Number(seed),
    onKill: ({ kills: count, rowsChecked }) => {
      if (count % 10 === 0) console.log(`${count} kills, ${rowsChecked} rows checked`);
    },
  });
  const { kills: count, killsAfterCommit, generations, rowsChecked } = outcome;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `${count} kills, ${killsAfterCommit} of them after a commit of the same run; ${generations} runs came to their end; ${rowsChecked} rows checked, none lost or wrong; ${seconds} s, load ${loadavg()[0]?.toFixed(1)}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
