/** @file The kinds of errors, by what they cost and by how many there are; several runs beside each other to compare. */
import { type ErrorBreakdown, type ErrorKind, errorKinds } from '../evaluation/error-breakdown.ts';
import { formatCount } from './axis.ts';
import { type BarGroup, barChart } from './bar-chart.ts';
import { type Canvas, type Figure, narrowWidth } from './figure.ts';
import { arrange, legend } from './line-chart.ts';
import {
  type DataDescription,
  describeData,
  describeMinScore,
  type ReportRun,
  type SetEvaluation,
  slug,
} from './report-data.ts';

const meanings: { readonly [Kind in ErrorKind]: { readonly label: string; readonly hint: string } } = {
  class: { label: 'class', hint: 'wrong word' },
  localisation: { label: 'localisation', hint: 'loose box' },
  both: { label: 'both', hint: 'word and box' },
  duplicate: { label: 'duplicate', hint: 'found already' },
  background: { label: 'background', hint: 'nothing there' },
  missed: { label: 'missed', hint: 'not found' },
};

export interface ErrorsOfRun {
  readonly run: Pick<ReportRun, 'name'>;
  readonly series: number;
  readonly found: Pick<SetEvaluation, 'errors'>;
}

export function errorFigure(data: DataDescription, models: readonly ErrorsOfRun[]): Figure {
  const groupsOf = (value: (errors: ErrorBreakdown, kind: ErrorKind) => number, format: (value: number) => string) =>
    errorKinds.map(
      (kind): BarGroup => ({
        ...meanings[kind],
        bars: models.map(({ series, found }) => {
          const length = value(found.errors, kind);
          return { series, value: length, text: format(length) };
        }),
      }),
    );
  const costs = groupsOf(
    ({ cost }, kind) => cost[kind] * 100,
    (points) => points.toFixed(1),
  );
  const counts = groupsOf(({ counts: each }, kind) => each[kind], formatCount);
  const from = describeMinScores(models);
  return {
    name: slug('errors', ...models.map(({ run }) => run.name), data.name, data.part),
    title: `Where it errs: ${models.map(({ run }) => run.name).join(', ')}`,
    data: describeData(data),
    notes: [
      'Kinds after TIDE (Bolya et al., 2020), at IoU 0.5, with 0.1 as the edge of background. Left, or above: points of mAP@0.5 that would be gained if this kind alone were put right, over all detections; they do not add up, for errors hide each other.',
      `Right, or below: how many, among detections ${from}. ${models.map((model) => balance(model, models.length > 1)).join(' ')}`,
    ],
    draw: (canvas) => {
      const isNarrow = canvas.width < narrowWidth;
      const top =
        models.length > 1
          ? legend(
              models.map(({ run }) => run.name),
              canvas,
              models.map(({ series }) => series),
            )
          : { height: 0, elements: '' };
      const body = arrange(
        [
          (each: Canvas) => barChart({ title: 'Cost', groups: costs, axisTitle: 'points of mAP@0.5 lost' }, each),
          (each: Canvas) => barChart({ title: 'Count', groups: counts, axisTitle: 'errors among what is shown' }, each),
        ],
        canvas,
        { columns: isNarrow ? 1 : 2 },
      );
      return {
        height: top.height + body.height,
        elements: `${top.elements}<g transform="translate(0 ${top.height})">${body.elements}</g>`,
      };
    },
  };
}

/** Each model shows its detections from scores of its own. */
function describeMinScores(models: readonly ErrorsOfRun[]): string {
  const scores = models.map(({ run, found }) => ({ name: run.name, score: describeMinScore(found.errors.minScore) }));
  if (scores.every(({ score }) => score === scores[0].score)) return `from score ${scores[0].score} on`;
  const each = scores.map(({ name, score }) => `${name} ${score}`).join(', ');
  return `from the score on that each model shows (${each}; --min-score sets one for all)`;
}

/** That the kinds add up, in numbers. */
function balance({ run, found }: ErrorsOfRun, isNamed: boolean): string {
  const { found: right, counts, mistaken } = found.errors;
  const wrong = errorKinds.filter((kind) => kind !== 'missed').reduce((sum, kind) => sum + counts[kind], 0);
  const boxes = right + mistaken + counts.missed;
  return `${isNamed ? `${run.name}: ` : ''}${formatCount(right + wrong)} detections = ${formatCount(right)} right + ${formatCount(wrong)} wrong; ${formatCount(boxes)} boxes = ${formatCount(right)} found + ${formatCount(mistaken)} with a class or localisation error + ${formatCount(counts.missed)} missed.`;
}
