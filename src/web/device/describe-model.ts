/** @file What the server says of its model: small, and without what it takes to read the model itself. */
import type { ModelAnswer } from '../../api/model.ts';
import { fetchFromServer } from './download.ts';

/** Where the files are. */
export interface ModelSource {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cache: Cache | null;
}

/** Which model the server has now; offline, which it had. */
export async function describeModel({ server, headers, cache }: ModelSource): Promise<ModelAnswer> {
  const url = `${server}/v1/model`;
  try {
    const response = await fetchFromServer(url, { headers });
    await cache?.put(url, response.clone()).catch(() => {});
    return (await response.json()) as ModelAnswer;
  } catch (error) {
    const kept = await cache?.match(url);
    if (kept === undefined) throw error;
    return (await kept.json()) as ModelAnswer;
  }
}
