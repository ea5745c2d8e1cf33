/** @file Headers of every answer that tell browsers what not to do. */

/**
 * Pages may run our own scripts and wasm, and show pictures from shops anywhere: that is what results are.
 *
 * `credentialless` lets such pictures in beside the isolation that threads of wasm need.
 */
const pagePolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob: https: http:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What is no page runs nothing, whatever is in it. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'credentialless',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()',
  'x-permitted-cross-domain-policies': 'none',
};

/** Shops' pages show pictures and load the widget from here. */
const forAnyone = { 'cross-origin-resource-policy': 'cross-origin' };

/** @param isTls whether browsers may be told to come by TLS only */
export function securityHeaders(
  kind: 'page' | 'data' | 'picture' | 'widget',
  { isTls }: { readonly isTls: boolean },
): { readonly [name: string]: string } {
  return {
    ...always,
    'content-security-policy': kind === 'page' || kind === 'widget' ? pagePolicy : dataPolicy,
    ...(kind === 'picture' || kind === 'widget' ? forAnyone : { 'cross-origin-resource-policy': 'same-origin' }),
    ...(kind === 'data' ? { 'cache-control': 'no-store' } : {}),
    ...(isTls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
