/** @file Work on many things, so many at a time, in no order of their ends. */

/**
 * Visits each in turn. After a failure nothing new is begun; it is thrown.
 *
 * @param abreast visits under way at once at most
 */
export async function eachAbreast<T>(
  things: Iterable<T>,
  abreast: number,
  visit: (thing: T, index: number) => Promise<void>,
): Promise<void> {
  const left = things[Symbol.iterator]();
  let count = 0;
  let failed = false;
  const worker = async () => {
    for (let next = left.next(); !next.done && !failed; next = left.next()) {
      await visit(next.value, count++).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
}
