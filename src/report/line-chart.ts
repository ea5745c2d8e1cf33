/** @file A panel with lines over a common x axis, named at their ends or in a legend. */
import { type Axis, axisOf, formatTick, scaleOf } from './axis.ts';
import {
  type Canvas,
  type Drawing,
  type Frame,
  marker,
  markers,
  rectangle,
  round,
  segment,
  textBlock,
} from './figure.ts';
import { fitText, svgText, textWidth } from './svg-text.ts';

export interface Line {
  readonly name: string;
  /** Which colour and marker. */
  readonly series: number;
  /** Before the last value: tells lines of one colour apart. */
  readonly tag?: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Thin and pale, without markers and name: training beside validation. */
  readonly isFaint?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly xTitle: string;
  readonly lines: readonly Line[];
  readonly height: number;
  /** Worked out from the lines where left out. */
  readonly yAxis?: Axis;
  readonly xAxis?: Axis;
  readonly valueDecimals: number;
  /** Stretches of the x axis with a name, up to where each ends; drawn where there are several. */
  readonly spans?: readonly { readonly name: string; readonly end: number }[];
  /** What stands in the panel when there are no lines. */
  readonly emptyText: string;
}

const labelSize = 12;

/** A line across the panel for each tick of the y axis, with its number before it. */
export function valueGrid(
  yAxis: Axis,
  {
    left,
    right,
    y,
    theme,
    font,
  }: Pick<Canvas, 'theme' | 'font'> & {
    readonly left: number;
    readonly right: number;
    readonly y: (value: number) => number;
  },
): string[] {
  return yAxis.ticks.map(
    (tick) =>
      segment(left, y(tick), right, y(tick), `stroke="${tick === yAxis.min ? theme.quiet : theme.line}"`) +
      svgText(formatTick(tick, yAxis), {
        size: labelSize,
        font,
        x: left - 8,
        baseline: y(tick) + 4,
        fill: theme.quiet,
        anchor: 'end',
      }),
  );
}

export function lineChart(chart: LineChart, { width, theme, font }: Canvas): Drawing {
  const { title, lines } = chart;
  const small = { size: labelSize, font };
  const named = lines.filter(({ isFaint }) => !isFaint);
  const head = textBlock(title, { x: 0, y: 0, room: width, size: 14, fill: theme.ink, font, isBold: true });
  if (named.every(({ points }) => points.length === 0) && lines.every(({ points }) => points.length === 0)) {
    const frame = { x: 0.5, y: head.height + 8, width: width - 1, height: 76 };
    const note = textBlock(chart.emptyText, { x: 14, y: frame.y + 12, room: width - 28, ...small, fill: theme.quiet });
    const border = rectangle(frame, `rx="8" fill="none" stroke="${theme.line}"`);
    return { height: frame.y + frame.height, elements: head.elements + border + note.elements };
  }

  const points = lines.flatMap((line) => line.points);
  const yAxis =
    chart.yAxis ??
    axisOf(
      points.map(([, y]) => y),
      { numSteps: 5 },
    );
  const xAxis =
    chart.xAxis ??
    axisOf(
      points.map(([x]) => x),
      { numSteps: width > 420 ? 6 : 4, from: 0 },
    );
  const tickRoom = Math.max(...yAxis.ticks.map((tick) => textWidth(formatTick(tick, yAxis), small))) + 10;
  const left = tickRoom;
  const top = head.height + 12;
  const right = width - 22;
  const bottom = top + chart.height;
  const x = scaleOf(xAxis, left, right);
  const y = scaleOf(yAxis, bottom, top);
  const grid = valueGrid(yAxis, { left, right, y, theme, font });
  const ticks = xAxis.ticks.map((tick) =>
    svgText(formatTick(tick, xAxis), {
      ...small,
      x: x(tick),
      baseline: bottom + 18,
      fill: theme.quiet,
      anchor: 'middle',
    }),
  );
  const under = svgText(chart.xTitle, {
    ...small,
    x: (left + right) / 2,
    baseline: bottom + 36,
    fill: theme.quiet,
    anchor: 'middle',
  });
  const spans = drawSpans(chart.spans ?? [], { x, top, bottom, theme, font });
  const drawn = lines
    .toSorted((a, b) => Number(b.isFaint ?? false) - Number(a.isFaint ?? false))
    .map((line) => drawLine(line, x, y, theme.series, theme.paper));
  const ends = endLabels(chart, { left, right, top, bottom, x, y, canvas: { width, theme, font } });
  return { height: bottom + 42, elements: [head.elements, ...grid, ...ticks, under, spans, ...drawn, ends].join('') };
}

function drawSpans(
  spans: NonNullable<LineChart['spans']>,
  {
    x,
    top,
    bottom,
    theme,
    font,
  }: Pick<Canvas, 'theme' | 'font'> & {
    readonly x: (value: number) => number;
    readonly top: number;
    readonly bottom: number;
  },
): string {
  if (spans.length < 2) return '';
  const style = { size: 11, font };
  const parts = spans.map(({ name, end }, index) => {
    const [from, to] = [x(spans[index - 1]?.end ?? 0), x(end)];
    const text = fitText(name, to - from - 4, style);
    return [
      index === spans.length - 1 ? '' : segment(to, top, to, bottom, `stroke="${theme.quiet}" stroke-dasharray="3 4"`),
      svgText(text, { ...style, x: (from + to) / 2, baseline: top + 12, fill: theme.quiet, anchor: 'middle' }),
    ].join('');
  });
  return parts.join('');
}

