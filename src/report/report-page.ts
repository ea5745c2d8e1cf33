/**
 * @file The report as one HTML page that needs nothing else: figures and photos are in it, no script, no font, no address.
 *
 * Every figure is in it twice, drawn for a wide window and for a phone; colours are CSS variables with values for light and
 * dark. Names come from data and are escaped.
 */
import { classTable } from './class-table.ts';
import type { Report, Section } from './compose-report.ts';
import { darkTheme, drawingSvg, type Figure, lightTheme, pageTheme, round, type Theme } from './figure.ts';
import { htmlPage } from './html-page.ts';
import { cardPictures, type PhotoCard, sheetNotes, sheetTitle } from './photo-cards.ts';
import { describeData, formatShare, type ReportRun } from './report-data.ts';
import { escapeXml } from './svg-text.ts';
import { tableColumns, tableNotes } from './table-two.ts';

/** Widths that figures are drawn at; the page shows one of them, never shrunk by much. */
const widths = { wide: 872, narrow: 340 } as const;

export interface PageInput {
  readonly report: Report;
  /** The worst photos of each section, with their pictures. */
  readonly cards: readonly (readonly PhotoCard[])[];
  /** Head of a page that renews itself; null for a report. */
  readonly refreshSeconds?: number;
  readonly title?: string;
}

export function reportPage({ report, cards, refreshSeconds, title = 'Evaluation' }: PageInput): string {
  const { runs, rows, figures, sections } = report;
  const body = [
    `<header><p class="brand">Deep Shopping</p><h1>${escapeXml(title)}</h1>${runs.map(describeRun).join('')}</header>`,
    rows.length === 0 ? '' : tableTwo(report),
    ...figures.map((figure) => figureBlock(figure, refreshSeconds === undefined)),
    ...sections.map((section, index) => sectionBlock(section, cards[index] ?? [], index)),
  ];
  const names = runs.map(({ name }) => name).join(', ');
  return htmlPage({ title: `${title}: ${names}`, style, body, refreshSeconds });
}

function describeRun({ name, model, curves, kept }: ReportRun): string {
  const parts = [
    ...(model === null ? [] : [`model ${model.name}, trunk ${model.trunk}`]),
    ...(curves?.recipe && curves.recipe !== model?.name ? [`recipe ${curves.recipe}`] : []),
    ...(curves === null ? [] : [progress(curves)]),
    ...(kept === null ? [] : [`kept at step ${kept.step}`]),
  ];
  return `<p class="run"><b>${escapeXml(name)}</b> ${escapeXml(parts.join(' · '))}</p>`;
}

function progress({ steps, training, validation, isFinished }: NonNullable<ReportRun['curves']>): string {
  const last = Math.max(0, training.at(-1)?.step ?? 0, validation.at(-1)?.step ?? 0);
  return `${last} ${steps === null ? '' : `of ${steps} `}steps${isFinished ? '' : ', not finished'}`;
}

function tableTwo({ rows }: Report): string {
  const head = ['model', ...tableColumns.map(({ title }) => title)].map((title) => `<th scope="col">${title}</th>`);
  const body = rows.map((row) => {
    const cells = tableColumns.map(({ title, text }) => {
      const interval =
        title.startsWith('mAP@0.5 ') && row.AP50Interval !== null
          ? `<small>${row.AP50Interval.map((end) => (end * 100).toFixed(1)).join(' to ')}</small>`
          : '';
      return `<td data-label="${title}"><span>${text(row)}${interval}</span></td>`;
    });
    return `<tr${row.isPaper ? ' class="paper"' : ''}><th scope="row">${escapeXml(row.model)}<small>${escapeXml(row.data)}</small></th>${cells.join('')}</tr>`;
  });
  const hasIntervals = rows.some(({ AP50Interval }) => AP50Interval !== null);
  return `<section><h2>Table 2: performance on the object detection task</h2>
<table class="stacked"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>
${notes([...tableNotes, ...(hasIntervals ? ['Under mAP@0.5: 95 % interval by bootstrap over the photos.'] : [])])}${files('table-2', ['svg', 'png', 'md'])}</section>`;
}

function figureBlock(figure: Figure, hasFiles: boolean): string {
  const label = ` role="img" aria-label="${escapeXml(figure.title)}"`;
  const drawn = (['wide', 'narrow'] as const).map(
    (kind) =>
      `<div class="${kind}">${drawingSvg(figure, { width: widths[kind], theme: pageTheme, font: 'system' }, label)}</div>`,
  );
  return `<section><h2>${escapeXml(figure.title)}</h2><p class="data">${escapeXml(figure.data)}</p>
${drawn.join('\n')}
${notes(figure.notes)}${hasFiles ? files(figure.name, ['svg', 'png']) : ''}</section>`;
}

function sectionBlock(section: Section, cards: readonly PhotoCard[], index: number): string {
  const { title, data, models, figures } = section;
  const names = models.map(({ run }) => run.name);
  return `<h1 class="part">${escapeXml(title)}</h1>
<section><h2>Class by class</h2><p class="data">${escapeXml(describeData(data))}</p>
${classTable(section)}
${notes(classNotes(section))}</section>
${figures.map((figure) => figureBlock(figure, true)).join('\n')}
${cards.length === 0 ? '' : cardsBlock(names, section, cards, index)}`;
}

