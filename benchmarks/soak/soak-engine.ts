/**
 * @file `npm run soak:engine [-- SEED]`: three nodes of OpenSearch here, under upserts, deletes and queries; then `kill -9` of a
 * data node, of the cluster manager, and of all three. Exits with 1 where an acknowledged change is lost, a deleted product
 * is back, or one node's death keeps queries waiting for more than two seconds.
 */
import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import {
  addressOf,
  type Cluster,
  type EngineNode,
  isRunning,
  writeCluster,
} from '../../scripts/engine/cluster-state.ts';
import { engineHome } from '../../scripts/engine/engine-home.ts';
import { startCluster, startNode, untilGreen } from '../../scripts/engine/run-cluster.ts';
import { type Answered, EngineLoad } from './engine-load.ts';

/** Load before a kill, and after it, before what was killed is started again. */
const [beforeMs, afterMs] = [5_000, 12_000];
/** One node's death may keep a query waiting for so long. */
const longestWaitMs = 2_000;

const [seed = '1'] = process.argv.slice(2);
const cluster = await startCluster(3, (line) => console.log(line));
const place = `${addressOf(cluster)}/soak-${Date.now().toString(36)}?shards=3`;
console.log(`three nodes, ${place}, load ${loadavg()[0]?.toFixed(1)}`);
const load = new EngineLoad(place);
await load.fill();
const running = load.run(Number(seed));
let isFailed = false;

await killAndReport('a data node', await nodesBut(await managerOf(cluster), 1));
await killAndReport('the cluster manager', [await managerOf(cluster)]);
await killAndReport('all three nodes', cluster.nodes);

load.stop();
await running;
const { numChanges, numGivenUp, retries } = load;
console.log(
  `${await load.check()} products looked at, none lost, old or back; ${numChanges} upserts beside the deletions in ${load.commits.length} commits, ${load.answers.length} answers`,
);
console.log(
  `asked again: ${JSON.stringify(retries)}; given up and begun anew: ${numGivenUp}; load ${loadavg()[0]?.toFixed(1)}`,
);
await fetch(`http://127.0.0.1:${cluster.nodes[0].httpPort}/soak-*`, { method: 'DELETE' });
if (isFailed) process.exitCode = 1;

async function killAndReport(what: string, nodes: readonly EngineNode[]): Promise<void> {
  await setTimeout(beforeMs);
  const killedAt = Date.now();
  for (const { pid } of nodes) process.kill(pid, 'SIGKILL');
  while (nodes.some(isRunning)) await setTimeout(20);
  const isWhole = nodes.length === cluster.nodes.length;
  if (!isWhole) await setTimeout(afterMs);
  const startedAt = Date.now();
  for (const node of nodes) startNode(cluster, node);
  writeCluster(engineHome(), cluster);
  await untilGreen(cluster);
  const greenAt = Date.now();
  if (isWhole) await setTimeout(afterMs);
  // Asked while the node that starts again takes the machine for itself, a question says nothing of the one that died.
  const until = isWhole ? Date.now() : killedAt + afterMs / 2;
  const [query, commit] = [load.answers, load.commits].map((each) => ({
    before: longestWait(each, killedAt - beforeMs, killedAt - beforeMs / 2),
    after: longestWait(each, killedAt, until),
  }));
  console.log(
    `${what} killed: a query waited at most ${query.after} ms (before: ${query.before} ms), a commit ${commit.after} ms (${commit.before} ms); started again, green after ${greenAt - startedAt} ms`,
  );
  if (!isWhole && query.after > longestWaitMs) {
    console.log(`  expected at most ${longestWaitMs} ms for a query`);
    isFailed = true;
  }
}

/** From a moment, or from when it was asked for, to the answer; of those asked for before `until`. */
function longestWait(answers: readonly Answered[], moment: number, until: number): number {
  const met = answers.filter(({ from, to }) => to >= moment && from <= until);
  return Math.max(0, ...met.map(({ from, to }) => to - Math.max(from, moment)));
}

async function managerOf({ nodes }: Cluster): Promise<EngineNode> {
  const answer = await fetch(`http://127.0.0.1:${nodes[0].httpPort}/_cat/cluster_manager?format=json`);
  const [{ node: name }] = z.tuple([z.object({ node: z.string() })]).parse(await answer.json());
  const found = nodes.find((node) => node.name === name);
  if (found === undefined) throw new Error(`an unknown cluster manager, ${name}`);
  return found;
}

async function nodesBut(manager: EngineNode, count: number): Promise<EngineNode[]> {
  return cluster.nodes.filter((node) => node !== manager).slice(0, count);
}
