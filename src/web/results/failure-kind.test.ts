import { expect, it } from 'vitest';
import { errorCodes } from '../../api/error-codes.ts';
import { ApiFailure } from '../../client/client.ts';
import { DeepShopError } from '../../errors/errors.ts';
import { DeviceError } from '../device/device-error.ts';
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

it('keeps when a busy shop is to be asked again', () => {
  const error = new ApiFailure('', { code: 'rate-limited', status: 429, retryAfterS: 20 });
  expect(failureOf(error)).toEqual({ kind: 'busy', code: 'rate-limited', retryAfterS: 20 });
});

it('tells of files of the model that the shop refuses as of any other refusal', () => {
  const refused = (status: number, code: string) => {
    const cause = new ApiFailure('', { status, code, retryAfterS: 20 });
    return failureOf(new DeviceError('download', `the server answered ${status}`, {}, { cause }));
  };
  expect(refused(429, 'rate-limited')).toEqual({ kind: 'busy', code: 'rate-limited', retryAfterS: 20 });
  expect(refused(503, 'unreachable').kind).toBe('busy');
  expect(refused(401, 'key-missing').kind).toBe('closed');
  expect(refused(500, 'internal')).toEqual({ kind: 'deviceDownload', code: 'device-download' });
  const broken = new DeviceError('download', 'the server cannot be reached', {}, { cause: new TypeError('fetch') });
  expect(failureOf(broken).kind).toBe('deviceDownload');
});
