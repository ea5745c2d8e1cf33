/** @file How much oftener a photo of a rare class is seen (Gupta et al., LVIS, 2019, section 5: repeat factor sampling). */
import type { DatasetRecord } from './dataset.ts';

/** What decides the factor of a photo. */
type Labelled = Pick<DatasetRecord, 'labels'>;

/**
 * A factor for each photo of each set, at least 1: `sqrt(threshold / f)` of its rarest class, where `f` is the share of the
 * photos that show the class, each counted as often as its set's weight says.
 *
 * @param threshold share of photos below which a class counts as rare, 0 to 1; 0 makes every factor 1
 */
export function repeatFactors(
  sets: readonly { readonly records: readonly Labelled[]; readonly weight: number }[],
  threshold: number,
): number[][] {
  const photosOf = new Map<number, number>();
  let photos = 0;
  for (const { records, weight } of sets) {
    photos += records.length * weight;
    for (const { labels } of records) {
      for (const label of new Set(labels)) photosOf.set(label, weight + (photosOf.get(label) ?? 0));
    }
  }
  const factorOf = (label: number) => Math.sqrt((threshold * photos) / photosOf.get(label)!);
  return sets.map(({ records, weight }) =>
    // A set that is never seen counts no photos, and its factors are never asked for.
    records.map(({ labels }) => (weight === 0 ? 1 : Math.max(1, ...Array.from(labels, factorOf)))),
  );
}
