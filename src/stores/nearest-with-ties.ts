/**
 * @file The nearest rows of an engine that leaves open which of equally near ones it gives, and in what order: it is asked for
 * more until the last ones wanted are told from what follows. {@link nearestWithTies}
 */
import { similarityOf } from './nearest.ts';
import { keyText, type Row } from './row.ts';
import type { Hit, StoreConfig, StoreQuery } from './vector-store.ts';

/** Nearer than this, an engine's sums and ours may order two rows differently. */
export const tieMargin = 2e-6;
/** Rows asked for beyond those wanted: where equal ones end is seen at once in nearly every answer. */
const spareRows = 8;
/**
 * Rows asked for at most, unless more are wanted: some 30 MB. More products than this with one vector are those without a
 * picture of their own, and any of them answer as well as others.
 */
export const mostRows = 10_000;

/**
 * By descending similarity, equal ones by key. Where more than {@link mostRows} are as near as the last one wanted, the engine
 * chooses which of these are ordered.
 *
 * @param ask the nearest rows, at most `limit`, fewer only where there are no more
 */
export async function nearestWithTies(
  { vector, k }: Pick<StoreQuery, 'vector' | 'k'>,
  metric: StoreConfig['metric'],
  ask: (limit: number) => Promise<readonly Row[]>,
): Promise<Hit[]> {
  if (k < 1) return [];
  const most = Math.max(mostRows, k + spareRows);
  for (let limit = k + spareRows; ; limit = Math.min(2 * limit, most)) {
    const rows = await ask(limit);
    const found = rows.map((row) => {
      const similarity = similarityOf(vector, row.vector, metric);
      return { hit: { row, similarity }, similarity, key: keyText(row) };
    });
    found.sort((a, b) => b.similarity - a.similarity || (a.key < b.key ? -1 : 1));
    const last = found[k - 1];
    const isWhole = rows.length < limit || last === undefined || limit === most;
    if (isWhole || found.at(-1)!.similarity < last.similarity - tieMargin)
      return found.slice(0, k).map(({ hit }) => hit);
  }
}
