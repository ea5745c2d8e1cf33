/** @file What stands in a report, in which order: runs one after the other, or side by side to compare them. */
import { bootstrapDifference } from '../evaluation/bootstrap.ts';
import { confusionFigure } from './confusion-figure.ts';
import { accuracyFigure, lossFigure } from './curve-figures.ts';
import { errorFigure } from './error-figure.ts';
import type { Figure } from './figure.ts';
import { precisionFigures } from './precision-figure.ts';
import { recallFigure } from './recall-figure.ts';
import { reliabilityFigure } from './reliability-figure.ts';
import { type DataDescription, dataSetsOf, evaluationsOn, type ReportRun, type SetEvaluation } from './report-data.ts';
import { type TableRow, tableRows } from './table-two.ts';
import { type WorstPhoto, worstPhotos } from './worst-photos.ts';

/** A run on a data set, with its place in the report: its colour everywhere. */
export interface Model {
  readonly run: ReportRun;
  readonly series: number;
  readonly found: SetEvaluation;
}

/** One run on one data set, or several that are compared on it. */
export interface Section {
  readonly title: string;
  readonly data: DataDescription;
  readonly models: readonly Model[];
  readonly figures: readonly Figure[];
  readonly worst: readonly WorstPhoto[];
  /** How far each model lies above the first, with 95 % intervals; null without them, and for the first. */
  readonly rises: readonly (ReturnType<typeof bootstrapDifference> | null)[];
}

export interface Report {
  readonly runs: readonly ReportRun[];
  readonly rows: readonly TableRow[];
  /** Figures 4 to 6: every run is in each. */
  readonly figures: readonly Figure[];
  readonly sections: readonly Section[];
}

/** @param worst how many photos of each section are shown */
export function composeReport(
  runs: readonly ReportRun[],
  { isComparison, worst }: { readonly isComparison: boolean; readonly worst: number },
): Report {
  const groups = dataSetsOf(runs).flatMap((data): { data: DataDescription; models: Model[] }[] => {
    const models = evaluationsOn(runs, data);
    return isComparison ? [{ data, models }] : models.map((model) => ({ data, models: [model] }));
  });
  // Run by run unless they are compared.
  if (!isComparison) groups.sort((a, b) => a.models[0].series - b.models[0].series);
  const hasLogs = runs.some(({ curves }) => curves !== null);
  return {
    runs,
    rows: tableRows(runs),
    figures: [...(hasLogs ? [lossFigure(runs), accuracyFigure(runs)] : []), ...precisionFigures(runs)],
    sections: groups.map(({ data, models }) => ({
      title: `${models.map(({ run }) => run.name).join(' beside ')} on ${data.name}, ${data.part}`,
      data,
      models,
      figures: [
        recallFigure(data, models),
        ...models.map(({ run, found }) => confusionFigure(run, found)),
        errorFigure(data, models),
        reliabilityFigure(data, models),
      ],
      worst: worstPhotos(models, worst),
      rises: models.map(({ found }, index) => (index === 0 ? null : riseOf(models[0].found, found))),
    })),
  };
}

function riseOf(first: SetEvaluation, { evaluation, intervals }: SetEvaluation): Section['rises'][number] {
  if (intervals === null) return null;
  const { resamples, seed, level } = intervals;
  return bootstrapDifference([evaluation.matches, first.evaluation.matches], { resamples, seed, level });
}
