/** @file What failed, as a shopper needs to know it. */
import { ApiFailure } from '../../client/client.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { UnreadablePhotoError } from '../photo/prepare-photo.ts';
import type { Failure } from '../state/shop-state.ts';
import type { Words } from '../words/en.ts';

export type FailureKind = keyof Words['failures'];

const kinds: { readonly [code: string]: FailureKind } = {
  unreachable: 'unreachable',
  'queue-full': 'busy',
  unavailable: 'busy',
  deadline: 'busy',
  'rate-limited': 'busy',
  'body-too-large': 'tooLarge',
  'image-too-large': 'tooLarge',
  'key-missing': 'closed',
  'key-unknown': 'closed',
  'key-scope': 'closed',
  'key-origin': 'closed',
  'store-item': 'gone',
  // Its vectors were made by the model that the shop had before.
  'store-space': 'otherModel',
  'device-unsupported': 'deviceUnsupported',
  'device-download': 'deviceDownload',
  'device-disagrees': 'deviceDisagrees',
  'device-released': 'deviceStopped',
};

export function failureOf(error: unknown): Failure {
  if (error instanceof UnreadablePhotoError) return { kind: 'unreadable', code: 'unreadable' };
  // Those of our own come from the model on the device: its files, its runtime, its worker.
  if (error instanceof DeepShopError)
    return { kind: Object.hasOwn(kinds, error.code) ? kinds[error.code] : 'deviceFailed', code: error.code };
  const code = error instanceof ApiFailure ? error.code : 'app';
  if (code.startsWith('image-') && code !== 'image-too-large') return { kind: 'unreadable', code };
  return { kind: Object.hasOwn(kinds, code) ? kinds[code] : 'other', code };
}

/** What kept the device from it: the server still may be asked, if the shopper says so. */
export function isOfDevice(kind: FailureKind): boolean {
  return kind.startsWith('device');
}
