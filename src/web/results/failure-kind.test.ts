import { expect, it } from 'vitest';
import { errorCodes } from '../../api/error-codes.ts';
import { ApiFailure } from '../../client/client.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { UnreadablePhotoError } from '../photo/prepare-photo.ts';
import { failureOf } from './failure-kind.ts';

/** Of answers as the server gives them. */
const kindsOf = (...codes: (keyof typeof errorCodes)[]) =>
  codes.map((code) => failureOf(new ApiFailure('', { code, status: errorCodes[code][0] })).kind);

it('tells a shopper of every answer that may come to a search', () => {
  const busy = kindsOf('queue-full', 'rate-limited', 'deadline', 'unavailable', 'store-unavailable', 'store-busy');
  expect(busy).toEqual(Array(6).fill('busy'));
  expect(kindsOf('key-missing', 'key-unknown', 'key-scope', 'key-origin')).toEqual(Array(4).fill('closed'));
  expect(kindsOf('body-too-large', 'image-too-large')).toEqual(['tooLarge', 'tooLarge']);
  expect(kindsOf('image-damaged', 'image-heic', 'image-empty')).toEqual(Array(3).fill('unreadable'));
  expect(kindsOf('store-item', 'store-space', 'internal')).toEqual(['gone', 'otherModel', 'other']);
});

it('goes by the status of a proxy that answers in words of its own', () => {
  const kinds = [0, 401, 413, 429, 502, 503, 504].map(
    (status) => failureOf(new ApiFailure('', { code: 'unreachable', status })).kind,
  );
  expect(kinds).toEqual(['unreachable', 'closed', 'tooLarge', 'busy', 'unreachable', 'busy', 'busy']);
});

it('tells what the device could not do, and keeps the code for the keeper of the shop', () => {
  expect(failureOf(new UnreadablePhotoError()).kind).toBe('unreadable');
  expect(failureOf(new DeepShopError('device-download', 'no file')).kind).toBe('deviceDownload');
  expect(failureOf(new DeepShopError('model-file', 'no file'))).toEqual({ kind: 'deviceFailed', code: 'model-file' });
  expect(failureOf(new TypeError('a fault of ours'))).toEqual({ kind: 'other', code: 'app' });
});
