/** @file What keeps a device from finding garments by itself. */
import { DeepShopError, type ErrorFacts } from '../../errors/errors.ts';

type Reason =
  /** The browser, or a page without HTTPS. */
  | 'unsupported'
  /** The server or the network. */
  | 'download'
  /** The model answers otherwise here than on the server. */
  | 'disagrees'
  /** WebGPU fails, hangs, or answers otherwise: wasm is tried in its place. */
  | 'graphics'
  /** Boxes of a photo whose feature maps were let go. */
  | 'photo-forgotten'
  /** The worker ended. */
  | 'failed'
  /** Whoever loaded the model let it go. */
  | 'released';

export class DeviceError extends DeepShopError {
  constructor(reason: Reason, summary: string, facts: ErrorFacts, options?: { cause?: unknown }) {
    super(`device-${reason}`, summary, facts, options);
  }
}

export function graphicsError(got: string, cause?: unknown): DeviceError {
  return new DeviceError('graphics', 'WebGPU cannot be used', { got, cure: 'wasm works everywhere.' }, { cause });
}
