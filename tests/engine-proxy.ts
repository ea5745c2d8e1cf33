/** @file For tests: a way to an engine that can be cut and mended, so that an outage needs no engine to be killed. */
import { connect, createServer, type Socket } from 'node:net';

export interface EngineProxy {
  /** `opensearch://127.0.0.1:PORT` */
  readonly address: string;
  /** Connections are torn, and new ones refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** @param target `HOST:PORT` */
export async function openEngineProxy(target: string): Promise<EngineProxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect({ host, port: Number(port) });
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  let own = 0;
  const mend = async () => {
    await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve));
    const bound = server.address();
    own = typeof bound === 'object' && bound !== null ? bound.port : 0;
  };
  await mend();
  return {
    address: `opensearch://127.0.0.1:${own}`,
    mend,
    async cut() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
