/**
 * @file `npm run engine:start [-- --nodes N]`: an OpenSearch with its k-NN plugin on this machine, one node or several.
 * Prints the address for `--store` last, and alone on stdout. Ends with 3 where Java or Maven is missing.
 */
import { parseArgs } from 'node:util';
import { describeError } from '../../src/errors/errors.ts';
import { addressOf } from './cluster-state.ts';
import { startCluster } from './run-cluster.ts';

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '1' } } });
const size = Number(values.nodes);
if (!/^\d$/.test(values.nodes) || size === 0) {
  console.error(`engine:start: --nodes; expected 1 to 9; got ${values.nodes}`);
  process.exit(2);
}
try {
  const cluster = await startCluster(size, (line) => console.error(line));
  console.log(addressOf(cluster));
} catch (error) {
  const { code, message } = describeError(error);
  console.error(`engine:start: ${message}`);
  process.exitCode = code === 'engine-java' || code === 'engine-no-maven' ? 3 : 1;
}
