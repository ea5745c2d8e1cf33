/** @file Precision over recall, a small panel a class, at IoU 0.5; several runs in one panel to compare them. */
import { recallPoints } from '../evaluation/accumulate.ts';
import type { PrecisionCurves } from '../evaluation/evaluate-detections.ts';
import { plural } from '../text/plural.ts';
import { type Canvas, type Drawing, type Figure, narrowWidth, rectangle, round, segment } from './figure.ts';
import { arrange, legend } from './line-chart.ts';
import { type DataDescription, describeData, type ReportRun, type SetEvaluation, slug } from './report-data.ts';
import { fitText, svgText, textWidth } from './svg-text.ts';

export interface RecallCurve {
  readonly run: Pick<ReportRun, 'name'>;
  readonly series: number;
  readonly found: Pick<SetEvaluation, 'evaluation'>;
}

export function recallFigure(data: DataDescription, models: readonly RecallCurve[]): Figure {
  const classes = models[0].found.evaluation.perClass;
  const isMissing = classes.some(({ groundTruths }) => groundTruths === 0);
  const isRare = classes.some(({ groundTruths }) => groundTruths > 0 && groundTruths < 10);
  return {
    name: slug('precision-recall', ...models.map(({ run }) => run.name), data.name, data.part),
    title: `Precision over recall by class: ${models.map(({ run }) => run.name).join(', ')}`,
    data: describeData(data),
    notes: [
      'Across, recall: share of the boxes of a class that are found; up, precision: share of the detections that are right, as the score falls (IoU 0.5, COCO’s 101 points). Beside the name: number of boxes. AP is the mean height.',
      ...(isRare ? ['Curves of fewer than ten boxes move much with other photos.'] : []),
      ...(isMissing ? ['No boxes: the class does not occur here and has no AP (COCO writes -1).'] : []),
    ],
    draw: (canvas) => {
      const top =
        models.length > 1
          ? legend(
              models.map(({ run }) => run.name),
              canvas,
              models.map(({ series }) => series),
            )
          : { height: 0, elements: '' };
      const panels = classes.map(
        ({ label, groundTruths }, classIndex) =>
          (each: Canvas) =>
            panel(label, groundTruths, classIndex, models, each),
      );
      const columns = canvas.width < narrowWidth ? 2 : canvas.width < 760 ? 3 : 4;
      const body = arrange(panels, canvas, { columns, gap: canvas.width < narrowWidth ? 16 : 26 });
      return {
        height: top.height + body.height,
        elements: `${top.elements}<g transform="translate(0 ${top.height})">${body.elements}</g>`,
      };
    },
  };
}

function panel(
  label: string,
  groundTruths: number,
  classIndex: number,
  models: readonly RecallCurve[],
  { width, theme, font }: Canvas,
): Drawing {
  const head = { size: 13, font, isBold: true };
  const small = { size: 11, font };
  const left = 24;
  const top = 24;
  const right = width - 6;
  const side = right - left;
  const bottom = top + side * 0.72;
  const x = (recall: number) => left + recall * side;
  const y = (precision: number) => bottom - precision * (bottom - top);
  const count = plural(groundTruths, 'box', 'boxes');
  const elements = [
    svgText(fitText(label, side * 0.58, head), { ...head, x: left, baseline: 13, fill: theme.ink }),
    svgText(groundTruths === 0 ? 'no boxes' : count, {
      ...small,
      x: right,
      baseline: 13,
      fill: theme.quiet,
      anchor: 'end',
    }),
    ...[0, 0.5, 1].flatMap((tick) => [
      segment(left, y(tick), right, y(tick), `stroke="${tick === 0 ? theme.quiet : theme.line}"`),
      segment(x(tick), top, x(tick), bottom, `stroke="${tick === 0 ? theme.quiet : theme.line}"`),
      svgText(String(tick), { ...small, x: left - 5, baseline: y(tick) + 4, fill: theme.quiet, anchor: 'end' }),
      svgText(String(tick), { ...small, x: x(tick), baseline: bottom + 14, fill: theme.quiet, anchor: 'middle' }),
    ]),
  ];
  if (groundTruths > 0) {
    for (const { series, found } of models) {
      const colour = theme.series[series % theme.series.length];
      const path = pathOf(found.evaluation.curves, classIndex, x, y);
      if (models.length === 1) {
        elements.push(
          `<path d="${path}L${round(x(1))} ${round(y(0))}L${round(x(0))} ${round(y(0))}Z" fill="${colour}" fill-opacity="0.14"/>`,
        );
      }
      elements.push(
        `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${models.length === 1 ? 2.2 : 1.9}" stroke-linejoin="round"/>`,
      );
    }
    elements.push(...figures(classIndex, models, { left, right, top, bottom, theme, font }));
  }
  return { height: bottom + 20, elements: elements.join('') };
}

interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** AP of each run where the curves are not: low on the left below good ones, high on the right above poor ones. */
function figures(
  classIndex: number,
  models: readonly RecallCurve[],
  { left, right, top, bottom, theme, font }: Edges & Omit<Canvas, 'width'>,
): string[] {
  const style = { size: 12, font, isBold: true };
  const isPoor = models.every(({ found }) => found.evaluation.perClass[classIndex].AP50 < 0.5);
  return models.flatMap(({ series, found }, index) => {
    const { AP50 } = found.evaluation.perClass[classIndex];
    const baseline = isPoor ? top + 16 + index * 16 : bottom - 7 - (models.length - 1 - index) * 16;
    const text = models.length === 1 ? `AP ${AP50.toFixed(2)}` : AP50.toFixed(2);
    const width = textWidth(text, style) + 8;
    const x = isPoor ? right - width - 3 : left + 3;
    const ground = { x, y: baseline - 12, width, height: 15 };
    return [
      rectangle(ground, `rx="3" fill="${theme.paper}" fill-opacity="0.8"`),
      svgText(text, { ...style, x: x + 4, baseline, fill: theme.series[series % theme.series.length] }),
    ];
  });
}

/** Steps down where the next recall point is worth less. */
function pathOf(
  { precision, iouThresholds }: PrecisionCurves,
  classIndex: number,
  x: (recall: number) => number,
  y: (precision: number) => number,
): string {
  const numPoints = recallPoints.length;
  const step = Math.max(0, iouThresholds.indexOf(0.5));
  const start = (classIndex * iouThresholds.length + step) * numPoints;
  const values = precision.subarray(start, start + numPoints);
  const parts: string[] = [];
  for (let point = 0; point < numPoints; point++) {
    // What does not change needs no corner.
    const isCorner = point === 0 || point === numPoints - 1 || values[point] !== values[point - 1];
    const isBeforeCorner = point < numPoints - 1 && values[point] !== values[point + 1];
    if (!isCorner && !isBeforeCorner) continue;
    parts.push(`${point === 0 ? 'M' : 'L'}${round(x(recallPoints[point]))} ${round(y(Math.max(0, values[point])))}`);
  }
  return parts.join('');
}
