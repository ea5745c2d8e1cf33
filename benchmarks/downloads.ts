/** @file What a browser downloads from a server: the web app, what it needs to find garments on the device, the widget. */
import { readdirSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Bytes of some files, read one by one. */
export interface Download {
  readonly name: string;
  readonly files: string;
  readonly bytes: number;
  /** Each compressed alone, at gzip's own default. */
  readonly inGzip: number;
  /** As the server sends bodies to who takes gzip. */
  readonly sent: number;
}

/** @param folder where the app was built */
export async function downloads(url: string, folder: string): Promise<readonly Download[]> {
  const assets = readdirSync(join(folder, 'assets'));
  const built = (pattern: RegExp) => assets.filter((file) => pattern.test(file)).map((file) => `/assets/${file}`);
  const page = gunzipped(await bodyOf(`${url}/`)).toString();
  const named = Array.from(
    page.matchAll(/<(?:script|link)[^>]*? (?:src|href)="(\/[^"]+\.(?:js|css))"/g),
    ([, path = '']) => path,
  );
  return [
    await weigh(url, 'the app', 'page, scripts, styles', ['/', ...named]),
    await weigh(url, 'on the device: model', 'model.json, weights', modelFiles),
    await weigh(url, 'on the device: runtime', 'wasm', built(/^ort-wasm-simd-threaded-.*\.wasm$/)),
    await weigh(url, 'on the device: runtime', 'WebGPU', built(/^ort-wasm-simd-threaded\.jspi-.*\.wasm$/)),
    await weigh(url, 'on the device: scripts', 'worker and both runtimes', built(/^(garment-worker|ort).*\.m?js$/)),
    await weigh(url, 'the widget', 'widget.js', ['/widget.js']),
  ];
}

const modelFiles = ['/v1/model/files/model.json', '/v1/model/files/weights.safetensors'];

async function weigh(url: string, name: string, files: string, paths: readonly string[]): Promise<Download> {
  if (paths.length === 0) throw new Error(`nothing is built for ${name} (${files}): npm run build`);
  const sum = { bytes: 0, inGzip: 0, sent: 0 };
  for (const path of paths) {
    const answer = await bodyOf(`${url}${path}`);
    const unpacked = gunzipped(answer);
    sum.bytes += unpacked.length;
    sum.inGzip += gzipSync(unpacked).length;
    sum.sent += answer.body.length;
  }
  return { name, files, ...sum };
}

interface Answer {
  readonly isPacked: boolean;
  /** As it came. */
  readonly body: Buffer;
}

const gunzipped = ({ isPacked, body }: Answer): Buffer => (isPacked ? gunzipSync(body) : body);

/** By `node:http`, which leaves the body as it is. */
function bodyOf(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
        else resolve({ isPacked: response.headers['content-encoding'] === 'gzip', body: Buffer.concat(pieces) });
      });
    });
    request.on('error', reject);
  });
}
