import { expect, test } from 'vitest';
import { ApiFailure } from '../../client/client.ts';
import { originAdvice } from './origin-advice.ts';

const unreachable = new ApiFailure('the server cannot be reached', { status: 0, code: 'unreachable' });

test('names the origin and the command where there was no answer that the page may read', () => {
  const advice = originAdvice(unreachable, 'http://127.0.0.1:8080');
  expect(advice).toContain('no key of it is for pages of http://127.0.0.1:8080.');
  expect(advice).toMatch(/keys create --store STORE --scope search --origin http:\/\/127\.0\.0\.1:8080$/);
  expect(originAdvice(unreachable, 'null')).toMatch(/open it from a web server/);
});

test('says nothing of answers, of photos and of faults of our own', () => {
  for (const error of [
    new ApiFailure('the server answered 502', { status: 502, code: 'unreachable' }),
    new ApiFailure('not from here', { status: 403, code: 'forbidden' }),
    new TypeError('no function'),
    null,
  ])
    expect(originAdvice(error, 'http://127.0.0.1:8080')).toBeNull();
});
