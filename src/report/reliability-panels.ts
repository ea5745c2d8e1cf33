/** @file The panels of a reliability diagram: how often detections of a score are right, and how many there are of each. */
import { expectedCalibrationError, fewestOfBin, lowestScore, type ReliabilityBin } from '../evaluation/reliability.ts';
import { type Axis, axisOf, formatCount, formatTick, scaleOf } from './axis.ts';
import {
  type Canvas,
  type Drawing,
  marker,
  markers,
  narrowWidth,
  rectangle,
  round,
  segment,
  textBlock,
} from './figure.ts';
import { arrange, valueGrid } from './line-chart.ts';
import { formatShare, type Reliability } from './report-data.ts';
import { svgText, textWidth } from './svg-text.ts';

export interface ReliabilityCurve extends Reliability {
  /** Which colour and marker. */
  readonly series: number;
}

/** Of the square that the diagram is, and of the counts below it on a phone, in pixels. */
const largestSide = 420;
const countsHeight = 150;

/** A row of panels each, or on a phone all under each other; `of` goes before their titles. */
export function reliabilityPanels(
  rows: readonly { readonly of: string | null; readonly curves: readonly ReliabilityCurve[] }[],
  canvas: Canvas,
): Drawing {
  const isNarrow = canvas.width < narrowWidth;
  return arrange(
    rows.flatMap(({ of, curves }) => {
      const counts = curves.flatMap(({ bins }) => bins.map(({ count }) => count));
      const countAxis = axisOf(counts, { numSteps: 4, from: 0 });
      const height = isNarrow ? countsHeight : null;
      return [
        (each: Canvas) =>
          diagram(of === null ? 'Share that is right' : `${of}: share that is right`, curves, countAxis, each),
        (each: Canvas) => countChart(of === null ? 'How many' : `${of}: how many`, curves, countAxis, height, each),
      ];
    }),
    canvas,
    { columns: isNarrow ? 1 : 2 },
  );
}

const unitAxis = axisOf([0, 1], { numSteps: 5 });
const labelSize = 12;

interface ScorePanel {
  readonly title: string;
  readonly yAxis: Axis;
  readonly xTitle: string;
  /** Of the frame; null for a square. */
  readonly height: number | null;
  /** The y axes of the panels beside each other, whose frames are to be of one size. */
  readonly axes: readonly Axis[];
}

/** Head, grid and ticks of a panel whose x axis is the score, and where things go in it. */
function scoreFrame({ title, yAxis, xTitle, height, axes }: ScorePanel, { width, theme, font }: Canvas) {
  const small = { size: labelSize, font };
  const head = textBlock(title, { x: 0, y: 0, room: width, size: 14, fill: theme.ink, font, isBold: true });
  const tickTexts = axes.flatMap((axis) => axis.ticks.map((tick) => formatTick(tick, axis)));
  const left = Math.max(...tickTexts.map((text) => textWidth(text, small))) + 10;
  const side = Math.min(width - left - 16, largestSide);
  const top = head.height + 12;
  const [right, bottom] = [left + side, top + (height ?? side)];
  const x = scaleOf(unitAxis, left, right);
  const y = scaleOf(yAxis, bottom, top);
  const elements = [
    head.elements,
    ...valueGrid(yAxis, { left, right, y, theme, font }),
    ...unitAxis.ticks.map((tick) =>
      svgText(formatTick(tick, unitAxis), {
        ...small,
        x: x(tick),
        baseline: bottom + 18,
        fill: theme.quiet,
        anchor: 'middle',
      }),
    ),
    svgText(xTitle, {
      ...small,
      x: (left + right) / 2,
      baseline: bottom + 36,
      fill: theme.quiet,
      anchor: 'middle',
    }),
  ];
  return { left, top, right, bottom, x, y, elements, height: bottom + 42 };
}

