/**
 * @file What the doctor found as one HTML page that needs nothing else: no script, no font, no address. Names come from data
 * and are escaped.
 */
import type { Bbox, Finding, FoundPhoto } from '../dataset/doctor/finding.ts';
import { plural } from '../text/plural.ts';
import { boxElements, type LabelledBox } from './boxes-svg.ts';
import type { Inlay } from './contact-sheet.ts';
import { round } from './figure.ts';
import { htmlPage } from './html-page.ts';
import { escapeXml } from './svg-text.ts';

export interface DoctorCard {
  readonly found: FoundPhoto;
  readonly inlay: Inlay;
  /** Pixels of the drawn photo to one of the photo itself. */
  readonly scale: number;
}

export interface DoctorPageInput {
  readonly sets: readonly {
    readonly name: string;
    readonly format: string;
    readonly photos: number;
    readonly boxes: number;
    readonly classes: number;
  }[];
  readonly findings: readonly Finding[];
  /** Of each finding. */
  readonly cards: readonly (readonly DoctorCard[])[];
}

/** Wrong and right, apart for every colour vision; dark enough for white letters. */
const wrong = '#c2410c';
const right = '#0f62c4';
/** Lines of a list: photos without a picture, classes. */
const maxLines = 40;

const severityWords = { error: 'Error', warning: 'Warning', note: 'Note' } as const;

export function doctorPage({ sets, findings, cards }: DoctorPageInput): string {
  const title = `Doctor: ${sets.map(({ name }) => name).join(', ')}`;
  const described = sets.map(
    ({ name, format, photos, boxes, classes }) =>
      `<p class="run"><b>${escapeXml(name)}</b> ${format} · ${plural(photos, 'photo')} · ${plural(boxes, 'box', 'boxes')} · ${plural(classes, 'class', 'classes')}</p>`,
  );
  const sections = findings.map((finding, index) => section(finding, cards[index] ?? [], index, sets.length > 1));
  const body = [
    `<header><p class="brand">Deep Shopping</p><h1>What the doctor found</h1>${described.join('')}</header>`,
    findings.length === 0 ? '<section><h2>Nothing was found</h2></section>' : summary(findings),
    ...sections,
  ];
  return htmlPage({ title, style, body });
}

function summary(findings: readonly Finding[]): string {
  const rows = findings.map(
    ({ severity, title, photos, isFixable }, index) =>
      `<tr><td><span class="mark ${severity}">${severityWords[severity]}</span></td><th scope="row"><a href="#f${index}">${escapeXml(title)}</a></th><td class="number">${photos.length === 0 ? '' : photos.length}</td><td class="fix">${isFixable ? '--fix' : ''}</td></tr>`,
  );
  return `<section><h2>Findings</h2><table><thead><tr><th scope="col">Kind</th><th scope="col">What</th><th scope="col" class="number">Photos</th><th scope="col"></th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

function section(finding: Finding, cards: readonly DoctorCard[], index: number, hasSeveralSets: boolean): string {
  const { severity, title, explanation, cure, photos, classes } = finding;
  const hasCorrected = cards.some(({ found }) => found.boxes.some(({ corrected }) => corrected !== null));
  const legend = hasCorrected
    ? `<p class="legend"><span style="background:${wrong}"></span>as given <span style="background:${right}"></span>as it should be</p>`
    : '';
  const withPicture = new Set(cards.map(({ found }) => found));
  const listed = photos.filter((found) => !withPicture.has(found)).map((found) => caption(found, hasSeveralSets));
  return `<section id="f${index}"><p class="kind"><span class="mark ${severity}">${severityWords[severity]}</span></p><h2>${escapeXml(title)}</h2>
<p>${escapeXml(explanation)}</p><p class="cure">${escapeXml(cure).replaceAll('--fix', '<span class="fix">--fix</span>')}</p>
${legend}${pictures(cards, hasSeveralSets)}${list(listed, cards.length > 0)}${list(classes.map(escapeXml), false)}</section>`;
}

/** Copies of each other stand in a frame of their own. */
function pictures(cards: readonly DoctorCard[], hasSeveralSets: boolean): string {
  const groups = new Map<number | null, string[]>();
  for (const each of cards) {
    const { group } = each.found;
    groups.set(group, [...(groups.get(group) ?? []), card(each, hasSeveralSets)]);
  }
  return [...groups]
    .map(([group, drawings]) => {
      const title = group === null ? '' : `<h3>Group ${group + 1}</h3>`;
      return `<div${group === null ? '' : ' class="group"'}>${title}<div class="pictures">${drawings.join('')}</div></div>`;
    })
    .join('');
}

function card({ found, inlay, scale }: DoctorCard, hasSeveralSets: boolean): string {
  const { width, height, href } = inlay;
  const boxes = found.boxes.flatMap(({ className, given, corrected }) => [
    ...drawn(given, wrong, className),
    ...(corrected === null ? [] : drawn(corrected, right, className)),
  ]);
  const layer = boxElements(boxes, { width, height, scale, classes: [], font: 'system' });
  const size = `viewBox="0 0 ${round(width)} ${round(height)}" style="max-width:${round(width)}px"`;
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(found.fileName)}"><image href="${href}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none"/>${layer}</svg>`;
  return `<figure>${picture}<figcaption>${caption({ ...found, group: null }, hasSeveralSets)}</figcaption></figure>`;
}

