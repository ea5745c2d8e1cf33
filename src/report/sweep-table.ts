/** @file The table of a sweep: a row a run, what was varied, and what it reached on the dev folds; as Markdown, text and JSON. */

import type { Recipe } from '../training/recipe.ts';
import { formatValue, type Setting, valueIn } from '../training/recipe-grid.ts';
import { describeData, devDataOf, formatShare } from './report-data.ts';
import type { RunCurves, ValidationRecord } from './run-curves.ts';
import { markdownCell } from './table-two.ts';

/** `unfinished`: begun and stopped; `waiting`: not begun. */
export type SweptState = 'ended' | 'diverged' | 'failed' | 'unfinished' | 'waiting';

export interface SweptRun {
  /** Name of its folder. */
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly state: SweptState;
  /** null where it was not measured. */
  readonly seconds: number | null;
  /** What went wrong; null where nothing did. */
  readonly message: string | null;
  readonly curves: RunCurves;
}

export interface SweepTable {
  readonly recipe: string;
  /** Names of the settings: the first columns. */
  readonly varied: readonly string[];
  /** Data sets whose dev folds were validated on. */
  readonly sets: readonly string[];
  /** What was trained and validated on, in words. */
  readonly data: readonly string[];
  readonly rows: readonly SweepRow[];
}

export interface SweepRow extends Omit<SweptRun, 'settings' | 'curves'> {
  /** In the order of the table's `varied`; of what a run does not vary, the base recipe's. */
  readonly values: readonly unknown[];
  /** The validation whose model is kept, and the last one; null where there was none. */
  readonly best: ValidationRecord | null;
  readonly final: ValidationRecord | null;
  /** Of the runs that ended, the one with the highest mAP@0.5 at its best. */
  readonly isBest: boolean;
}

/** @param base the recipe that was varied */
export function sweepTable(base: Recipe, runs: readonly SweptRun[]): SweepTable {
  const varied = [...new Set(runs.flatMap(({ settings }) => settings.map(({ name }) => name)))];
  const unmarked = runs.map(({ name, settings, state, seconds, message, curves }) => ({
    ...{ name, state, seconds, message },
    values: varied.map((key) => {
      const own = settings.find((setting) => setting.name === key);
      return own === undefined ? valueIn(base, key) : own.value;
    }),
    best: curves.kept,
    final: curves.validation.at(-1) ?? null,
  }));
  const [best] = unmarked
    .filter(({ state, best }) => state === 'ended' && best !== null)
    .sort((a, b) => scoreOf(b.best) - scoreOf(a.best) || lossOf(a.best) - lossOf(b.best));
  const trained = runs.flatMap(({ curves }) => curves.data);
  return {
    recipe: base.name,
    varied,
    sets: [...new Set(unmarked.flatMap(({ final }) => Object.keys(final?.perDataset ?? {})))],
    data: [
      ...new Set([
        ...trained.map(
          ({ name, photos }) => `trained on ${describeData({ ...uncounted, name, part: 'train', photos })}`,
        ),
        ...unmarked.flatMap((row) => devDataOf(row.best).map((data) => `validated on ${describeData(data)}`)),
      ]),
    ],
    rows: unmarked.map((row) => ({ ...row, isBest: row === best })),
  };
}

const uncounted = { boxes: null, crowdRegions: null, classes: null };

/** Mean of mAP@0.5 over the data sets: what kept models are chosen by. */
export function scoreOf(validation: ValidationRecord | null): number {
  const found = Object.values(validation?.perDataset ?? {}).map(({ AP50 }) => AP50);
  return found.length === 0 ? -1 : found.reduce((sum, value) => sum + value, 0) / found.length;
}

const lossOf = (validation: ValidationRecord | null): number => validation?.losses.total ?? Number.POSITIVE_INFINITY;

/** `0.512`; a dash where it was not measured, -1 where there was no ground truth. */
const share = (value: number | undefined): string =>
  value === undefined ? '–' : value === -1 ? '-1' : formatShare(value);