function drawLine(
  { points, series, isFaint }: Line,
  x: (value: number) => number,
  y: (value: number) => number,
  colours: readonly string[],
  paper: string,
): string {
  const colour = colours[series % colours.length];
  const path = points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${round(x(px))} ${round(y(py))}`).join('');
  if (isFaint) return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.2" stroke-opacity="0.38"/>`;
  const kind = markers[series % markers.length];
  const marks = points.length > 60 ? [points.at(-1)!] : points;
  return [
    points.length < 2
      ? ''
      : `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.4" stroke-linejoin="round"/>`,
    ...marks.map(([px, py]) =>
      marker(kind, x(px), y(py), 4.2, `fill="${colour}" stroke="${paper}" stroke-width="1.5"`),
    ),
  ].join('');
}

/** The last value of each line by its end: above, below, or further off where another one stands. */
function endLabels(
  { lines, valueDecimals }: LineChart,
  place: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    readonly x: (value: number) => number;
    readonly y: (value: number) => number;
    readonly canvas: Canvas;
  },
): string {
  const { theme, font } = place.canvas;
  const style = { size: labelSize, font, isBold: true };
  const height = labelSize + 3;
  const taken: Frame[] = [];
  const drawn = lines.filter(({ isFaint, points }) => !isFaint && points.length > 0);
  const crossed = drawn.flatMap(({ points }) => samplesOf(points.map(([px, py]) => [place.x(px), place.y(py)])));
  return drawn
    .map(({ points, series, tag }) => {
      const [step, value] = points.at(-1)!;
      const room = (place.right - place.left) / 2;
      const text = fitText(`${tag === undefined ? '' : `${tag} `}${value.toFixed(valueDecimals)}`, room, style);
      const width = textWidth(text, style);
      const x = Math.max(place.left + 2, Math.min(place.x(step) - width / 2, place.right + 12 - width));
      const y = place.y(value);
      const rows = [-8 - height, 8, ...[1, 2, 3, 4].flatMap((turn) => [-8 - height * (turn + 1), 8 + height * turn])];
      const frames = rows
        .map((row): Frame => ({ x, y: y + row, width, height }))
        .filter((frame) => frame.y >= place.top - 12 && frame.y + height <= place.bottom);
      const free = frames.filter((each) => taken.every((other) => areApart(each, other)));
      // Rather further off than over a line.
      const frame = free.find((each) => crossed.every((point) => !holds(each, point))) ?? free[0] ?? frames[0];
      if (frame === undefined) return '';
      taken.push(frame);
      const colour = theme.series[series % theme.series.length];
      return [
        rectangle(frame, `rx="3" fill="${theme.paper}" fill-opacity="0.82"`),
        svgText(text, {
          ...style,
          x: x + width / 2,
          baseline: frame.y + labelSize - 0.5,
          fill: colour,
          anchor: 'middle',
        }),
      ].join('');
    })
    .join('');
}

/** Points along a path, close enough that a label over it holds one. */
function samplesOf(points: readonly (readonly [x: number, y: number])[]): (readonly [x: number, y: number])[] {
  return points.flatMap(([x, y], index) => {
    const [toX, toY] = points[index + 1] ?? [x, y];
    const count = Math.max(1, Math.ceil(Math.hypot(toX - x, toY - y) / 6));
    return Array.from({ length: count }, (_, step): readonly [number, number] => [
      x + ((toX - x) * step) / count,
      y + ((toY - y) * step) / count,
    ]);
  });
}

function holds({ x, y, width, height }: Frame, [px, py]: readonly [number, number]): boolean {
  return px >= x && px <= x + width && py >= y && py <= y + height;
}

function areApart(a: Frame, b: Frame): boolean {
  return a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
}

/** Marks and names in rows; `series` says which colour and mark each has, in order if left out. */
export function legend(
  names: readonly string[],
  { width, theme, font }: Canvas,
  series: readonly number[] = names.map((_, index) => index),
): Drawing {
  const style = { size: 13, font };
  const elements: string[] = [];
  let [x, y] = [0, 0];
  for (const [index, name] of names.entries()) {
    const text = fitText(name, width - 22, style);
    const needed = 22 + textWidth(text, style) + 18;
    if (x > 0 && x + needed - 18 > width) [x, y] = [0, y + 22];
    const place = series[index];
    const colour = theme.series[place % theme.series.length];
    elements.push(
      marker(markers[place % markers.length], x + 7, y + 9, 5, `fill="${colour}"`),
      svgText(text, { ...style, x: x + 20, baseline: y + 13.5, fill: theme.ink }),
    );
    x += needed;
  }
  return { height: names.length === 0 ? 0 : y + 28, elements: elements.join('') };
}

/** Drawings beside each other where there is room, else under each other. */
export function arrange(
  draw: readonly ((canvas: Canvas) => Drawing)[],
  canvas: Canvas,
  { columns, gap = 32 }: { readonly columns: number; readonly gap?: number },
): Drawing {
  const width = (canvas.width - gap * (columns - 1)) / columns;
  const elements: string[] = [];
  let top = 0;
  for (let first = 0; first < draw.length; first += columns) {
    const row = draw.slice(first, first + columns).map((one) => one({ ...canvas, width }));
    for (const [column, { elements: drawn }] of row.entries()) {
      elements.push(`<g transform="translate(${round(column * (width + gap))} ${round(top)})">${drawn}</g>`);
    }
    top += Math.max(...row.map(({ height }) => height)) + (first + columns < draw.length ? 22 : 0);
  }
  return { height: top, elements: elements.join('') };
}
