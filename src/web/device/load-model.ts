/** @file The server's model on the device: its files fetched once, and held to what they must be. */
import type { ModelAnswer } from '../../api/model.ts';
import { parseModel } from '../../detector/model-directory.ts';
import { type EngineCheck, engineCheckSchema } from '../../embedding/engine-check.ts';
import type { IdentifiedModel } from '../../embedding/model-engine.ts';
import type { ModelSource } from './describe-model.ts';
import { DeviceError } from './device-error.ts';
import { fetchOnce } from './download.ts';

export interface LoadedFiles {
  readonly model: IdentifiedModel;
  /** What the server's own engine finds in the check picture. */
  readonly check: EngineCheck;
  readonly isFromCache: boolean;
  /** Names in the cache that are in use. */
  readonly names: readonly string[];
}

/**
 * Fetches the files of the model that the server has said.
 *
 * @param onBytes told of each piece that was fetched or read
 * @throws DeviceError, and what `parseModel` throws
 */
export async function loadModel(
  { modelId, space }: ModelAnswer,
  { server, headers, cache }: ModelSource,
  onBytes: (count: number) => void,
): Promise<LoadedFiles> {
  const read = (name: string, version = modelId) => {
    const url = `${server}/v1/model/files/${name}`;
    return fetchOnce(cache, `${url}?version=${version}`, url, { headers, onBytes });
  };
  const names = [['model.json'], ['weights.safetensors'], ['check.json', `${modelId}-${space.spaceId}`]] as const;
  const files = await Promise.all(names.map(([name, version]) => read(name, version)));
  const [json, weights, check] = files;
  if ((await modelIdOf(json.bytes, weights.bytes)) !== modelId) {
    await Promise.all((await cache?.keys())?.map((request) => cache?.delete(request)) ?? []);
    throw new DeviceError('download', 'the files are not those of the model that the server names', {
      where: server,
      expected: modelId,
      cure: 'Try again: the server may just have changed its model.',
    });
  }
  const text = new TextDecoder();
  const model = await parseModel(text.decode(json.bytes), weights.bytes, 'the model of the server');
  return {
    model: { ...model, modelId },
    check: engineCheckSchema.parse(JSON.parse(text.decode(check.bytes))),
    isFromCache: files.every(({ isFromCache }) => isFromCache),
    names: [
      `${server}/v1/model`,
      ...names.map(([name, version]) => `${server}/v1/model/files/${name}?version=${version ?? modelId}`),
    ],
  };
}

/** As `readModelFiles` works it out on the server. */
async function modelIdOf(json: Uint8Array, weights: Uint8Array): Promise<string> {
  const prefix = new TextEncoder().encode(`${json.length} `);
  const all = new Uint8Array(prefix.length + json.length + weights.length);
  all.set(prefix);
  all.set(json, prefix.length);
  all.set(weights, prefix.length + json.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
