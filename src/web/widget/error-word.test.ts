import { expect, it } from 'vitest';
import { ApiFailure } from '../../client/client.ts';
import { UnreadablePhotoError } from '../photo/prepare-photo.ts';
import { errorWord } from './error-word.ts';

const wordOf = (code: string, status: number) => errorWord(new ApiFailure('', { code, status }));

it('says of a failure what the app says of it, a proxy that answers in words of its own included', () => {
  expect(wordOf('unreachable', 0)).toBe('errorUnreachable');
  expect([429, 503, 504].map((status) => wordOf('unreachable', status))).toEqual(Array(3).fill('errorBusy'));
  expect([wordOf('queue-full', 429), wordOf('deadline', 503)]).toEqual(['errorBusy', 'errorBusy']);
  expect([wordOf('key-missing', 401), wordOf('key-origin', 403)]).toEqual(['errorSetup', 'errorSetup']);
  expect([wordOf('image-heic', 415), wordOf('image-too-large', 413)]).toEqual(['errorPicture', 'errorPicture']);
  expect(errorWord(new UnreadablePhotoError())).toBe('errorPicture');
  expect([wordOf('internal', 500), errorWord(new TypeError('a fault of ours'))]).toEqual(['errorOther', 'errorOther']);
});
