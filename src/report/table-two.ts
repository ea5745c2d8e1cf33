/** @file The paper's Table 2: ours, row by row, with the paper's beneath and what sets them apart. */
import { type Drawing, type Figure, narrowWidth, rectangle, segment, textBlock } from './figure.ts';
import { describeData, devDataOf, type ReportRun } from './report-data.ts';
import { fitText, svgText } from './svg-text.ts';

export interface TableRow {
  readonly model: string;
  readonly data: string;
  /** null where it was not measured. -1 as COCO has it. */
  readonly loss: number | null;
  readonly roiAccuracy: number | null;
  readonly topClassAccuracy: number | null;
  /** 0 to 1 */
  readonly AP50: number;
  readonly AP: number;
  /** 95 % */
  readonly AP50Interval: readonly [number, number] | null;
  readonly isPaper: boolean;
}

const paperData = 'DeepFashion, 7,500 validation photos, 6 classes';

/** Percent there, shares here; its accuracy is the one over regions, but for the CNN's, which has no regions. */
const paperRows: readonly TableRow[] = [
  paperRow('5-layer CNN', null, { topClassAccuracy: 0.4922 }, 0.275, 0.157),
  paperRow('R-50', 0.0836, { roiAccuracy: 0.9873 }, 0.706, 0.478),
  paperRow('X101-64', 0.0721, { roiAccuracy: 0.9922 }, 0.721, 0.507),
  paperRow('X101-32', 0.0702, { roiAccuracy: 0.9902 }, 0.725, 0.507),
];

function paperRow(
  model: string,
  loss: number | null,
  accuracy: { readonly roiAccuracy?: number; readonly topClassAccuracy?: number },
  AP50: number,
  AP: number,
): TableRow {
  const { roiAccuracy = null, topClassAccuracy = null } = accuracy;
  return {
    ...{ model: `${model} (paper)`, data: paperData, loss, roiAccuracy, topClassAccuracy, AP50, AP },
    ...{ AP50Interval: null, isPaper: true },
  };
}

/** A row a run and data set: those it was evaluated on, else the dev folds of its log; then the paper's. The loss is the kept validation's. */
export function tableRows(runs: readonly ReportRun[]): TableRow[] {
  const ours = runs.flatMap(({ name, kept, evaluations }): TableRow[] => {
    const loss = kept?.losses.total ?? null;
    if (evaluations.length > 0) {
      return evaluations.map(({ data, roiAccuracy, topClass, evaluation, intervals }) => ({
        ...{ model: name, data: describeData(data), loss, topClassAccuracy: topClass.accuracy, isPaper: false },
        roiAccuracy: roiAccuracy === -1 ? null : roiAccuracy,
        ...{ AP50: evaluation.AP50, AP: evaluation.AP, AP50Interval: intervals?.numbers.AP50 ?? null },
      }));
    }
    return devDataOf(kept).map((data) => {
      const numbers = kept!.perDataset[data.name];
      return {
        ...{ model: name, data: describeData(data), loss, isPaper: false, AP50Interval: null },
        ...{ roiAccuracy: kept!.losses.roiAccuracy ?? null, topClassAccuracy: numbers.topClassAccuracy ?? null },
        ...{ AP50: numbers.AP50, AP: numbers.AP },
      };
    });
  });
  return ours.length === 0 ? [] : [...ours, ...paperRows];
}

/** Without the name of the model and the data. */
export const tableColumns: readonly { readonly title: string; readonly text: (row: TableRow) => string }[] = [
  { title: 'loss', text: ({ loss }) => formatCell(loss, 4) },
  { title: 'RoI accuracy', text: ({ roiAccuracy }) => formatCell(roiAccuracy, 4) },
  { title: 'top-class accuracy', text: ({ topClassAccuracy }) => formatCell(topClassAccuracy, 4) },
  { title: 'mAP@0.5 (%)', text: ({ AP50 }) => formatCell(AP50 === -1 ? -1 : AP50 * 100, 1) },
  { title: 'mAP@[.5:.95] (%)', text: ({ AP }) => formatCell(AP === -1 ? -1 : AP * 100, 1) },
];

