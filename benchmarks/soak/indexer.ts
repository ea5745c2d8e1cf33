/** @file A process that indexes a feed and says on stdout what is in the store for good; `soak-indexing.ts` kills it. */
import { writeSync } from 'node:fs';
import { indexSource } from '../../src/cli/index-catalogue.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';

const [feed = '', store = '', refresh = ''] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

say('begun');
const report = await indexSource(feed, {
  store,
  model: '',
  descriptor: 'garment',
  loadEngine: async () => createColourEngine(),
  prune: true,
  refresh: refresh === 'refresh',
  commitEveryMs: 40,
  onCommit: (numEntries) => say(`committed ${numEntries}`),
});
if (report.numFailed > 0 || report.refusal !== undefined) throw report.refusal ?? new Error(report.failed[0]?.reason);
