/** @file Nodes of the engine on this machine: started, waited for, stopped. Loopback only, and no user is asked for. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DeepShopError } from '../../src/errors/errors.ts';
import {
  type Cluster,
  type EngineNode,
  freePorts,
  isRunning,
  readCluster,
  runningNodes,
  writeCluster,
} from './cluster-state.ts';
import { engineHome, giveAway, unprivilegedCommand } from './engine-home.ts';
import { findJava } from './find-java.ts';
import { installEngine } from './install-engine.ts';

/** Of each node, in MB: catalogues of some hundred thousand rows fit. */
const heapMb = 512;
/** A node that was killed replays its log first; ten seconds on an idle machine, minutes on a busy one. */
const startMs = 900_000;
const stopMs = 30_000;

/**
 * Starts what does not run yet and waits until all data is where it belongs. Done again, it changes nothing.
 *
 * @throws DeepShopError `engine-size` where a cluster of another size runs
 */
export async function startCluster(size: number, log: (line: string) => void): Promise<Cluster> {
  const home = engineHome();
  const known = readCluster(home);
  const numRunning = known === undefined ? 0 : runningNodes(known).length;
  if (known !== undefined && numRunning > 0 && known.nodes.length !== size) {
    throw new DeepShopError('engine-size', 'an engine of another size runs', {
      expected: `${known.nodes.length} ${known.nodes.length === 1 ? 'node' : 'nodes'}`,
      got: String(size),
      cure: 'Stop it first: npm run engine:stop.',
    });
  }
  const cluster = known !== undefined && numRunning > 0 ? known : await planCluster(home, size, log);
  for (const node of cluster.nodes) if (!isRunning(node)) startNode(cluster, node);
  writeCluster(home, cluster);
  await untilGreen(cluster);
  return cluster;
}

/** Ends every node; with `deleteData`, forgets what they hold. How many ran. */
export async function stopCluster({ deleteData = false }: { readonly deleteData?: boolean } = {}): Promise<number> {
  const home = engineHome();
  const cluster = readCluster(home);
  if (cluster === undefined) return 0;
  const running = runningNodes(cluster);
  for (const { pid } of running) process.kill(pid, 'SIGTERM');
  const until = Date.now() + stopMs;
  while (running.some(isRunning) && Date.now() < until) await setTimeout(100);
  for (const node of running) if (isRunning(node)) process.kill(node.pid, 'SIGKILL');
  if (deleteData) {
    while (running.some(isRunning)) await setTimeout(100);
    rmSync(join(home, 'clusters'), { recursive: true, force: true });
    rmSync(join(home, 'cluster.json'), { force: true });
  }
  return running.length;
}

/** Starts one that was killed; `untilGreen` waits for it. */
export function startNode({ server, java, nodes }: Cluster, node: EngineNode): void {
  writeConfig(server, node, nodes);
  const log = openSync(join(node.folder, 'output.log'), 'a');
  // The folder stands in the command, so that the process is known by it from the first moment.
  const data = `-Epath.data=${join(node.folder, 'data')}`;
  const [program, ...argv] = unprivilegedCommand(join(server, 'bin', 'opensearch'), data);
  const child = spawn(program, argv, {
    cwd: node.folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      HOME: node.folder,
      OPENSEARCH_JAVA_HOME: java,
      OPENSEARCH_PATH_CONF: join(node.folder, 'config'),
      OPENSEARCH_TMPDIR: join(node.folder, 'tmp'),
      OPENSEARCH_JAVA_OPTS: `-Xms${heapMb}m -Xmx${heapMb}m`,
    },
  });
  child.unref();
  node.pid = child.pid ?? 0;
}

/** @throws DeepShopError `engine-start` where a node ends or the time is over */
export async function untilGreen({ nodes }: Cluster): Promise<void> {
  const until = Date.now() + startMs;
  const query = `wait_for_status=green&wait_for_nodes=${nodes.length}&wait_for_no_initializing_shards=true&timeout=5s`;
  while (true) {
    const dead = nodes.find((node) => !isRunning(node));
    if (dead !== undefined) throw startError(dead, 'its process ended');
    try {
      const answer = await fetch(`http://127.0.0.1:${nodes[0]!.httpPort}/_cluster/health?${query}`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > until) throw startError(nodes[0]!, `not green after ${startMs / 1000} s`);
    await setTimeout(250);
  }
}

async function planCluster(home: string, size: number, log: (line: string) => void): Promise<Cluster> {
  const java = findJava();
  const server = installEngine(home, java, log);
  const ports = await freePorts(2 * size);
  const nodes = Array.from({ length: size }, (_, at): EngineNode => {
    const name = `node-${at + 1}`;
    const folder = join(home, 'clusters', String(size), name);
    return { name, folder, httpPort: ports[2 * at]!, transportPort: ports[2 * at + 1]!, pid: 0 };
  });
  return { server, java, nodes };
}

function writeConfig(server: string, node: EngineNode, nodes: readonly EngineNode[]): void {
  const config = join(node.folder, 'config');
  rmSync(join(node.folder, 'tmp'), { recursive: true, force: true });
  for (const name of ['config', 'data', 'logs', 'tmp']) mkdirSync(join(node.folder, name), { recursive: true });
  cpSync(join(server, 'config'), config, { recursive: true });
  // These name files in the server's own folder, where the user may not write.
  const options = readFileSync(join(config, 'jvm.options'), 'utf8').split('\n');
  writeFileSync(
    join(config, 'jvm.options'),
    options.filter((line) => !/gc\.log|HeapDumpPath|ErrorFile/.test(line)).join('\n'),
  );
  // JSON is YAML.
  const settings = {
    'cluster.name': 'deepshop',
    'node.name': node.name,
    'path.logs': join(node.folder, 'logs'),
    'network.host': '127.0.0.1',
    'http.port': node.httpPort,
    'transport.port': node.transportPort,
    'discovery.seed_hosts': nodes.map(({ transportPort }) => `127.0.0.1:${transportPort}`),
    'cluster.initial_cluster_manager_nodes': nodes.map(({ name }) => name),
    // A full disk of a developer's machine is no reason to refuse tests.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  writeFileSync(join(config, 'opensearch.yml'), `${lines.join('\n')}\n`);
  giveAway(node.folder);
}

function startError({ name, folder }: EngineNode, got: string): DeepShopError {
  const path = join(folder, 'output.log');
  const tail = readFileSync(path, 'utf8').trim().split('\n').slice(-5).join('\n');
  const facts = { where: path, expected: `${name} to answer`, got, cure: `It said last:\n${tail}` };
  return new DeepShopError('engine-start', 'the engine did not start', facts);
}