function classNotes({ models, rises }: Section): string[] {
  const { topClass, evaluation } = models[0].found;
  const isMissing = evaluation.perClass.some(({ groundTruths }) => groundTruths === 0);
  const accuracies = models.map(
    ({ run, found }) => `${models.length > 1 ? `${run.name} ` : ''}${formatShare(found.topClass.accuracy)}`,
  );
  return [
    `Top-class accuracy over the ${topClass.photos} photos with a label: ${accuracies.join(', ')}.`,
    ...(models.length > 1
      ? [
          `Small: difference to ${models[0].run.name}${rises.some((rise) => rise !== null) ? '; under the means between which ends it lies (95 %, bootstrap over the same photos for both)' : ''}.`,
        ]
      : []),
    ...(models.length === 1 && models[0].found.intervals !== null
      ? ['Small: 95 % interval by bootstrap over the photos; of rare classes too narrow, and high.']
      : []),
    ...(isMissing ? ['-1: the class does not occur here.'] : []),
  ];
}

function cardsBlock(names: readonly string[], { data }: Section, cards: readonly PhotoCard[], index: number): string {
  const blocks = cards.map((card, place) => {
    const pictures = cardPictures(card, `photo-${index}-${place}`, 'system').map(({ caption, elements }) => {
      const { width, height } = card.inlay;
      const size = `viewBox="0 0 ${round(width)} ${round(height)}" style="max-width:${round(width)}px"`;
      return `<figure><figcaption>${escapeXml(caption)}</figcaption><svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(`${card.fileName}, ${caption}`)}">${elements}</svg></figure>`;
    });
    return `<article><h3>${escapeXml(card.fileName)}</h3><div class="pictures">${pictures.join('')}</div></article>`;
  });
  return `<section><h2>${sheetTitle(names)}</h2><p class="data">${escapeXml(describeData(data))}</p>
${notes(sheetNotes(names))}${blocks.join('\n')}</section>`;
}

function notes(lines: readonly string[]): string {
  return lines.map((line) => `<p class="note">${escapeXml(line)}</p>`).join('');
}

function files(name: string, endings: readonly string[]): string {
  return `<p class="files">${endings.map((ending) => `<a href="${name}.${ending}">${ending.toUpperCase()}</a>`).join(' ')}</p>`;
}

function variables({ paper, ink, quiet, line, series }: Theme, ground: string): string {
  const colours = series.map((colour, index) => `--series-${index}:${colour};`).join('');
  return `--ground:${ground};--paper:${paper};--ink:${ink};--quiet:${quiet};--line:${line};${colours}`;
}

const style = `
:root{${variables(lightTheme, '#f4f5f7')}}
@media (prefers-color-scheme:dark){:root{${variables(darkTheme, '#0d1014')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:936px;margin:0 auto;padding:32px 16px 64px}
header{padding:0 4px 12px}
.brand{margin:0;color:var(--quiet);font-size:14px}
h1{margin:0 0 8px;font-size:28px;line-height:1.2;overflow-wrap:anywhere}
h1.part{margin:40px 4px 4px;font-size:22px}
h2{margin:0;font-size:18px;line-height:1.3;overflow-wrap:anywhere}
h3{margin:0 0 4px;font-size:14px;overflow-wrap:anywhere}
.run{margin:2px 0;color:var(--quiet);overflow-wrap:anywhere}
.run b{color:var(--ink)}
section{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:22px 31px;margin:16px 0}
.data{margin:2px 0 16px;color:var(--quiet);font-size:14px;overflow-wrap:anywhere}
.note{margin:8px 0 0;color:var(--quiet);font-size:13.5px}
.files{margin:10px 0 0;font-size:13px}
.files a{color:var(--series-0);margin-right:10px}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
table{border-collapse:collapse;width:100%;margin-top:12px;font-variant-numeric:tabular-nums}
th,td{padding:8px 6px;text-align:right;border-bottom:1px solid var(--line);font-weight:400;vertical-align:top}
thead th{color:var(--quiet);font-size:13px;vertical-align:bottom}
th:first-child{text-align:left}
tbody th{font-weight:600;overflow-wrap:break-word}
small{display:block;color:var(--quiet);font-size:12.5px;font-weight:400;white-space:nowrap}
tbody th small{white-space:normal}
tr.paper th,tr.paper td{color:var(--quiet);font-weight:400}
.scroll{overflow-x:auto}
article{margin-top:24px}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(260px,100%),1fr));gap:14px;align-items:end}
figure{margin:0;min-width:0}
figcaption{color:var(--quiet);font-size:13px;margin-bottom:4px;overflow-wrap:anywhere}
figure svg{border-radius:8px}
@media (max-width:719px){
main{padding:20px 8px 40px}
section{padding:18px 16px}
.wide{display:none}
.narrow{display:block;max-width:480px;margin:0 auto}
.stacked thead{display:none}
.stacked tbody tr{display:block;padding:10px 0;border-bottom:1px solid var(--line)}
.stacked tbody th,.stacked tbody td{display:flex;justify-content:space-between;gap:12px;border:0;padding:2px 0;text-align:right}
.stacked tbody th{display:block;text-align:left;padding-bottom:6px}
.stacked td::before{content:attr(data-label);color:var(--quiet)}
}
@media print{section{break-inside:avoid}}
`;
