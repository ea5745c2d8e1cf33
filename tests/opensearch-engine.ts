/**
 * @file For tests: the engine that `DEEPSHOP_OPENSEARCH` names (what `npm run engine:start` prints), stores of their own in
 * it, and their removal. `.ci/run` starts one where it can.
 */
import { createHash } from 'node:crypto';
import { parseStoreAddress, type StoreAddress } from '../src/stores/opensearch-address.ts';
import { connect } from '../src/stores/opensearch-connection-node.ts';

const engine = process.env.DEEPSHOP_OPENSEARCH ?? '';

export const hasEngine = engine !== '';

/** A title that says why nothing runs. */
export function engineTitle(title: string): string {
  return hasEngine ? title : `${title} (skipped: DEEPSHOP_OPENSEARCH names no engine; npm run engine:start prints one)`;
}

const prefix = `test-${process.pid}-${Date.now().toString(36)}`;

/** A store of its own for each place; one shard, as most tests have few rows. */
export function engineStore(place: string, { shards = 1 }: { readonly shards?: number } = {}): string {
  const key = createHash('sha256').update(place).digest('hex').slice(0, 12);
  return `${engine}/${prefix}-${key}?shards=${shards}`;
}

export function engineAddress(place: string, options?: { readonly shards?: number }): StoreAddress {
  const address = parseStoreAddress(engineStore(place, options));
  if (address === undefined) throw new Error(`DEEPSHOP_OPENSEARCH is no address: ${engine}`);
  return address;
}

/** Asks the engine itself, beside any store. */
export async function askEngine(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const connection = await connect(engineAddress('any'));
  try {
    return await connection.ask({ method, path, ...(body && { body }) });
  } finally {
    await connection.close();
  }
}

/** Every store that this process made. */
export async function removeEngineStores(): Promise<void> {
  await askEngine('DELETE', `/${prefix}-*`);
}
