/** @file The confusion matrix as a heat map: a row is what is there, a column what was said. */
import type { ConfusionMatrix } from '../evaluation/confusion-matrix.ts';
import { type Canvas, type Drawing, type Figure, narrowWidth, rectangle, round } from './figure.ts';
import { describeData, describeMinScore, type ReportRun, type SetEvaluation, slug } from './report-data.ts';
import { fitText, svgText, textWidth } from './svg-text.ts';

export function confusionFigure({ name }: Pick<ReportRun, 'name'>, { data, confusion }: SetEvaluation): Figure {
  return {
    name: slug('confusion', name, data.name, data.part),
    title: `What is taken for what: ${name}`,
    data: describeData(data),
    notes: [
      `Rows: what is there; columns: what was said, from score ${describeMinScore(confusion.minScore)} on, where boxes overlap by half (IoU 0.5). Shade: share of the row; numbers: boxes. On the diagonal: right.`,
      `The rows add up to the ${confusion.groundTruths} boxes; the last row holds the ${confusion.falsePositives} detections of nothing, or of something found already.`,
    ],
    draw: (canvas) => heatMap(confusion, canvas),
  };
}

function heatMap({ classes, counts }: ConfusionMatrix, { width, theme, font }: Canvas): Drawing {
  const size = classes.length + 1;
  const isNarrow = width < narrowWidth;
  const label = { size: isNarrow ? 10.5 : 13, font };
  const rowNames = [...classes, 'nothing'];
  const columnNames = [...classes, 'missed'];
  const left = Math.min(Math.max(...rowNames.map((name) => textWidth(name, label))) + 1, width * 0.24) + 10;
  // The last name leans over the edge.
  const cell = Math.min(54, (width - left - 6 - (isNarrow ? 16 : 26)) / size);
  const cellHeight = Math.max(Math.min(cell, 34), label.size + 3);
  // Of many classes on a phone the names above stand closer.
  const columnLabel = { size: Math.max(6, Math.min(label.size, cell * 1.05)), font };
  const slant = isNarrow ? 62 : 45;
  const longest = Math.min(Math.max(...columnNames.map((name) => textWidth(name, label))), 110);
  const top = longest * Math.sin((slant / 180) * Math.PI) + 18;
  const elements: string[] = [];
  for (let row = 0; row < size; row++) {
    const y = top + row * cellHeight + (row === classes.length ? 5 : 0);
    const cells = Array.from(counts.subarray(row * size, (row + 1) * size));
    const total = cells.reduce((sum, value) => sum + value, 0);
    elements.push(
      svgText(fitText(rowNames[row], left - 10, label), {
        ...label,
        x: left - 8,
        baseline: y + cellHeight / 2 + label.size * 0.36,
        fill: row === classes.length ? theme.quiet : theme.ink,
        anchor: 'end',
      }),
    );
    for (const [column, value] of cells.entries()) {
      if (row === classes.length && column === classes.length) continue;
      const x = left + column * cell + (column === classes.length ? 5 : 0);
      elements.push(drawCell(value, total === 0 ? 0 : value / total, { x, y, isRight: row === column }));
    }
  }
  for (const [column, name] of columnNames.entries()) {
    const x = left + (column + 0.5) * cell + (column === classes.length ? 5 : 0) + 3;
    const text = svgText(fitText(name, 110, columnLabel), {
      ...columnLabel,
      x: 0,
      baseline: 0,
      fill: column === classes.length ? theme.quiet : theme.ink,
    });
    elements.push(`<g transform="translate(${round(x)} ${round(top - 7)}) rotate(-${slant})">${text}</g>`);
  }
  return { height: top + size * cellHeight + 9, elements: elements.join('') };

  function drawCell(value: number, share: number, place: { x: number; y: number; isRight: boolean }): string {
    const frame = { x: place.x + 1, y: place.y + 1, width: cell - 2, height: cellHeight - 2 };
    // Right ones in the first colour, mistakes in the second.
    const colour = theme.series[place.isRight ? 0 : 1];
    const ground = rectangle(frame, `rx="3" fill="${theme.line}" fill-opacity="0.35"`);
    if (value === 0) return ground;
    const strength = 0.1 + 0.9 * share;
    const text = String(value);
    const size = Math.min(isNarrow ? 10.5 : 13, (cell - 3) / (text.length * 0.62));
    const style = { size, font, isBold: place.isRight };
    const isLegible = size >= 6;
    return [
      ground,
      rectangle(frame, `rx="3" fill="${colour}" fill-opacity="${round(strength)}"`),
      !isLegible
        ? ''
        : svgText(text, {
            ...style,
            x: place.x + cell / 2,
            baseline: place.y + cellHeight / 2 + size * 0.36,
            fill: strength > 0.55 ? theme.paper : theme.ink,
            anchor: 'middle',
          }),
    ].join('');
  }
}
