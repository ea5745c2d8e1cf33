/** @file Stores at `opensearchs://`: a certificate that nobody vouches for is refused before a password is sent. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'deepshop-tls-'));
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
const made = spawnSync('openssl', [
  ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost'.split(' '),
  ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate],
]);
const title = made.status === 0 ? 'TLS' : 'TLS (skipped: there is no openssl to make a certificate)';

describe.skipIf(made.status !== 0)(title, () => {
  let server: Server;
  let port = 0;
  const authorizations: (string | undefined)[] = [];

  beforeAll(async () => {
    const options = { key: readFileSync(key), cert: readFileSync(certificate) };
    server = createServer(options, (request, response) => {
      authorizations.push(request.headers.authorization);
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"no such index","status":404}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** What `openAnyStore` says in a process of its own: trusted authorities are read at its start. */
  async function failureOfOpening(env: NodeJS.ProcessEnv): Promise<string> {
    const module = JSON.stringify(join(import.meta.dirname, '../src/stores/open-store-node.ts'));
    const place = JSON.stringify(`opensearchs://127.0.0.1:${port}/shop`);
    const code = `import { openAnyStore } from ${module}; await openAnyStore(${place}).catch((error) => console.log(error.message));`;
    const user = { DEEPSHOP_OPENSEARCH_USER: 'admin', DEEPSHOP_OPENSEARCH_PASSWORD: 's3cr3t' };
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      env: { ...process.env, ...user, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    await once(child, 'close');
    return said;
  }

  test('an authority that nobody named is not trusted, and gets no password', async () => {
    expect(await failureOfOpening({})).toMatch(/does not answer.*self-signed certificate/);
    expect(authorizations).toEqual([]);
  });

  test('one that NODE_EXTRA_CA_CERTS names is', async () => {
    expect(await failureOfOpening({ NODE_EXTRA_CA_CERTS: certificate })).toMatch(/there is no store here/);
    expect(authorizations).toEqual([`Basic ${Buffer.from('admin:s3cr3t').toString('base64')}`]);
  });
});