function headOf({ varied, sets }: SweepTable): string[] {
  const figures = sets.flatMap((set) => {
    const of = sets.length > 1 ? `${set} ` : '';
    return ['mAP@0.5 best', 'mAP@0.5 final', 'AP best', 'AP final'].map((title) => `${of}${title}`);
  });
  const losses = ['loss best', 'loss final', 'box loss best', 'box loss final'];
  return [...varied, ...figures, ...losses, 'best at step', 'seconds', 'outcome'];
}

function cellsOf(row: SweepRow, sets: readonly string[]): string[] {
  const { values, best, final, seconds, state } = row;
  const loss = (value: number | undefined) => value?.toFixed(4) ?? '–';
  return [
    ...values.map((value) => (value === undefined ? '–' : formatValue(value))),
    ...sets.flatMap((set) => {
      const [atBest, atEnd] = [best?.perDataset[set], final?.perDataset[set]];
      return [share(atBest?.AP50), share(atEnd?.AP50), share(atBest?.AP), share(atEnd?.AP)];
    }),
    ...[loss(best?.losses.total), loss(final?.losses.total), loss(best?.losses.box), loss(final?.losses.box)],
    ...[String(best?.step ?? '–'), seconds?.toFixed(1) ?? '–'],
    row.isBest ? `${state}, the best` : state,
  ];
}

/** What a reader must know beside the numbers; what went wrong comes first. */
function notesOf({ rows, data }: SweepTable): string[] {
  return [
    ...rows.flatMap(({ name, state, message }) => (message === null ? [] : [`${name} ${state}: ${message}`])),
    `Data: ${data.length === 0 ? 'no run has been validated' : data.join('; ')}.`,
    'Best: the validation whose model the run keeps, by mAP@0.5 as the mean over the data sets; final: the last one. AP is mAP@[.5:.95]. Losses are of the dev folds; they do not compare where what is varied changes them.',
    'Chosen on the dev folds: say how good the best one is from photos that nothing was chosen on. Differences as small as those between seeds say nothing.',
    'A dash: not measured; no seconds where a run was interrupted. -1: no ground truth of this kind.',
  ];
}

/** GitHub's Markdown; the best run is bold. */
export function sweepMarkdown(table: SweepTable): string {
  const head = headOf(table);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = table.rows.map((row) => {
    const cells = cellsOf(row, table.sets).map(markdownCell);
    return line(row.isBest ? cells.map((cell) => `**${cell}**`) : cells);
  });
  const notes = notesOf(table).map((note) => `- ${markdownCell(note)}`);
  return [
    `# Sweep of ${markdownCell(table.recipe)}`,
    '',
    line(head.map(markdownCell)),
    line(head.map((_, index) => (index < table.varied.length || index === head.length - 1 ? '---' : '---:'))),
    ...rows,
    '',
    ...notes,
    '',
  ].join('\n');
}

/** Lines for a terminal, not yet made printable. */
export function sweepLines(table: SweepTable): string[] {
  const rows = [headOf(table), ...table.rows.map((row) => cellsOf(row, table.sets))];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return [
    ...rows.map((cells) =>
      cells
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    ),
    ...notesOf(table),
  ];
}

/** Every number. -1 as COCO has it, null where it was not measured. */
export function sweepJson({ recipe, varied, data, rows }: SweepTable): object {
  const numbersOf = (validation: ValidationRecord | null) =>
    validation && {
      step: validation.step,
      meanAP50: scoreOf(validation),
      losses: validation.losses,
      perDataset: validation.perDataset,
    };
  return {
    ...{ recipe, varied, data },
    best: rows.find(({ isBest }) => isBest)?.name ?? null,
    runs: rows.map(({ name, values, state, seconds, message, best, final }) => ({
      name,
      values: Object.fromEntries(varied.map((key, index) => [key, values[index] ?? null])),
      ...{ state, seconds, message },
      best: numbersOf(best),
      final: numbersOf(final),
    })),
  };
}
