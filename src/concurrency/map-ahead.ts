/** @file Work that is begun a few things ahead of whoever uses it, and handed over in order. */

/**
 * The results in the order of the things. One that fails is thrown in its turn, not when it fails.
 * Work is begun only when a result is asked for.
 *
 * @param ahead results that may be under way while one is used
 */
export async function* mapAhead<T, R>(
  things: AsyncIterable<T> | Iterable<T>,
  ahead: number,
  work: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
  // In objects: a generator would wait for a bare promise.
  const begun: { readonly result: Promise<R> }[] = [];
  for await (const thing of things) {
    const result = work(thing);
    result.catch(() => {});
    begun.push({ result });
    if (begun.length > ahead) yield await begun.shift()!.result;
  }
  for (const { result } of begun) yield await result;
}
