/** @file `npm run engine:stop [-- --delete-data]`: ends the nodes that `engine:start` started. */
import { parseArgs } from 'node:util';
import { stopCluster } from './run-cluster.ts';

const { values } = parseArgs({ options: { 'delete-data': { type: 'boolean', default: false } } });
const deleteData = values['delete-data'];
const count = await stopCluster({ deleteData });
console.log(`${count} ${count === 1 ? 'node' : 'nodes'} stopped${deleteData ? ', data deleted' : ''}`);
