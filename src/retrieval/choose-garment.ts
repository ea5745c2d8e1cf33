/** @file Which garment of a shop photo is the one for sale. */
import type { BoxTuple } from '../boxes/boxes.ts';
import type { GarmentDetection, GarmentEngine, PhotoAnalysis } from '../embedding/descriptor.ts';
import type { Photo } from '../image/photo.ts';
import { classesForCategory } from './category.ts';

/**
 * Detections down to this score are looked at where the category is known: that a bag is shown is then no question, only
 * where. On the drawn shop (300 items, an early model with a threshold of 0.5) the class fits 255 times instead of 163,
 * and 10 pictures are indexed whole instead of 56.
 */
export const lowestFittingScore = 0.04;

/** Below it a doubt is not answered: one in ten such is right, where scores are calibrated. */
export const lowestDoubt = 0.1;

/**
 * What is answered about a photo: the detections that are shown; where there are none, the surest of the doubtful ones
 * alone, since a shopper's photo shows a garment and the whole picture finds it far less often (docs/search.md). A lowest
 * score that the caller stated is kept.
 *
 * @param find detections down to a score, by descending score
 */
export async function shownOrSurest<D extends GarmentDetection>(
  shown: readonly D[],
  minScore: number | undefined,
  find: (minScore: number) => Promise<readonly D[]>,
): Promise<readonly D[]> {
  return shown.length > 0 || minScore !== undefined ? shown : (await find(lowestDoubt)).slice(0, 1);
}

/** A photo's analysis, and what is answered about it; the network runs a second time only where nothing is shown. */
export async function analyseShown(
  engine: Pick<GarmentEngine, 'analyse'>,
  photo: Photo,
  { descriptor, minScore }: Parameters<GarmentEngine['analyse']>[1],
): Promise<{ readonly analysis: PhotoAnalysis; readonly garments: PhotoAnalysis['detections'] }> {
  const analyse = (lowest: number | undefined) => engine.analyse(photo, { descriptor, minScore: lowest });
  const analysis = await analyse(minScore);
  const garments = await shownOrSurest(
    analysis.detections,
    minScore,
    async (lowest) => (await analyse(lowest)).detections,
  );
  return { analysis, garments };
}

/** Down to which score detections are asked for: doubtful ones too. */
export function scoreToChooseFrom({ classes, minScoreOf }: Pick<GarmentEngine, 'classes' | 'minScoreOf'>): number {
  return Math.min(lowestFittingScore, ...classes.map(minScoreOf));
}

/**
 * The largest of those whose class fits the category; failing that the surest of the doubtful ones that fit, then the
 * largest of any class; undefined when nothing was found.
 *
 * @param detections down to {@link lowestFittingScore}; from the score of their class on they are not doubtful
 */
export function chooseGarment<D extends GarmentDetection>(
  detections: readonly D[],
  {
    category,
    classes,
    minScoreOf,
  }: { readonly category: string | null } & Pick<GarmentEngine, 'classes' | 'minScoreOf'>,
): D | undefined {
  const wanted = category === null ? [] : classesForCategory(category, classes);
  const fitting = detections.filter(({ label }) => wanted.includes(label));
  const isSure = ({ label, score }: D) => score >= minScoreOf(label);
  return (
    most(fitting.filter(isSure), areaOf) ??
    most(fitting, ({ score }) => score) ??
    most(detections.filter(isSure), areaOf)
  );
}

function most<D>(list: readonly D[], measure: (element: D) => number): D | undefined {
  return list.reduce<D | undefined>(
    (best, element) => (best === undefined || measure(element) > measure(best) ? element : best),
    undefined,
  );
}

function areaOf({ box: [x1, y1, x2, y2] }: { readonly box: BoxTuple }): number {
  return (x2 - x1) * (y2 - y1);
}
