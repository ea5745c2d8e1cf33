/** @file Which nodes of the engine there are, kept in a file; what is asked of their processes and ports. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const nodeSchema = z.object({
  name: z.string(),
  /** Its configuration, data and logs. */
  folder: z.string(),
  httpPort: z.number().int(),
  transportPort: z.number().int(),
  /** 0 before the first start. */
  pid: z.number().int(),
});
const stateSchema = z.object({ server: z.string(), java: z.string(), nodes: z.array(nodeSchema).min(1) });

export type EngineNode = z.infer<typeof nodeSchema>;
export type Cluster = z.infer<typeof stateSchema>;

const fileName = 'cluster.json';

/** Undefined where none was started. */
export function readCluster(home: string): Cluster | undefined {
  let text: string;
  try {
    text = readFileSync(join(home, fileName), 'utf8');
  } catch {
    return undefined;
  }
  return stateSchema.parse(JSON.parse(text));
}

export function writeCluster(home: string, cluster: Cluster): void {
  writeFileSync(join(home, fileName), `${JSON.stringify(cluster, null, 2)}\n`);
}

/** Whether its process lives and is this node: another program may have its number by now. */
export function isRunning({ pid, folder }: EngineNode): boolean {
  return pid !== 0 && commandOf(pid).includes(folder);
}

/** Empty where no process has the number. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // Gone, or a system without such files.
    if (existsSync('/proc/self/cmdline')) return '';
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  }
}

export const runningNodes = ({ nodes }: Cluster): EngineNode[] => nodes.filter(isRunning);

/** What stores are opened with; every node, so that one that dies is passed over. */
export function addressOf({ nodes }: Cluster): string {
  return `opensearch://${nodes.map(({ httpPort }) => `127.0.0.1:${httpPort}`).join(',')}`;
}

/** Ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
