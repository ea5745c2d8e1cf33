/**
 * @file Measures from which similarity on a match of a model is strong or fair, on garments that nothing was trained on.
 *
 * Pairs are drawn as a search meets them: garments of the dev fold photographed again, found by the detector, each with
 * its ten nearest items; a pair is judged by whether both are one garment, and whether both are of one class.
 */
import { basename, resolve } from 'node:path';
import type { MatchCalibration } from '../detector/match-calibration.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { fitCalibration } from '../embedding/match.ts';
import { DeepShopError } from '../errors/errors.ts';
import { type RetrievalFigures, retrievalFigures } from '../evaluation/retrieval-metrics.ts';
import { plural } from '../text/plural.ts';
import { describerOf, openRephotographedTest } from './rephotographed-test-node.ts';
import { type BoxMode, runRetrievalTest, type TestAnswer } from './retrieval-test.ts';

export interface CalibrationOptions {
  /** A prepared data set with masks. */
  readonly data: string;
  readonly grounds: readonly string[];
  readonly seed: number;
  readonly onPhoto?: (done: number, total: number) => void;
}

export interface MeasuredMatches {
  readonly descriptor: DescriptorName;
  /** Null where no similarity has nine matches in ten. */
  readonly calibration: MatchCalibration | null;
  /** On the same pairs. */
  readonly figures: RetrievalFigures;
  readonly queries: number;
  readonly missed: number;
}

/** Of those of the descriptors that the engine has. */
export async function calibrateMatches(
  engine: GarmentEngine,
  descriptors: readonly DescriptorName[],
  options: CalibrationOptions,
): Promise<MeasuredMatches[]> {
  const { data, grounds, seed, onPhoto } = options;
  const test = await openRephotographedTest({ data, part: 'dev', grounds, numQueries: null, seed });
  const total = test.gallery.length + test.queries.length;
  const measured = descriptors.flatMap((descriptor) => {
    const describer = describerOf(engine, descriptor);
    if (describer === null) return [];
    const modes: readonly BoxMode[] = [describer.modes.includes('detected') ? 'detected' : 'whole'];
    return [{ descriptor, describer: { ...describer, modes } }];
  });
  const results = await runRetrievalTest({
    ...test,
    engine,
    describers: measured.map(({ describer }) => describer),
    onPhoto: (done) => onPhoto?.(done, total),
  });
  return results.map(({ answers }, index) => ({
    descriptor: measured[index].descriptor,
    calibration: fitted(
      answers,
      `${basename(resolve(data))}, dev fold: ${plural(answers.length, 'garment')} photographed again (seed ${seed}), found by the detector, each with its 10 nearest of ${plural(test.gallery.length, 'item')}`,
    ),
    figures: retrievalFigures(answers),
    queries: answers.length,
    missed: answers.filter(({ isDetected }) => !isDetected).length,
  }));
}

function fitted(answers: readonly TestAnswer[], source: string): MatchCalibration | null {
  const pairs = answers.flatMap(({ similarities, isRelevant, isSameClass }) =>
    similarities.map((similarity, index) => {
      const isSame = isRelevant[index];
      return { similarity, isSame, isAlike: isSame || isSameClass?.[index] === true };
    }),
  );
  try {
    return fitCalibration(pairs, source);
  } catch (error) {
    if (error instanceof DeepShopError && error.code === 'calibration') return null;
    throw error;
  }
}
