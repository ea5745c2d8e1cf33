/** @file The paper's figures 4 and 5: validation losses and accuracies by step. */
import { wordFor } from '../text/plural.ts';
import { axisOf, formatCount } from './axis.ts';
import { type BarGroup, barChart } from './bar-chart.ts';
import { type Canvas, type Drawing, type Figure, narrowWidth } from './figure.ts';
import { arrange, type Line, legend, lineChart } from './line-chart.ts';
import {
  type DataDescription,
  dataSetsOf,
  describeData,
  devDataOf,
  evaluationsOn,
  type ReportRun,
} from './report-data.ts';
import { type CurvePoint, thinned, validationPoint } from './run-curves.ts';

/** So many points of training are drawn at most: enough to see it fall, few enough to see validation through it. */
const trainingPoints = 80;

const topClassTitle = 'Top-class accuracy, photo by photo';

/** Figure 4: validation loss, and the box head's part of it. */
export function lossFigure(runs: readonly ReportRun[]): Figure {
  const panels = [
    { title: 'Validation loss', value: ({ loss }: CurvePoint) => loss },
    { title: 'Box regression loss', value: ({ boxLoss }: CurvePoint) => boxLoss },
  ];
  return {
    name: 'figure-4-loss',
    title: 'Figure 4: losses while training',
    data: devDataOfAll(runs),
    notes: [
      'Marks: validation on the dev folds, photos as they are. Thin lines: training, on photos as the recipe augments them, averaged over neighbouring steps. The loss of a detector is the sum of RPN objectness and box, and box-head class and box; that of the five-layer baseline the sum of class, box and decay, so the two do not compare. The box regression loss is the box head’s, or the baseline’s one. Losses that tower over the rest, if there are any, lie above the axis.',
      ...(runs.some(({ curves }) => (curves?.phases.length ?? 0) > 1)
        ? ['Runs in phases train a part of the model in each: the thin loss is the sum of that part’s losses alone.']
        : []),
      ...missingLogs(runs),
    ],
    draw: (canvas) =>
      withLegend(runs, canvas, (rest) =>
        arrange(
          panels.map(({ title, value }) => (each: Canvas) => {
            const lines = curvesOf(runs, value);
            const values = lines.flatMap(({ points }) => points.map(([, y]) => y));
            const yAxis = axisOf(withoutStart(values), { numSteps: 5, from: 0 });
            const clipped = lines.map((line) => ({
              ...line,
              points: line.points.filter(([, y]) => y <= yAxis.max),
            }));
            return lineChart(
              {
                title,
                lines: clipped,
                yAxis,
                xTitle: 'training step',
                height: rest.width < narrowWidth ? 190 : 250,
                valueDecimals: 3,
                emptyText: 'No validation in the log yet.',
                spans: spansOf(runs),
              },
              each,
            );
          }),
          rest,
          { columns: rest.width < narrowWidth ? 1 : 2 },
        ),
      ),
  };
}

/** Figure 5: Detectron's accuracy over sampled regions, and what a reader would take accuracy to mean. */
export function accuracyFigure(runs: readonly ReportRun[]): Figure {
  return {
    name: 'figure-5-accuracy',
    title: 'Figure 5: accuracies while training',
    data: devDataOfAll(runs),
    notes: [
      'RoI accuracy is what Detectron logs as accuracy, and the paper prints: of the sampled regions, most of them background, the share whose class is right. Top-class accuracy: of the photos with a label, the share whose best detection names one of them.',
      'Marks: validation. Thin lines: training. The axis of the curves does not begin at 0.',
    ],
    draw: (canvas) =>
      withLegend(runs, canvas, (rest) =>
        arrange(
          [
            (each: Canvas) =>
              lineChart(
                {
                  title: 'RoI accuracy, background included',
                  lines: curvesOf(runs, ({ roiAccuracy }) => roiAccuracy),
                  yAxis: shareAxis(curvesOf(runs, ({ roiAccuracy }) => roiAccuracy)),
                  xTitle: 'training step',
                  height: rest.width < narrowWidth ? 190 : 250,
                  valueDecimals: 3,
                  emptyText: 'The log has no RoI accuracy.',
                  spans: spansOf(runs),
                },
                each,
              ),
            (each: Canvas) => {
              const lines = topClassLines(runs);
              const groups = lines.length > 0 ? [] : topClassBars(runs);
              if (groups.length > 0) {
                const axisTitle = 'share of the photos, finished models';
                return barChart({ title: topClassTitle, groups, axisTitle, max: 1 }, each);
              }
              return lineChart(
                {
                  title: topClassTitle,
                  lines,
                  yAxis: shareAxis(lines),
                  xTitle: 'training step',
                  height: rest.width < narrowWidth ? 190 : 250,
                  valueDecimals: 3,
                  emptyText: 'Not in these logs. deepshop report --data DIR measures the finished models.',
                },
                each,
              );
            },
          ],
          rest,
          { columns: rest.width < narrowWidth ? 1 : 2 },
        ),
      ),
  };
}

