/** @file What the garments of a photo are called, each by a name of its own: two tees are "T-shirt" and "T-shirt 2". */
import type { Garment } from './shop-state.ts';

/**
 * @param nameOf the word for a label; null for a box that someone drew
 * @returns by id
 */
export function nameGarments(
  garments: readonly Garment[],
  nameOf: (label: string | null) => string,
): ReadonlyMap<Garment['id'], string> {
  const seen = new Map<string, number>();
  return new Map(
    garments.map(({ id, wantedLabel, label }) => {
      const name = nameOf(wantedLabel ?? label);
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return [id, count === 1 ? name : `${name} ${count}`];
    }),
  );
}
