/**
 * @file For tests: stands between browser and server and keeps every body that is sent. The browser's own report of a request leaves
 * out files in forms, so that a photo would not be seen in it.
 */
import { createServer, request } from 'node:http';

export interface Recorder {
  readonly url: string;
  readonly sent: readonly { readonly path: string; readonly body: Buffer }[];
  close(): Promise<void>;
}

/** @param target the server's address, without a slash at the end */
export async function openRecorder(target: string): Promise<Recorder> {
  const sent: { path: string; body: Buffer }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece);
    const { method = 'GET', url = '/', headers } = incoming;
    const body = Buffer.concat(pieces);
    if (body.length > 0) sent.push({ path: url, body });
    const forwarded = request(`${target}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://localhost:${port}`,
    sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