function withLegend(runs: readonly ReportRun[], canvas: Canvas, draw: (canvas: Canvas) => Drawing): Drawing {
  const names = legend(
    runs.map(({ name }) => name),
    canvas,
  );
  const body = draw(canvas);
  return {
    height: names.height + body.height,
    elements: `${names.elements}<g transform="translate(0 ${names.height})">${body.elements}</g>`,
  };
}

/** The phases of a run that is alone in the figure; of several they would be lines over lines. */
function spansOf(runs: readonly ReportRun[]) {
  return runs.length === 1 ? (runs[0].curves?.phases ?? []) : [];
}

/** A pale line of training and a strong one of validation for each run. */
function curvesOf(runs: readonly ReportRun[], value: (point: CurvePoint) => number | null): Line[] {
  return runs.flatMap(({ name, curves }, series): Line[] => {
    if (curves === null) return [];
    const pointsOf = (points: readonly CurvePoint[]) =>
      points.flatMap((point): [number, number][] => {
        const y = value(point);
        return y === null ? [] : [[point.step, y]];
      });
    return [
      { name, series, points: pointsOf(thinned(curves.training, trainingPoints)), isFaint: true },
      { name, series, points: pointsOf(curves.validation.map(validationPoint)) },
    ];
  });
}

/** By step, where the logs have it. */
function topClassLines(runs: readonly ReportRun[]): Line[] {
  return runs.flatMap(({ name, curves }, series): Line[] => {
    const names = Object.keys(curves?.validation.at(-1)?.perDataset ?? {});
    return names.flatMap((set): Line[] => {
      const points = (curves?.validation ?? []).flatMap(({ step, perDataset }): [number, number][] => {
        const y = perDataset[set]?.topClassAccuracy;
        return y === undefined || y === -1 ? [] : [[step, y]];
      });
      const tag = names.length > 1 ? { tag: set } : {};
      return points.length === 0 ? [] : [{ name: `${name}, ${set}`, series, points, ...tag }];
    });
  });
}

/** Of the finished models, where they were evaluated now. */
function topClassBars(runs: readonly ReportRun[]): BarGroup[] {
  return dataSetsOf(runs).map((data) => {
    const models = evaluationsOn(runs, data);
    return {
      label: `${data.name}, ${data.part}`,
      hint: `${formatCount(models[0].found.topClass.photos)} with a label`,
      bars: models.map(({ series, found }) => {
        const { accuracy } = found.topClass;
        const value = accuracy === -1 ? null : accuracy;
        return { series, value, text: value === null ? 'no labels there' : value.toFixed(3) };
      }),
    };
  });
}

/**
 * The first steps of an untrained network tower over the rest, and a run that blows up over all others: the axis is made
 * for all but the highest 4 %, and for nothing that is twenty times the median.
 */
function withoutStart(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const most = median > 0 ? 20 * median : Number.POSITIVE_INFINITY;
  return sorted.slice(0, Math.max(1, Math.ceil(sorted.length * 0.96))).filter((value) => value <= most);
}

function shareAxis(lines: readonly Line[]) {
  return axisOf([...lines.flatMap(({ points }) => points.map(([, y]) => y)), 1], { numSteps: 5 });
}

function devDataOfAll(runs: readonly ReportRun[]): string {
  const described = runs
    .filter(({ curves }) => curves !== null)
    .map(({ name, curves, kept }) => {
      const trained = (curves?.data ?? []).map(
        ({ name: set, photos }) =>
          `${set}${photos === null ? '' : ` (${formatCount(photos)} ${wordFor(photos, 'photo')})`}`,
      );
      const data = trained.length === 0 ? 'data that the log does not name' : trained.join(', ');
      return { name, text: `trained on ${data}; validated on ${describeFolds(devDataOf(kept))}` };
    });
  const [first] = described;
  if (first === undefined) return 'No run with a log.';
  // Runs of a sweep have their data in common.
  if (described.length > 1 && described.every(({ text }) => text === first.text)) return `All runs: ${first.text}.`;
  return described.map(({ name, text }) => `${name}: ${text}.`).join(' ');
}

/** Folds that are not counted in the log are named together. */
function describeFolds(folds: readonly DataDescription[]): string {
  if (folds.length === 0) return 'nothing yet';
  if (folds.some(({ photos, boxes }) => photos !== null || boxes !== null)) return folds.map(describeData).join('; ');
  const names = folds.map(({ name }) => name).join(', ');
  return `the dev ${wordFor(folds.length, 'fold')} of ${names} (photos and boxes not counted in the log)`;
}

function missingLogs(runs: readonly ReportRun[]): string[] {
  const silent = runs.filter(({ curves }) => curves === null).map(({ name }) => name);
  return silent.length === 0 ? [] : [`Without a log, and so without curves: ${silent.join(', ')}.`];
}
