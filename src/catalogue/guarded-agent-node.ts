/**
 * @file Connections that reach public addresses only, unless their host is allowed by name: every address that a name
 * resolves to must be public, and the connection goes to those very addresses, so that a second answer of the name
 * server changes nothing (DNS rebinding). No proxy is used, whatever the environment says.
 */
import { lookup as lookupName } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { PictureFetchError } from './picture-fetch-error.ts';
import { type AllowedHosts, describeAddress, isPublicAddress } from './web-address.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name. */
export type ResolveName = (name: string) => Promise<readonly ResolvedAddress[]>;

export interface GuardOptions {
  readonly allowed: AllowedHosts;
  readonly connectTimeoutMs: number;
  readonly resolve?: ResolveName | undefined;
}

/** Errors of a refused connection have a {@link PictureFetchError} among their causes. */
export function createGuardedAgent({ allowed, connectTimeoutMs, resolve = resolveName }: GuardOptions): Agent {
  const timeout = connectTimeoutMs;
  const connectPublic = buildConnector({ timeout, lookup: lookupWith(resolve, requirePublic) });
  const connectAllowed = buildConnector({ timeout, lookup: lookupWith(resolve, () => {}) });
  return new Agent({
    connect(options, callback) {
      const port = options.port === '' ? (options.protocol === 'https:' ? '443' : '80') : options.port;
      const name = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
      if (allowed.has(`${name}:${port}`)) return connectAllowed(options, callback);
      connectPublic(options, (error, socket) => {
        if (error !== null) return callback(error, null);
        // What was typed as an address was not looked up.
        if (socket.remoteAddress !== undefined && isPublicAddress(socket.remoteAddress)) return callback(null, socket);
        socket.destroy();
        callback(refusedError(options.hostname, socket.remoteAddress ?? 'an unknown address'), null);
      });
    },
  });
}

function lookupWith(
  resolve: ResolveName,
  check: (name: string, addresses: readonly ResolvedAddress[]) => void,
): LookupFunction {
  return (name, options, callback) => {
    resolve(name).then(
      (addresses) => {
        try {
          check(name, addresses);
        } catch (error) {
          callback(error as Error, '', 0);
          return;
        }
        const [first] = addresses;
        if (first === undefined) callback(new Error(`${name} has no address`), '', 0);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

/** One private address among public ones is a trap: the connection might take any of them. */
function requirePublic(name: string, addresses: readonly ResolvedAddress[]): void {
  const bad = addresses.find(({ address }) => !isPublicAddress(address));
  if (bad !== undefined) throw refusedError(name, bad.address);
}

function refusedError(name: string, address: string): PictureFetchError {
  return new PictureFetchError('refused', 'the host is not called', {
    where: name,
    expected: 'a name with public addresses only',
    got: describeAddress(address),
    cure: 'If this host is yours: --allow-host HOST:PORT.',
  });
}

function resolveName(name: string): Promise<readonly ResolvedAddress[]> {
  return lookupName(name, { all: true });
}