function caption({ source, fileName, side, group, detail }: FoundPhoto, hasSeveralSets: boolean): string {
  const marks = [hasSeveralSets ? source : null, side, group === null ? null : `group ${group + 1}`];
  const place = marks.filter((mark) => mark !== null).join(' · ');
  const lines = [place, detail ?? ''].filter((line) => line !== '').map((line) => `<br>${escapeXml(line)}`);
  return `<b>${escapeXml(fileName)}</b>${lines.join('')}`;
}

/** @param items HTML */
function list(items: readonly string[], isMore: boolean): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, maxLines).map((item) => `<li>${item}</li>`);
  const rest = items.length - shown.length;
  const words = `<ul>${shown.join('')}</ul>${rest > 0 ? `<p class="note">and ${rest} more: --json has all</p>` : ''}`;
  return isMore ? `<details><summary>${items.length} more</summary>${words}</details>` : words;
}

/** A box that is inside out cannot be drawn; of one that is outside, the nearest edge is. */
function drawn([x, y, width, height]: Bbox, colour: string, text: string): LabelledBox[] {
  if (width < 0 || height < 0) return [];
  return [{ box: [x, y, x + width, y + height], label: null, score: null, colour, text }];
}

const style = `
:root{--ground:#f4f5f7;--paper:#fff;--ink:#1b1f27;--quiet:#59616d;--line:#dde1e7;--link:#0b5cad;--error:#b3243b;--warning:#8a6100;--note:#4b5563}
@media (prefers-color-scheme:dark){:root{--ground:#0d1014;--paper:#161a20;--ink:#eceef2;--quiet:#a6aebb;--line:#363d48;--link:#7cc0ff;--error:#ff8a96;--warning:#e6c34a;--note:#aab2bf}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1040px;margin:0 auto;padding:32px 16px 64px}
header{padding:0 4px 12px}
.brand{margin:0;color:var(--quiet);font-size:14px}
h1{margin:0 0 8px;font-size:28px;line-height:1.2}
h2{margin:0 0 6px;font-size:18px;line-height:1.3;overflow-wrap:anywhere}
h3{margin:0;font-size:15px}
p{margin:0 0 6px;overflow-wrap:anywhere}
.run{color:var(--quiet)}
.run b{color:var(--ink)}
section{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:22px 28px;margin:16px 0}
.cure{color:var(--quiet)}
.kind{margin:0 0 4px}
.mark{font-size:13px;font-weight:700;white-space:nowrap}
.error{color:var(--error)}.warning{color:var(--warning)}.note{color:var(--note)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:9px 10px 9px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{color:var(--quiet);font-size:13px}
tbody th{overflow-wrap:anywhere}
.number{text-align:right}
.fix{color:var(--quiet);font-size:14px;white-space:nowrap}
a{color:var(--link)}
.legend{color:var(--quiet);font-size:14px}
.legend span{display:inline-block;width:14px;height:14px;border-radius:4px;margin:0 6px 0 0;vertical-align:-2px}
.legend span+span{margin-left:14px}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(240px,100%),1fr));gap:18px;margin-top:14px}
.group{margin-top:18px}
.group .pictures{grid-template-columns:repeat(auto-fill,minmax(min(150px,45%),1fr));margin-top:8px}
figure{margin:0;min-width:0}
figure svg{display:block;width:100%;height:auto;border-radius:8px}
figcaption,li{color:var(--quiet);font-size:13px;line-height:1.4;margin-top:6px;overflow-wrap:anywhere}
figcaption b,li b{color:var(--ink);font-weight:600}
details{margin-top:14px}
summary{cursor:pointer;color:var(--link);padding:4px 0}
ul{margin:6px 0 0;padding-left:20px}
@media (max-width:719px){main{padding:20px 8px 40px}section{padding:18px 16px}thead{display:none}table .fix{display:none}}
@media print{section{break-inside:avoid}}
`;
