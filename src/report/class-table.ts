/** @file Precision class by class as an HTML table; of several runs beside each other, with the difference to the first. */
import { frequentClassMinimum, meanOverFrequentClasses } from '../evaluation/evaluate-detections.ts';
import type { Interval } from '../evaluation/interval.ts';
import type { Model, Section } from './compose-report.ts';
import { escapeXml } from './svg-text.ts';

export function classTable({ models, rises }: Pick<Section, 'models' | 'rises'>): string {
  return `<div class="scroll"><table>${models.length > 1 ? compared(models, rises) : single(models[0])}</table></div>`;
}

function single({ found }: Model): string {
  const { evaluation, intervals } = found;
  const rows = evaluation.perClass.map(({ label, groundTruths, AP, AP50 }, index) =>
    row(label, [
      String(groundTruths),
      cell(AP50, intervals?.perClass[index]?.AP50),
      cell(AP, intervals?.perClass[index]?.AP),
    ]),
  );
  const frequent = meanOverFrequentClasses(evaluation.perClass);
  const means = [
    row('mean', ['', cell(evaluation.AP50, intervals?.numbers.AP50), cell(evaluation.AP, intervals?.numbers.AP)]),
    row(`mean of the ${frequent.classes} with ${frequentClassMinimum} boxes or more`, [
      '',
      cell(frequent.AP50, intervals?.frequentClasses.AP50),
      cell(frequent.AP, intervals?.frequentClasses.AP),
    ]),
  ];
  return head(['class', 'boxes', 'AP@0.5', 'AP@[.5:.95]']) + [...rows, ...means].join('');
}

function compared(models: readonly Model[], rises: Section['rises']): string {
  const [first] = models as readonly [Model, ...Model[]];
  const rowOf = (
    label: string,
    boxes: string,
    values: readonly number[],
    intervals: readonly (Interval | undefined)[],
  ) => {
    const cells = values.map(
      (value, index) => cell(value) + (index === 0 ? '' : rise(value - values[0], value, values[0], intervals[index])),
    );
    return row(label, [boxes, ...cells]);
  };
  const rows = first.found.evaluation.perClass.map(({ label, groundTruths }, index) => {
    const values = models.map(({ found }) => found.evaluation.perClass[index].AP50);
    return rowOf(label, String(groundTruths), values, []);
  });
  const means = (['AP50', 'AP'] as const).map((name) => {
    const values = models.map(({ found }) => found.evaluation[name]);
    const intervals = rises.map((each) => each?.[name]);
    return rowOf(name === 'AP' ? 'mAP@[.5:.95]' : 'mAP@0.5', '', values, intervals);
  });
  return head(['class', 'boxes', ...models.map(({ run }) => `${run.name}, AP@0.5`)]) + [...rows, ...means].join('');
}

function head(titles: readonly string[]): string {
  return `<thead><tr>${titles.map((title) => `<th scope="col">${escapeXml(title)}</th>`).join('')}</tr></thead>`;
}

function row(label: string, cells: readonly string[]): string {
  return `<tr><th scope="row">${escapeXml(label)}</th>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`;
}

function cell(value: number, interval: Interval | undefined = undefined): string {
  if (value === -1) return '-1';
  const range = interval ? `<small>${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}</small>` : '';
  return `${value.toFixed(3)}${range}`;
}

/** The difference to the first; where it is known, between which ends it lies. */
function rise(difference: number, value: number, from: number, interval: Interval | undefined): string {
  if (value === -1 || from === -1) return '';
  const range = interval ? `<br>${signed(interval[0])} to ${signed(interval[1])}` : '';
  return `<small>${signed(difference)}${range}</small>`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
