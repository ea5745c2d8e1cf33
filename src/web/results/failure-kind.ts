/** @file What failed, as a shopper needs to know it. */
import { ApiFailure } from '../../client/client.ts';
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
  // Those of our own come from the model on the device: its files, its runtime, its worker.
  if (error instanceof DeepShopError)
    return { kind: Object.hasOwn(kinds, error.code) ? kinds[error.code] : 'deviceFailed', code: error.code };
  const { code, status } = error instanceof ApiFailure ? error : { code: 'app', status: 0 };
  if (Object.hasOwn(kindsByStatus, status)) return { kind: kindsByStatus[status], code };
  if (code.startsWith('image-')) return { kind: 'unreadable', code };
  return { kind: Object.hasOwn(kinds, code) ? kinds[code] : 'other', code };
}

/** What kept the device from it: the server still may be asked, if the shopper says so. */
export function isOfDevice(kind: FailureKind): boolean {
  return kind.startsWith('device');
}
