/**
 * @file Addresses of stores in OpenSearch: `opensearch://HOST:PORT[,HOST:PORT...]/NAME`, `opensearchs://` for TLS. Of a new
 * store, `?shards=3&replicas=1` says how it is laid out. No user and password: those come from the environment.
 */
import { StoreError } from './store-error.ts';

export interface StoreAddress {
  /** `http://host:port`, at least one; all of one cluster. */
  readonly nodes: readonly string[];
  /** The alias that answers. */
  readonly name: string;
  readonly shards: number;
  /** Copies beside the first; undefined for one as soon as there is a second node. */
  readonly replicas: number | undefined;
  /** For messages: as it was given, without what follows the name. */
  readonly text: string;
}

const defaultPort = 9200;
const defaultShards = 3;

/** Undefined for a place that is no such address. @throws StoreError `store-kind` for one that cannot be read */
export function parseStoreAddress(place: string): StoreAddress | undefined {
  const [, tls, rest] = /^opensearch(s?):\/\/(.*)$/is.exec(place) ?? [];
  if (tls === undefined || rest === undefined) return undefined;
  // What was given is not repeated: it may hold a password.
  if (rest.includes('@')) {
    const cure = 'Put them into DEEPSHOP_OPENSEARCH_USER and DEEPSHOP_OPENSEARCH_PASSWORD.';
    throw new StoreError('kind', 'a user or password in the address of a store', { where: '--store', cure });
  }
  const scheme = `opensearch${tls.toLowerCase()}`;
  const [, hosts, name, query = ''] = /^([^/?#]+)\/([^/?#]*)(?:\?([^#]*))?$/.exec(rest) ?? [];
  const nodes = (hosts ?? '').split(',').map((host) => nodeUrl(host, tls === '' ? 'http' : 'https'));
  if (hosts === undefined || name === undefined || !nodes.every((node) => node !== undefined))
    throw addressError(`${scheme}://HOST:PORT/NAME`, 'another form');
  // As the engine has names, but for dots: what is ours beside the store has those.
  if (!/^[a-z0-9][a-z0-9_-]{0,99}$/.test(name)) throw addressError('a name of a-z, 0-9, - and _', `name "${name}"`);
  return { nodes, name, text: `${scheme}://${hosts}/${name}`, ...parseLayout(query) };
}

function parseLayout(query: string): Pick<StoreAddress, 'shards' | 'replicas'> {
  const layout: { shards: number; replicas: number | undefined } = { shards: defaultShards, replicas: undefined };
  for (const [key, value] of new URLSearchParams(query)) {
    const count = /^\d{1,3}$/.test(value) ? Number(value) : Number.NaN;
    if (key === 'shards' && count >= 1) layout.shards = count;
    else if (key === 'replicas' && count >= 0) layout.replicas = count;
    else throw addressError('?shards=N and &replicas=N', `${key}=${value}`);
  }
  return layout;
}

function nodeUrl(host: string, scheme: 'http' | 'https'): string | undefined {
  if (!/^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host)) return undefined;
  const port = /:(\d+)$/.exec(host.replace(/^\[.*\]/, ''))?.[1];
  const url = `${scheme}://${host}${port === undefined ? `:${defaultPort}` : ''}`;
  return URL.canParse(url) ? url : undefined;
}

function addressError(expected: string, got: string): StoreError {
  const cure = 'docs/stores.md has examples.';
  return new StoreError('kind', 'an address of a store that cannot be read', { where: '--store', expected, got, cure });
}
