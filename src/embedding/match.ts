/** @file What a similarity is worth: strong, fair or weak by a descriptor's calibration, and how that is fitted. */
import type { MatchCalibration } from '../detector/match-calibration.ts';
import { DeepShopError } from '../errors/errors.ts';

export type Match = 'strong' | 'fair' | 'weak';

/** Null where the descriptor was not calibrated: a flat cut-off would be a guess. */
export function gradeMatch(similarity: number, calibration: MatchCalibration | undefined): Match | null {
  if (calibration === undefined) return null;
  if (similarity >= calibration.strong) return 'strong';
  return similarity >= calibration.fair ? 'fair' : 'weak';
}

/** Two vectors that were compared, and what a person would say of them. */
export interface JudgedPair {
  readonly similarity: number;
  /** They show one garment. */
  readonly isSame: boolean;
  /** They show garments of one class; so do pictures of one garment. */
  readonly isAlike: boolean;
}

/** How often a grade or better must be right, at its similarity. */
const probability = 0.9;

/**
 * The lowest similarities at which nine in ten pairs are one garment (strong), and nine in ten of one class (fair).
 *
 * The share at a similarity is the rising step function nearest to the pairs (isotonic regression by pooling adjacent
 * violators). It depends on how many of the pairs match at all: draw them as a search meets them, each query with its
 * nearest items, from photos that nothing was trained on.
 *
 * Reference: Zadrozny and Elkan, Transforming classifier scores into accurate multiclass probability estimates, 2002.
 *
 * @throws DeepShopError `calibration` when no similarity reaches such a share
 */
export function fitCalibration(pairs: readonly JudgedPair[], source: string): MatchCalibration {
  const from = (what: 'isSame' | 'isAlike'): number => {
    const steps = risingSteps(pairs, what);
    const step = steps.find(({ matches, count }) => matches / count >= probability);
    if (step !== undefined) return step.similarity;
    const highest = steps.at(-1);
    throw new DeepShopError('calibration', 'the pairs do not say from when on a match is one', {
      where: source,
      expected: `similarities at which ${100 * probability} % of the pairs are ${what === 'isSame' ? 'one garment' : 'of one class'}`,
      got: highest === undefined ? 'no pairs' : `${Math.round((100 * highest.matches) / highest.count)} % at best`,
      cure: 'Give more pairs that match, or a descriptor that tells them apart.',
    });
  };
  return { strong: from('isSame'), fair: from('isAlike'), pairs: pairs.length, source };
}

/** Pairs of neighbouring similarities; their share of matches rises from step to step. */
interface Step {
  /** The lowest. */
  readonly similarity: number;
  readonly matches: number;
  readonly count: number;
}

function risingSteps(pairs: readonly JudgedPair[], what: 'isSame' | 'isAlike'): Step[] {
  const counts = new Map<number, { matches: number; count: number }>();
  for (const { similarity, [what]: isMatch } of pairs) {
    // Equal similarities cannot be told apart: they are one step from the start.
    const { matches, count } = counts.get(similarity) ?? { matches: 0, count: 0 };
    counts.set(similarity, { matches: matches + (isMatch ? 1 : 0), count: count + 1 });
  }
  const steps: Step[] = [];
  for (const [similarity, counted] of [...counts].sort(([a], [b]) => a - b)) {
    let step: Step = { similarity, ...counted };
    for (let last = steps.at(-1); last !== undefined && !rises(last, step); last = steps.at(-1)) {
      steps.pop();
      const { similarity: lowest } = last;
      step = { similarity: lowest, matches: last.matches + step.matches, count: last.count + step.count };
    }
    steps.push(step);
  }
  return steps;
}

function rises(last: Step, next: Step): boolean {
  return last.matches * next.count < next.matches * last.count;
}