export const tableNotes: readonly string[] = [
  'The paper’s rows stand here for comparison of kind, not of merit: they are on DeepFashion (six upper-body classes, one garment a photo, trunks from ImageNet), ours on the data that each row names.',
  'Loss: validation loss of the kept model on the dev folds of its run; losses of different data, anchors and sampling do not compare. RoI accuracy: over sampled regions, background included, as Detectron logs it and the paper prints it. Top-class accuracy: the best detection’s class is among the photo’s labels; the accuracy of the paper’s 5-layer CNN, which has no regions, stands there.',
  'A dash: not measured. -1: no ground truth of this kind.',
];

function formatCell(value: number | null, decimals: number): string {
  if (value === null) return '–';
  return value === -1 ? '-1' : value.toFixed(decimals);
}

/** Table 2 as GitHub's Markdown. */
export function tableMarkdown(rows: readonly TableRow[]): string {
  const lines = [
    ['model', 'data', ...tableColumns.map(({ title }) => title)],
    ['---', '---', ...tableColumns.map(() => '---:')],
    ...rows.map((row) => [
      markdownCell(row.model),
      markdownCell(row.data),
      ...tableColumns.map(({ text }) => text(row)),
    ]),
  ];
  return [...lines.map((cells) => `| ${cells.join(' | ')} |`), '', ...tableNotes, ''].join('\n');
}

/** Text that stands in a cell of a Markdown table and is nothing but text. */
export function markdownCell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/([\\|`*_<>[\]])/g, '\\$1');
}

/** The table as a picture. */
export function tableFigure(rows: readonly TableRow[]): Figure {
  return {
    name: 'table-2',
    title: 'Table 2: performance on the object detection task',
    data: 'Data set, split, photos and boxes: in each row.',
    notes: tableNotes,
    draw: ({ width, theme, font }): Drawing => {
      const isNarrow = width < narrowWidth;
      const column = isNarrow ? 0 : Math.min(118, (width * 0.58) / tableColumns.length);
      const nameRoom = width - column * tableColumns.length - 12;
      const small = { size: 12, font };
      const elements: string[] = [];
      let y = 0;
      if (!isNarrow) {
        for (const [index, { title }] of tableColumns.entries()) {
          const [first, second] = headOf(title);
          const x = width - (tableColumns.length - 1 - index) * column - 6;
          for (const [line, text] of [first, second].entries()) {
            elements.push(svgText(text, { ...small, x, baseline: 14 + line * 16, fill: theme.quiet, anchor: 'end' }));
          }
        }
        y = 40;
      }
      for (const [index, row] of rows.entries()) {
        const isFirstOfPaper = row.isPaper && !rows[index - 1]?.isPaper;
        const border = `stroke="${isFirstOfPaper || index === 0 ? theme.quiet : theme.line}"`;
        elements.push(segment(0, y, width, y, border));
        const name = { size: 14, font, isBold: !row.isPaper };
        elements.push(
          svgText(fitText(row.model, nameRoom, name), { ...name, x: 6, baseline: y + 21, fill: theme.ink }),
        );
        const data = textBlock(row.data, { x: 6, y: y + 26, room: nameRoom - 6, ...small, fill: theme.quiet });
        elements.push(data.elements);
        let bottom = data.height;
        for (const [place, { title, text }] of tableColumns.entries()) {
          if (isNarrow) {
            const baseline = bottom + 16;
            elements.push(
              svgText(title, { ...small, x: 6, baseline, fill: theme.quiet }),
              svgText(text(row), { size: 13, font, x: width - 6, baseline, fill: theme.ink, anchor: 'end' }),
            );
            bottom += 19;
            continue;
          }
          const x = width - (tableColumns.length - 1 - place) * column - 6;
          elements.push(svgText(text(row), { size: 14, font, x, baseline: y + 21, fill: theme.ink, anchor: 'end' }));
          if (title.startsWith('mAP@0.5 ') && row.AP50Interval !== null) {
            const [low, high] = row.AP50Interval.map((end) => (end * 100).toFixed(1));
            elements.push(
              svgText(`${low} to ${high}`, { ...small, x, baseline: y + 37, fill: theme.quiet, anchor: 'end' }),
            );
          }
        }
        y = bottom + 10;
      }
      elements.push(rectangle({ x: 0, y: y - 1, width, height: 1 }, `fill="${theme.quiet}"`));
      return { height: y + 4, elements: elements.join('') };
    },
  };
}

/** A head in two lines. */
function headOf(title: string): readonly [string, string] {
  const [first = '', ...rest] = title.split(' ');
  return [first, rest.join(' ')];
}
