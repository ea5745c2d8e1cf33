/** @file A process that indexes a feed and says on stdout what is in the store for good; `soak-indexing.ts` kills it. */
import { writeSync } from 'node:fs';
import { bundledModel } from '../../src/cli/command-runtime.ts';
import { indexSource } from '../../src/cli/index-catalogue.ts';
import { openEngine } from '../../src/embedding/open-engine-node.ts';
import { createColourEngine } from '../../tests/colour-engine.ts';

const [feed = '', store = '', engine = '', refresh = ''] = process.argv.slice(2);
const isBundled = engine === 'bundled';
const say = (line: string) => writeSync(1, `${line}\n`);

say('begun');
const report = await indexSource(feed, {
  store,
  model: bundledModel,
  descriptor: 'garment',
  loadEngine: async (model) => (isBundled ? openEngine(model, { threads: 1 }) : createColourEngine()),
  workers: isBundled ? 2 : 0,
  prune: true,
  refresh: refresh === 'refresh',
  commitEveryMs: 40,
  onCommit: (numEntries) => say(`committed ${numEntries}`),
});
if (report.numFailed > 0 || report.refusal !== undefined) throw report.refusal ?? new Error(report.failed[0]?.reason);
