/**
 * @file How hard a retrieval test is: what features find that nothing was trained on. It depends on the test alone, so what
 * was measured once holds for whoever puts the same test again. Measured ones come with the package.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The same way up from `src/retrieval` and from `dist/retrieval`. */
const bundled = fileURLToPath(new URL('../../recipes/difficulty/measured.json', import.meta.url));

const share = z.number().min(0).max(1);
const measuredSchema = z.array(
  z.strictObject({
    /** `RephotographedTest.id` */
    test: z.string().regex(/^[0-9a-f]{64}$/),
    /** For people: data sets, part, count and seed. */
    of: z.string().min(1),
    measuredOn: z.iso.date(),
    given: share,
    whole: share,
  }),
);

/** Recall@1 of features that no garment was trained on. */
export interface Difficulty {
  /** With the labelled box on both sides. */
  readonly given: number;
  /** With the whole photo on both sides. */
  readonly whole: number;
  /** `2026-11-28`; null for now. */
  readonly measuredOn: string | null;
}

/**
 * What was measured for a test; null where nothing was.
 *
 * @param test of `RephotographedTest`
 * @param path a JSON file of measured tests; those that come with the package unless given
 */
export async function knownDifficulty(test: string, path = bundled): Promise<Difficulty | null> {
  const measured = measuredSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const found = measured.find((one) => one.test === test);
  if (found === undefined) return null;
  const { given, whole, measuredOn } = found;
  return { given, whole, measuredOn };
}
