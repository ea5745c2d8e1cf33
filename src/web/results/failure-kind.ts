/** @file What failed, as a shopper needs to know it. */
import { ApiFailure } from '../../client/api-failure.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { UnreadablePhotoError } from '../photo/prepare-photo.ts';
import type { Failure } from '../state/shop-state.ts';
import type { Words } from '../words/en.ts';

export type FailureKind = keyof Words['failures'];

const kinds: { readonly [code: string]: FailureKind } = {
  unreachable: 'unreachable',
  'store-item': 'gone',
  // Its vectors were made by the model that the shop had before.
  'store-space': 'otherModel',
  'device-unsupported': 'deviceUnsupported',
  'device-download': 'deviceDownload',
  'device-disagrees': 'deviceDisagrees',
  'device-released': 'deviceStopped',
};

/** Whatever the code: newer servers have others, and a proxy in between answers in words of its own. */
const kindsByStatus: { readonly [status: number]: FailureKind } = {
  401: 'closed',
  403: 'closed',
  413: 'tooLarge',
  429: 'busy',
  503: 'busy',
  504: 'busy',
};

export function failureOf(error: unknown): Failure {
  if (error instanceof UnreadablePhotoError) return { kind: 'unreadable', code: 'unreadable' };
  // The model's files come from the shop too: it may be busy, or want a key.
  if (error instanceof DeepShopError && isToldByStatus(error.cause)) return failureOf(error.cause);
  // Those of our own come from the model on the device: its files, its runtime, its worker.
  if (error instanceof DeepShopError)
    return { kind: Object.hasOwn(kinds, error.code) ? kinds[error.code] : 'deviceFailed', code: error.code };
  if (isToldByStatus(error)) {
    const { code, status, retryAfterS } = error;
    return { kind: kindsByStatus[status], code, retryAfterS };
  }
  const code = error instanceof ApiFailure ? error.code : 'app';
  if (code.startsWith('image-')) return { kind: 'unreadable', code };
  return { kind: Object.hasOwn(kinds, code) ? kinds[code] : 'other', code };
}

function isToldByStatus(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && Object.hasOwn(kindsByStatus, error.status);
}

/** What kept the device from it: the server still may be asked, if the shopper says so. */
export function isOfDevice(kind: FailureKind): boolean {
  return kind.startsWith('device');
}
