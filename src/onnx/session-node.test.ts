import { expect, test } from 'vitest';
import { add } from '../graph/arithmetic.ts';
import { input } from '../graph/value.ts';
import { float32 } from '../tensor/tensor.ts';
import { SessionError } from './session.ts';
import { compile, openSession } from './session-node.ts';

const x = input('x', 'float32', [2]);
const doubled = { outputs: { y: add(x, x) } };

test('a feed of another shape, one that is missing, and bytes that are no model are errors of the session', async () => {
  const session = await compile(doubled);
  expect([...(await session.run({ x: float32([1, 2], [2]) })).y!.data]).toEqual([2, 4]);
  const failed = (message: RegExp) =>
    expect.objectContaining({ code: 'session-failed', message: expect.stringMatching(message) });
  await expect(session.run({ x: float32([1, 2, 3], [3]) })).rejects.toEqual(failed(/x.*Got: 3 Expected: 2/s));
  await expect(session.run({})).rejects.toEqual(failed(/'x' is missing/));
  await session.release();
  await expect(openSession(Uint8Array.of(1, 2, 3))).rejects.toEqual(failed(/does not open this graph/));
});

test.each(['cuda', 'webgpu'] as const)('%s runs, or is missed by its name with what always works', async (provider) => {
  const opened = await compile(doubled, { provider }).catch((error: unknown) => error);
  if (opened instanceof Error) {
    expect(opened).toBeInstanceOf(SessionError);
    expect(opened.message).toMatch(new RegExp(`"${provider}" .*untested.*"cpu" always works`, 's'));
  } else {
    const session = opened as Awaited<ReturnType<typeof compile>>;
    expect([...(await session.run({ x: float32([1, 2], [2]) })).y!.data]).toEqual([2, 4]);
    await session.release();
  }
});
