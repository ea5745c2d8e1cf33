/**
 * @file Requests to an OpenSearch cluster that are asked again where that may help: a node that died, one that is too busy,
 * an answer from a part of the shards. What is counted here is told to people. Nothing of user and password gets out.
 */
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@opensearch-project/opensearch';
import type { StoreAddress } from './opensearch-address.ts';
import { StoreError } from './store-error.ts';
import type { RetryCounts } from './vector-store.ts';

/** What is refused where the engine refuses; each is the reason of its error. */
export type EnginePurpose = 'search' | 'read' | 'write';

export interface EngineRequest {
  /** With GET it is to read, else to write, unless it is said. */
  readonly purpose?: EnginePurpose;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as JSON; a text as the lines of a bulk request. */
  readonly body?: object | string;
  /** How long it is asked again. */
  readonly patienceMs?: number;
}

const itsWords = "Its own words say why, and the engine's log says more.";
const refusals: { readonly [P in EnginePurpose]: { readonly summary: string; readonly cure: string } } = {
  search: {
    summary: 'the engine refused a search',
    cure: 'Its own words say why: a filter of too many values perhaps, or an index that another program changed.',
  },
  read: { summary: 'the engine refused to be read', cure: itsWords },
  write: { summary: 'the engine refused a change', cure: itsWords },
};

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
  /** The address of the store. */
  readonly where: string;
}

/**
 * An answer of the engine that says why it did nothing; 404 and 409 mean something to callers. `store-search`, `store-read` or
 * `store-write` by what was asked; `store-unavailable` where the user may not, or it may answer later.
 */
export class EngineError extends StoreError {
  readonly status: number;
  /** Of the engine: `index_not_found_exception`... */
  readonly type: string;

  constructor(purpose: EnginePurpose, { status, type, reason, where }: Refusal) {
    const isDenied = status === 401 || (status === 403 && type !== 'cluster_block_exception');
    const isPassed = isPassing(status);
    const refusal = refusals[purpose];
    const cure = isDenied
      ? `Set ${userVariable} and ${passwordVariable} to those of a user who may.`
      : isPassed
        ? undefined
        : refusal.cure;
    const summary = isDenied ? 'the engine refuses this user' : refusal.summary;
    const got = `${status} ${type}: ${reason}`.slice(0, 400);
    super(isDenied || isPassed ? 'unavailable' : purpose, summary, { where, got, ...(cure && { cure }) });
    this.status = status;
    this.type = type;
  }
}

const userVariable = 'DEEPSHOP_OPENSEARCH_USER';
const passwordVariable = 'DEEPSHOP_OPENSEARCH_PASSWORD';

/** A cluster that was killed whole answers again after half a minute. */
const longPatienceMs = 120_000;
/** Before the first answer: a wrong address is told from a node that is just starting. */
const firstPatienceMs = 5_000;
/** One request may take as long as there is patience, within these: an engine that works is not given up too soon. */
const [shortestRequestMs, longestRequestMs] = [5000, 60_000];
const [firstPauseMs, longestPauseMs] = [25, 1000];
/** An answer of 500 is seldom another at the next try. */
const triesOfFaults = 6;

export class OpenSearchConnection {
  readonly address: StoreAddress;
  readonly retries: { -readonly [K in keyof RetryCounts]: RetryCounts[K] } = {
    busy: 0,
    unavailable: 0,
    partial: 0,
    conflicts: 0,
  };
  readonly #client: Client;
  readonly #patienceMs: number;
  #hasAnswered = false;
  /** Nobody answered for as long as was to be waited: asked once, until somebody does. */
  #isAway = false;
  #isClosed = false;

  constructor(client: Client, address: StoreAddress, patienceMs = longPatienceMs) {
    this.#client = client;
    this.#patienceMs = patienceMs;
    this.address = address;
  }

