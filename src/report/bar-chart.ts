/** @file Groups of horizontal bars with their values beside them, and intervals where they are known. */
import { axisOf, formatTick, scaleOf } from './axis.ts';
import { type Canvas, type Drawing, rectangle, segment, textBlock } from './figure.ts';
import { fitText, svgText, textWidth } from './svg-text.ts';

export interface Bar {
  /** Which colour. */
  readonly series: number;
  /** null: there is nothing to measure; `text` says so. */
  readonly value: number | null;
  readonly text: string;
  readonly interval?: readonly [low: number, high: number] | null;
}

export interface BarGroup {
  readonly label: string;
  /** Second line under the label. */
  readonly hint?: string;
  readonly bars: readonly Bar[];
}

export interface BarChart {
  readonly title: string;
  readonly groups: readonly BarGroup[];
  readonly axisTitle: string;
  /** Upper end of the axis; worked out from the bars where left out. */
  readonly max?: number;
}

const labelSize = 13;
const valueSize = 12;

export function barChart({ title, groups, axisTitle, max }: BarChart, { width, theme, font }: Canvas): Drawing {
  const label = { size: labelSize, font };
  const value = { size: valueSize, font };
  const head = textBlock(title, { x: 0, y: 0, room: width, size: 14, fill: theme.ink, font, isBold: true });
  const widest = Math.max(
    ...groups.map(({ label: text, hint }) => Math.max(textWidth(text, label), hint ? textWidth(hint, value) : 0)),
  );
  const left = Math.min(widest + 1, width * 0.42) + 12;
  const valueRoom = Math.max(...groups.flatMap(({ bars }) => bars.map(({ text }) => textWidth(text, value)))) + 10;
  const right = Math.max(left + 60, width - valueRoom);
  const values = groups.flatMap(({ bars }) =>
    bars.flatMap((bar) => [bar.value ?? 0, bar.interval?.[1] ?? 0]).concat(max ?? 0),
  );
  const axis = axisOf(values, { numSteps: right - left > 360 ? 5 : 3, from: 0 });
  const x = scaleOf(axis, left, right);
  const numBars = Math.max(...groups.map(({ bars }) => bars.length));
  const thickness = numBars > 3 ? 13 : 17;
  const top = title === '' ? 4 : head.height + 10;
  const elements: string[] = [];
  let y = top;
  for (const group of groups) {
    const height = Math.max(group.bars.length * (thickness + 3), group.hint === undefined ? 20 : 34);
    const middle = y + height / 2;
    const lines = group.hint === undefined ? 0 : 8;
    elements.push(
      svgText(fitText(group.label, left - 12, label), {
        ...label,
        x: left - 12,
        baseline: middle + 4.5 - lines,
        fill: theme.ink,
        anchor: 'end',
      }),
    );
    if (group.hint !== undefined) {
      const hint = fitText(group.hint, left - 12, value);
      elements.push(
        svgText(hint, { ...value, x: left - 12, baseline: middle + 12.5, fill: theme.quiet, anchor: 'end' }),
      );
    }
    const first = middle - (group.bars.length * (thickness + 3) - 3) / 2;
    for (const [index, bar] of group.bars.entries()) {
      elements.push(drawBar(bar, first + index * (thickness + 3)));
    }
    y += height + 13;
  }
  const bottom = y - 5;
  const grid = axis.ticks.map(
    (tick) =>
      segment(x(tick), top - 4, x(tick), bottom, `stroke="${tick === 0 ? theme.quiet : theme.line}"`) +
      svgText(formatTick(tick, axis), {
        ...value,
        x: x(tick),
        baseline: bottom + 17,
        fill: theme.quiet,
        anchor: 'middle',
      }),
  );
  const under = textBlock(axisTitle, { x: left, y: bottom + 22, room: width - left, ...value, fill: theme.quiet });
  return {
    height: under.height + 2,
    elements: [title === '' ? '' : head.elements, ...grid, under.elements, ...elements].join(''),
  };

  function drawBar({ series, value: length, text, interval }: Bar, barTop: number): string {
    const baseline = barTop + thickness / 2 + 4.3;
    const colour = theme.series[series % theme.series.length];
    if (length === null) return svgText(text, { ...value, x: left + 6, baseline, fill: theme.quiet });
    const end = Math.max(x(length), left + 1);
    const middle = barTop + thickness / 2;
    const parts = [rectangle({ x: left, y: barTop, width: end - left, height: thickness }, `rx="2" fill="${colour}"`)];
    let reach = end;
    if (interval) {
      const [low, high] = [x(interval[0]), x(interval[1])];
      reach = Math.max(end, high);
      // Ink over a halo of the paper: seen on the bar and beyond it.
      for (const paint of [`stroke="${theme.paper}" stroke-width="3.6"`, `stroke="${theme.ink}" stroke-width="1.4"`]) {
        parts.push(segment(low, middle, high, middle, paint));
        for (const tip of [low, high]) parts.push(segment(tip, middle - 3.5, tip, middle + 3.5, paint));
      }
    }
    // A ground that hides the grid behind the figure.
    const ground = { x: reach + 4, y: baseline - valueSize, width: textWidth(text, value) + 4, height: valueSize + 4 };
    parts.push(
      rectangle(ground, `fill="${theme.paper}" fill-opacity="0.85"`),
      svgText(text, { ...value, x: reach + 7, baseline, fill: theme.ink }),
    );
    return parts.join('');
  }
}
