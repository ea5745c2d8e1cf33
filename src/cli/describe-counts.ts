/** @file The counts of a prepared data set as a table for a terminal. */
import type { CheckedCoco } from '../dataset/coco-boxes.ts';
import type { Counts, DatasetDescription } from '../dataset/prepared.ts';
import { printable } from '../errors/printable.ts';
import { plural, wordFor } from '../text/plural.ts';

/** Lines: boxes a class in each part, then sums and photos. */
export function describeCounts({ counts, classes }: Pick<DatasetDescription, 'counts' | 'classes'>): string[] {
  const parts = Object.entries(counts);
  const cell = (part: Counts, name: string) => {
    const { boxes, ignored } = part.perClass[name];
    return ignored > 0 ? `${boxes} (+${ignored})` : String(boxes);
  };
  const rows = [
    ['', ...parts.map(([part]) => part)],
    ...classes.map((name) => [printable(name), ...parts.map(([, part]) => cell(part, name))]),
    ['boxes', ...parts.map(([, { boxes, ignored }]) => (ignored > 0 ? `${boxes} (+${ignored})` : String(boxes)))],
    ['photos', ...parts.map(([, { images }]) => String(images))],
    ['photos without a label', ...parts.map(([, { negatives }]) => String(negatives))],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column] + 2))).join(''),
  );
  if (parts.some(([, { ignored }]) => ignored > 0))
    lines.push('(+n): regions that are neither right nor wrong for the class');
  return lines;
}

/** What the checks of boxes put right, a line each (`CheckedCoco`). */
export function describeCorrections({ clipped, empty }: Pick<CheckedCoco, 'clipped' | 'empty'>): string[] {
  const lines: string[] = [];
  if (clipped > 0) {
    const boxes = plural(
      clipped,
      'box that overshot its photo slightly was',
      'boxes that overshot their photo slightly were',
    );
    lines.push(`${boxes} cut back to it`);
  }
  if (empty > 0)
    lines.push(`${plural(empty, 'box', 'boxes')} without an area ${wordFor(empty, 'was', 'were')} left out`);
  return lines;
}