  /**
   * What the engine answers, whole.
   *
   * @throws EngineError where it refuses
   * @throws StoreError `store-unavailable` where nobody answered for so long
   */
  async ask(asked: EngineRequest): Promise<unknown> {
    const { method, path, query = {}, body, patienceMs = this.#patienceMs } = asked;
    const purpose = asked.purpose ?? (method === 'GET' ? 'read' : 'write');
    const started = Date.now();
    const requestTimeout = Math.max(shortestRequestMs, Math.min(longestRequestMs, patienceMs));
    const sent = typeof body === 'string' ? { bulkBody: body } : body === undefined ? {} : { body };
    for (let tries = 1; ; tries++) {
      let failure: Failure;
      try {
        const options = { maxRetries: 0, requestTimeout };
        const request = { method, path, querystring: { ...query }, ...sent };
        const { body: answer } = await this.#client.transport.request(request, options);
        this.#answered();
        if (!isPartial(answer)) return answer;
        failure = { kind: 'partial', error: this.#gaveUp('answers of only a part of the shards') };
      } catch (error) {
        failure = this.#failureOf(error, purpose);
      }
      const allowedMs = this.#isAway ? 0 : this.#hasAnswered ? patienceMs : Math.min(patienceMs, firstPatienceMs);
      const isOver = Date.now() - started >= allowedMs;
      if (isOver && failure.isSilent) this.#isAway = true;
      if (failure.kind === undefined || isOver || (failure.isFault && tries >= triesOfFaults)) throw failure.error;
      this.retries[failure.kind] += 1;
      await pause(tries);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#client.close();
  }

  #answered(): void {
    this.#hasAnswered = true;
    this.#isAway = false;
  }

  /** Errors of the client hold whole requests, headers too: none goes further. */
  #failureOf(error: unknown, purpose: EnginePurpose): Failure {
    const where = this.address.text;
    const status = statusOf(error);
    if (status === undefined) return { kind: 'unavailable', isSilent: true, error: this.#gaveUp(nameOf(error)) };
    this.#answered();
    const engineError = new EngineError(purpose, { status, ...reasonOf(error), where });
    if (status === 429) return { kind: 'busy', error: engineError };
    if (status === 502 || status === 503 || status === 504) return { kind: 'unavailable', error: engineError };
    if (status === 500) return { kind: 'unavailable', isFault: true, error: engineError };
    return { kind: undefined, error: engineError };
  }

  #gaveUp(got: string): StoreError {
    return new StoreError('unavailable', 'the engine does not answer', {
      where: this.address.text,
      expected: 'OpenSearch with its k-NN plugin at this address',
      got,
      cure: 'Is it running and is the address right? npm run engine:start starts one here; https needs opensearchs://.',
    });
  }
}

interface Failure {
  /** Undefined where asking again is of no use. */
  readonly kind: keyof RetryCounts | undefined;
  readonly isFault?: boolean;
  /** No answer at all. */
  readonly isSilent?: boolean;
  readonly error: StoreError;
}

export interface ConnectOptions {
  /**
   * How long the engine is asked again before a request is given up; two minutes unless given. Who answers people waits less than who
   * fills a store.
   */
  readonly patienceMs?: number | undefined;
}

/** The client is loaded for stores in OpenSearch alone. */
export async function connect(
  address: StoreAddress,
  { patienceMs }: ConnectOptions = {},
): Promise<OpenSearchConnection> {
  const { Client: ClientClass } = await import('@opensearch-project/opensearch');
  const [username, password] = [process.env[userVariable], process.env[passwordVariable]];
  if ((username === undefined) !== (password === undefined)) {
    const facts = { expected: `both of ${userVariable} and ${passwordVariable}`, got: 'one' };
    throw new StoreError('unavailable', 'half of what a user needs', facts);
  }
  const auth = username === undefined || password === undefined ? {} : { auth: { username, password } };
  const client = new ClientClass({ nodes: [...address.nodes], ...auth });
  return new OpenSearchConnection(client, address, patienceMs);
}

/** The engine has too much to do, starts, or misses a node: later it may answer. */
function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Longer each time, and not the same for all who wait. */
export function pause(tries: number): Promise<void> {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** tries);
  return setTimeout(longest * (0.5 + 0.5 * Math.random()));
}

function isPartial(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  if ('timed_out' in answer && answer.timed_out === true) return true;
  const shards = '_shards' in answer ? answer._shards : undefined;
  return typeof shards === 'object' && shards !== null && 'failed' in shards && Number(shards.failed) > 0;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || error.name !== 'ResponseError' || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function reasonOf(error: unknown): { readonly type: string; readonly reason: string } {
  const body = typeof error === 'object' && error !== null && 'body' in error ? error.body : undefined;
  const inner = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof inner !== 'object' || inner === null) return { type: 'error', reason: String(inner ?? '') };
  const causes = 'root_cause' in inner && Array.isArray(inner.root_cause) ? inner.root_cause : [];
  const { type, reason } = { ...inner, ...causes[0] };
  return { type: String(type ?? 'error'), reason: String(reason ?? '') };
}

/** `ConnectionError: connect ECONNREFUSED 127.0.0.1:9200` */
function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'no answer';
}
