/** @file Where the server may be reached from, and what that asks for. */
import { UsageError } from '../errors/errors.ts';

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Photos and keys do not travel in the clear beyond this machine, unless that is asked for in so many words.
 *
 * @throws UsageError
 */
export function requireSafeListening({
  host,
  hasTls,
  isInsecure,
}: {
  readonly host: string;
  readonly hasTls: boolean;
  readonly isInsecure: boolean;
}): void {
  if (isLoopback(host) || hasTls || isInsecure) return;
  throw new UsageError('photos and keys would travel in the clear', {
    where: `--host ${host}`,
    expected: '--tls-cert FILE and --tls-key FILE',
    got: 'neither',
    cure: 'docs/serving.md has ways to a certificate and a proxy in front; --insecure serves without TLS, and phones will then not open the camera.',
  });
}

/**
 * Names by which this machine is asked for; null where any will do, since nothing is open without a key.
 *
 * @param publicUrl how the outside calls it, where a proxy is in front
 */
export function allowedHostNames(host: string, publicUrl: URL | null): ReadonlySet<string> | null {
  if (!isLoopback(host)) return null;
  const own = ['localhost', '127.0.0.1', '[::1]', '::1', host];
  return new Set(publicUrl === null ? own : [...own, publicUrl.hostname]);
}
