/** @file What must hold unless we are at fault: for our own bugs, never for outside data. */

/** A broken expectation of our own. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** @throws AssertionError saying what should have held */
export function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new AssertionError(message);
}
