/** @file Vectors in requests and records: float32 in little-endian order as base64. */

/** `decodeVector(encodeVector(v))` is `v`. */
export function encodeVector(vector: Float32Array): string {
  const bytes = new Uint8Array(4 * vector.length);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of vector.entries()) view.setFloat32(4 * at, value, true);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * Bytes that are no whole number are left out: the length is then another.
 *
 * @throws DOMException for characters that are none of base64
 */
export function decodeVector(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64.length % 4 === 1 ? '' : base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, at) => view.getFloat32(4 * at, true));
}
