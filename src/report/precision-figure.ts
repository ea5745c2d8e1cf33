/** @file The paper's figure 6: six average precisions of each model as bars. */
import type { CocoNumbers } from '../evaluation/evaluate-detections.ts';
import { type BarGroup, barChart } from './bar-chart.ts';
import type { Figure } from './figure.ts';
import { legend } from './line-chart.ts';
import {
  type DataDescription,
  dataSetsOf,
  describeData,
  devDataOf,
  evaluationsOn,
  formatShare,
  type ReportRun,
  slug,
} from './report-data.ts';

type PrecisionName = 'AP50' | 'AP' | 'AP75' | 'APs' | 'APm' | 'APl';

/** In the paper's order. */
const precisions: readonly { readonly name: PrecisionName; readonly label: string; readonly hint: string }[] = [
  { name: 'AP50', label: 'mAP@0.5', hint: 'all areas' },
  { name: 'AP', label: 'mAP@[.5:.95]', hint: 'all areas' },
  { name: 'AP75', label: 'mAP@0.75', hint: 'all areas' },
  { name: 'APs', label: 'small', hint: 'up to 32 x 32 px' },
  { name: 'APm', label: 'medium', hint: 'to 96 x 96 px' },
  { name: 'APl', label: 'large', hint: 'over 96 x 96 px' },
];

interface Model {
  readonly series: number;
  readonly name: string;
  readonly numbers: Pick<CocoNumbers, PrecisionName>;
  readonly interval: (name: PrecisionName) => readonly [number, number] | null;
}

/** One figure a data set: those that models were evaluated on now, else the dev folds of the logs. */
export function precisionFigures(runs: readonly ReportRun[]): Figure[] {
  const evaluated = dataSetsOf(runs).map((data) => {
    const models = evaluationsOn(runs, data).map(
      ({ run, series, found }): Model => ({
        series,
        name: run.name,
        numbers: found.evaluation,
        interval: (name) => found.intervals?.numbers[name] ?? null,
      }),
    );
    return precisionFigure(data, models);
  });
  if (evaluated.length > 0) return evaluated;
  const folds = new Map<string, { data: DataDescription; models: Model[] }>();
  for (const [series, { name, kept }] of runs.entries()) {
    for (const data of devDataOf(kept)) {
      const fold = folds.get(data.name) ?? { data, models: [] };
      folds.set(data.name, fold);
      fold.models.push({ series, name, numbers: kept!.perDataset[data.name], interval: () => null });
    }
  }
  return [...folds.values()].map(({ data, models }) => precisionFigure(data, models));
}

function precisionFigure(data: DataDescription, models: readonly Model[]): Figure {
  const groups = precisions.map(({ name, label, hint }): BarGroup => {
    const bars = models.map(({ series, numbers, interval }) => ({
      series,
      value: numbers[name] === -1 ? null : numbers[name],
      text: formatShare(numbers[name]),
      interval: interval(name),
    }));
    return { label, hint, bars };
  });
  const hasIntervals = models.some(({ interval }) => interval('AP50') !== null);
  const isMissing = precisions.some(({ name }) => models.some(({ numbers }) => numbers[name] === -1));
  return {
    name: slug('figure-6-precision', data.name, data.part),
    title: 'Figure 6: average precision',
    data: describeData(data),
    notes: [
      'Means over the classes, by COCO’s rules; the last three over annotations of that size, IoU 0.5 to 0.95.',
      ...(hasIntervals ? ['Whiskers: 95 % intervals by bootstrap over the photos.'] : []),
      ...(isMissing ? ['None there: no annotation of this size (COCO writes -1), not a precision of 0.'] : []),
    ],
    draw: (canvas) => {
      // Colours by place in the report, so that a run keeps its colour in every figure.
      const names = models.map(({ name, series }) => ({ name, series }));
      const top =
        names.length > 0
          ? legend(
              names.map(({ name }) => name),
              canvas,
              names.map(({ series }) => series),
            )
          : { height: 0, elements: '' };
      const chart = barChart({ title: '', groups, axisTitle: 'average precision, 0 to 1', max: 1 }, canvas);
      return {
        height: top.height + chart.height,
        elements: `${top.elements}<g transform="translate(0 ${top.height})">${chart.elements}</g>`,
      };
    },
  };
}