function diagram(title: string, curves: readonly ReliabilityCurve[], countAxis: Axis, canvas: Canvas): Drawing {
  const { theme, font } = canvas;
  const axes = [unitAxis, countAxis];
  const frame = scoreFrame({ title, yAxis: unitAxis, xTitle: 'mean score', height: null, axes }, canvas);
  const { left, top, right, bottom, x, y } = frame;
  const pathOf = (bins: readonly ReliabilityBin[]) =>
    pointsOf(bins)
      .map(({ meanScore, share }, index) => `${index === 0 ? 'M' : 'L'}${round(x(meanScore))} ${round(y(share))}`)
      .join('');
  const elements = [
    ...frame.elements,
    ...unitAxis.ticks.map((tick) =>
      segment(x(tick), top, x(tick), bottom, `stroke="${tick === 0 ? theme.quiet : theme.line}"`),
    ),
    segment(left, bottom, right, top, `stroke="${theme.quiet}" stroke-width="1.4" stroke-dasharray="4 4"`),
  ];
  for (const { series, rawBins } of curves) {
    if (rawBins === null) continue;
    const colour = theme.series[series % theme.series.length];
    elements.push(
      `<path d="${pathOf(rawBins)}" fill="none" stroke="${colour}" stroke-width="1.4" stroke-opacity="0.5"/>`,
    );
  }
  for (const { series, bins } of curves) {
    const colour = theme.series[series % theme.series.length];
    const kind = markers[series % markers.length];
    elements.push(
      `<path d="${pathOf(bins)}" fill="none" stroke="${colour}" stroke-width="2.4" stroke-linejoin="round"/>`,
      ...pointsOf(bins).map(({ meanScore, share, count }) => {
        // Hollow where it says little.
        const paint =
          count < fewestOfBin
            ? `fill="${theme.paper}" stroke="${colour}" stroke-width="1.8"`
            : `fill="${colour}" stroke="${theme.paper}" stroke-width="1.5"`;
        return marker(kind, x(meanScore), y(share), 4.4, paint);
      }),
    );
  }
  const style = { size: 12, font, isBold: true };
  for (const [index, curve] of curves.entries()) {
    const text = describeError(curve);
    // High on the left, where only a model that doubts itself has its curve.
    const ground = { x: left + 6, y: top + 6 + index * 17, width: textWidth(text, style) + 8, height: 16 };
    elements.push(
      rectangle(ground, `rx="3" fill="${theme.paper}" fill-opacity="0.8"`),
      svgText(text, {
        ...style,
        x: ground.x + 4,
        baseline: ground.y + 12.5,
        fill: theme.series[curve.series % theme.series.length],
      }),
    );
  }
  return { height: frame.height, elements: elements.join('') };
}

function describeError({ bins, rawBins }: Reliability): string {
  const error = expectedCalibrationError(bins);
  if (error === -1) return `none from ${lowestScore} on`;
  return `error ${formatShare(error)}${rawBins === null ? '' : `, raw ${formatShare(expectedCalibrationError(rawBins))}`}`;
}

/** Bars by tenth of the score, those of several runs beside each other, with their numbers where there is room. */
function countChart(
  title: string,
  curves: readonly ReliabilityCurve[],
  yAxis: Axis,
  height: number | null,
  canvas: Canvas,
): Drawing {
  const { theme, font } = canvas;
  const frame = scoreFrame({ title, yAxis, xTitle: 'score', height, axes: [unitAxis, yAxis] }, canvas);
  const { x, y, top, bottom } = frame;
  const elements = [...frame.elements];
  const style = { size: 11, font };
  const slot = (x(0.1) - x(0) - 4) / curves.length;
  const widest = Math.max(
    ...curves.flatMap(({ bins }) => bins.map(({ count }) => textWidth(formatCount(count), style))),
  );
  // A number alone may reach over its bar's edges; of several runs none does, or they would run into each other.
  const hasNumbers = widest <= (curves.length === 1 ? slot + 4 : slot);
  for (const [place, { series, bins }] of curves.entries()) {
    for (const { from, count } of bins) {
      if (count === 0) continue;
      const left = x(from) + 2 + place * slot;
      const barTop = Math.min(y(count), bottom - 1);
      elements.push(
        rectangle(
          { x: left, y: barTop, width: slot - (curves.length > 1 ? 1 : 0), height: bottom - barTop },
          `rx="1.5" fill="${theme.series[series % theme.series.length]}"`,
        ),
      );
      if (!hasNumbers) continue;
      elements.push(
        svgText(formatCount(count), {
          ...style,
          x: left + slot / 2,
          baseline: Math.max(barTop - 4, top + 2),
          fill: theme.ink,
          anchor: 'middle',
        }),
      );
    }
  }
  return { height: frame.height, elements: elements.join('') };
}

function pointsOf(bins: readonly ReliabilityBin[]): { meanScore: number; share: number; count: number }[] {
  return bins.flatMap(({ meanScore, share, count }) =>
    meanScore === null || share === null ? [] : [{ meanScore, share, count }],
  );
}
