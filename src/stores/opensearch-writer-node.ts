/**
 * @file Changes of rows into one index in OpenSearch. Each change has a number that counts up with the clock; the engine
 * keeps the highest, so that a request which comes late, after its retry and a newer change, does nothing.
 */
import { z } from 'zod';
import { EngineError, type OpenSearchConnection, pause } from './opensearch-connection-node.ts';
import { StoreError } from './store-error.ts';
import type { RetryCounts } from './vector-store.ts';

/** A document's line, or null for one that is to go. */
export type Changes = ReadonlyMap<string, string | null>;

/** Of one request; the engine takes a hundred megabytes, and holds several at once. */
const [mostChanges, mostCharacters] = [500, 4e6];
/** Requests at a time. */
const atOnce = 3;
/** How long one change is tried again where the engine says of it alone that it cannot now. */
const patienceMs = 120_000;

const itemSchema = z.object({
  _id: z.string(),
  status: z.number(),
  error: z.object({ type: z.string(), reason: z.string() }).partial().optional(),
});
const bulkSchema = z.object({ items: z.array(z.record(z.string(), itemSchema)) });
const presentSchema = z.object({ docs: z.array(z.object({ _id: z.string(), found: z.boolean().optional() })) });

const retriedAs: { readonly [status: number]: keyof RetryCounts | undefined } = {
  409: 'conflicts',
  429: 'busy',
  503: 'unavailable',
};

interface NumberedChange {
  readonly id: string;
  readonly line: string | null;
  number: number;
}

export class OpenSearchWriter {
  readonly #connection: OpenSearchConnection;
  readonly #index: string;
  #lastNumber = 0;

  constructor(connection: OpenSearchConnection, index: string) {
    this.#connection = connection;
    this.#index = index;
  }

  /**
   * Returns once every change is on the disks of all copies that the engine counts on.
   *
   * @throws StoreError where one was refused; others may have been taken, and all can be sent again
   */
  async write(changes: Changes): Promise<void> {
    const requests = [...cut(Array.from(changes, ([id, line]) => ({ id, line, number: this.#nextNumber() })))];
    const workers = Array.from({ length: atOnce }, async () => {
      for (let request = requests.shift(); request !== undefined; request = requests.shift()) await this.#send(request);
    });
    const ends = await Promise.allSettled(workers);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Of these ids, those that the index has, refreshed or not. */
  async present(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += mostChanges) {
      const answer = await this.#connection.ask({
        purpose: 'read',
        method: 'POST',
        path: `/${this.#index}/_mget`,
        query: { _source: false },
        body: { ids: ids.slice(at, at + mostChanges) },
      });
      for (const doc of presentSchema.parse(answer).docs) if (doc.found === true) found.add(doc._id);
    }
    return found;
  }

  /** What was written is seen by everyone from now on. */
  async refresh(): Promise<void> {
    await this.#connection.ask({ method: 'POST', path: `/${this.#index}/_refresh` });
  }

  async #send(request: readonly NumberedChange[]): Promise<void> {
    const until = Date.now() + patienceMs;
    let left = request;
    for (let tries = 1; left.length > 0; tries++) {
      const answer = await this.#connection.ask({
        method: 'POST',
        path: `/${writeAliasOf(this.#index)}/_bulk`,
        // Never makes an index by itself, of fields that it guesses.
        query: { require_alias: true },
        body: left.map(toLines).join(''),
      });
      const items = bulkSchema.parse(answer).items.flatMap((item) => Object.values(item));
      // A cluster that starts says so before it has read which indices it has: only this question waits for that.
      if (items.some(isMissing)) await this.#connection.ask({ method: 'GET', path: `/${this.#index}` });
      const again = left.filter((change, at) => this.#isToRepeat(change, items[at], Date.now() < until));
      if (again.length > 0) await pause(tries);
      left = again;
    }
  }

  /** @throws EngineError where it never will be taken */
  #isToRepeat(change: NumberedChange, item: z.infer<typeof itemSchema> | undefined, hasTime: boolean): boolean {
    if (item === undefined || item._id !== change.id)
      throw new StoreError('corrupt', 'an answer about other changes than were sent');
    const { status, error } = item;
    if (status < 300 || (status === 404 && error === undefined)) return false;
    const { type = 'error', reason = '' } = error ?? {};
    const { retries, address } = this.#connection;
    const kind = isMissing(item) ? 'unavailable' : retriedAs[status];
    if (kind === undefined || !hasTime) throw new EngineError('write', { status, type, reason, where: address.text });
    retries[kind] += 1;
    if (kind === 'conflicts') change.number = this.#numberAbove(reason);
    return true;
  }

  /** Microseconds since 1970, and one more each time. */
  #nextNumber(): number {
    this.#lastNumber = Math.max(this.#lastNumber + 1, 1000 * Date.now());
    return this.#lastNumber;
  }

  /** Another machine's clock is ahead of ours: ours is the newer change all the same, and so are those after it. */
  #numberAbove(reason: string): number {
    const current = Number(/current version \[(\d+)\]/.exec(reason)?.[1] ?? 0);
    this.#lastNumber = Math.max(this.#lastNumber, current);
    return this.#nextNumber();
  }
}

/** The name by which alone an index is written: it goes with the index. */
export function writeAliasOf(index: string): string {
  return `${index}.write`;
}

function isMissing({ error }: z.infer<typeof itemSchema>): boolean {
  return error?.type === 'index_not_found_exception';
}

function toLines({ id, line, number }: NumberedChange): string {
  const facts = { _id: id, version: number, version_type: 'external_gte' };
  if (line === null) return `${JSON.stringify({ delete: facts })}\n`;
  return `${JSON.stringify({ index: facts })}\n${line}\n`;
}

function* cut(changes: readonly NumberedChange[]): Generator<readonly NumberedChange[]> {
  let request: NumberedChange[] = [];
  let characters = 0;
  for (const change of changes) {
    const length = change.line?.length ?? 0;
    if (request.length === mostChanges || (request.length > 0 && characters + length > mostCharacters)) {
      yield request;
      [request, characters] = [[], 0];
    }
    request.push(change);
    characters += length;
  }
  if (request.length > 0) yield request;
}
