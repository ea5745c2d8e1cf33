/** @file What became of DeepFashion's photos, beside the paper's Table 1: for programs and for people. */
import { wordFor } from '../../text/plural.ts';
import type { DatasetDescription } from '../prepared.ts';
import type { DeepFashionLists } from './lists.ts';
import { type PaperRow, paperTable1, type RecipeName, recipes } from './recipes.ts';
import type { Selection } from './select-photos.ts';

/** One class, or one set of classes that some categories may be. */
interface ReportRow {
  readonly name: string;
  /** Names and labels of the categories that became it. */
  readonly from: readonly { readonly label: number; readonly name: string }[];
  readonly isIgnored: boolean;
  readonly inLists: number;
  readonly kept: number;
  readonly paper: PaperRow | null;
}

export interface DeepFashionReport {
  readonly recipe: RecipeName;
  readonly seed: number;
  readonly cap: number | null;
  readonly split: 'seed' | 'official partition';
  readonly sizes: 'headers of the photos' | 'the least that hold box and landmarks';
  readonly photos: { readonly inLists: number; readonly kept: number; readonly train: number; readonly val: number };
  readonly rows: readonly ReportRow[];
  /** Categories that the recipe leaves out, with their photos. */
  readonly leftOut: readonly { readonly name: string; readonly photos: number }[];
  readonly clipped: number;
  readonly empty: number;
  readonly attributes: {
    readonly kinds: number;
    readonly present: number;
    readonly absent: number;
    readonly unknown: number;
  } | null;
  readonly landmarks: { readonly photos: number; readonly points: number } | null;
  readonly paper: { readonly sum: number; readonly inText: number } | null;
}

export function reportOn(
  lists: DeepFashionLists,
  selection: Selection,
  facts: Pick<DeepFashionReport, 'recipe' | 'seed' | 'sizes' | 'clipped'>,
): DeepFashionReport {
  const { categories, photos, attributes, attributeLabels, landmarks } = lists;
  const { inLists, kept, targets, sides } = selection;
  const groups = new Map<string, { isIgnored: boolean; members: number[] }>();
  for (const name of recipes[facts.recipe].classes) groups.set(name, { isIgnored: false, members: [] });
  targets.forEach((target, category) => {
    if (target === undefined || target === null) return;
    const isIgnored = typeof target !== 'string';
    const name = isIgnored ? target.ignore.join(' or ') : target;
    const group = groups.get(name) ?? { isIgnored, members: [] };
    groups.set(name, group);
    group.members.push(category);
  });
  const sum = (counts: Int32Array, members: readonly number[]) =>
    members.reduce((total, category) => total + counts[category], 0);
  const isTable1 = facts.recipe === 'table1';
  const leftOut = categories.flatMap(({ name }, category) =>
    targets[category] === undefined ? [{ name, photos: inLists[category] }] : [],
  );
  return {
    ...facts,
    cap: selection.cap,
    split: lists.partition === null ? 'seed' : 'official partition',
    photos: {
      inLists: photos.names.length,
      kept: selection.rows.length,
      train: sides.filter((side) => side === 'train').length,
      val: sides.filter((side) => side === 'val').length,
    },
    rows: [...groups].map(([name, { isIgnored, members }]) => ({
      name,
      from: members.map((category) => ({ label: category + 1, name: categories[category].name })),
      isIgnored,
      inLists: sum(inLists, members),
      kept: sum(kept, members),
      paper: (isTable1 && paperTable1.rows.find((row) => row.name === name)) || null,
    })),
    leftOut,
    empty: selection.empty,
    attributes: attributeLabels === null ? null : { kinds: attributes!.length, ...attributeLabels.tally },
    landmarks:
      landmarks === null
        ? null
        : { photos: landmarks.count.length, points: landmarks.count.reduce((a, b) => a + b, 0) },
    paper: isTable1
      ? { sum: paperTable1.rows.reduce((total, row) => total + row.total, 0), inText: paperTable1.inText }
      : null,
  };
}

const number = (value: number) => value.toLocaleString('en-US');
const countOf = (count: number, one: string, many?: string) => `${number(count)} ${wordFor(count, one, many)}`;

/** The report as Markdown. */
export function describeReport(report: DeepFashionReport, counts: DatasetDescription['counts']): string {
  const { rows, photos, paper } = report;
  const table = [
    `| class | old labels | in the lists | kept | train | val |${paper ? " paper's Table 1 |" : ''}`,
    `|---|---|---:|---:|---:|---:|${paper ? '---:|' : ''}`,
    ...rows.map(({ name, from, isIgnored, inLists, kept, paper: theirs }) => {
      const label = theirs ? `${name} (${theirs.newLabel} in the paper)` : isIgnored ? `ignored: ${name}` : name;
      const old = from.map((category) => `${category.name} ${category.label}`).join(', ') || 'none';
      const side = (part: string) => (isIgnored ? '' : number(counts[part].perClass[name].boxes));
      return `| ${label} | ${old} | ${number(inLists)} | ${number(kept)} | ${side('train')} | ${side('val')} |${theirs ? ` ${number(theirs.total)} |` : ''}`;
    }),
    `| all | | ${number(rows.reduce((sum, row) => sum + row.inLists, 0))} | ${number(photos.kept)} | ${number(photos.train)} | ${number(photos.val)} |${paper ? ` ${number(paper.sum)} |` : ''}`,
  ];
  return `${[
    `# DeepFashion by the recipe \`${report.recipe}\``,
    '',
    ...table,
    '',
    ...notesOf(report).map((note) => `- ${note}`),
    '',
  ].join('\n')}`;
}

/** What a person should know about the numbers. */
export function notesOf(report: DeepFashionReport): string[] {
  const { photos, paper, cap, seed, attributes, landmarks } = report;
  const kept = `${countOf(photos.kept, 'photo')} of ${number(photos.inLists)} in the lists`;
  const test = photos.kept - photos.train - photos.val;
  const dropped = report.leftOut.filter((category) => category.photos > 0);
  const notes = [
    `${kept}: ${number(photos.train)} to train on and ${number(photos.val)} for validation, by ${report.split === 'seed' ? `seed ${seed}` : 'the official partition'}.`,
  ];
  if (test > 0) notes.push(`${countOf(test, 'photo')} of the official test part in annotations.json alone.`);
  if (paper !== null) {
    const counted = `The rows of the paper's Table 1 add up to ${number(paper.sum)}; its text says ${number(paper.inText)}. Counted here: ${number(photos.kept)}.`;
    notes.push(counted);
  }
  if (cap !== null)
    notes.push(`At most ${countOf(cap, 'photo')} of ${recipes[report.recipe].capped.join(', ')}, by seed ${seed}.`);
  notes.push(`Width and height: ${report.sizes}.`);
  if (report.clipped > 0)
    notes.push(
      `${countOf(report.clipped, 'box that overshot its photo slightly was', 'boxes that overshot their photos slightly were')} cut back to it.`,
    );
  if (report.empty > 0)
    notes.push(
      `${countOf(report.empty, 'photo whose box has no area was', 'photos whose box has no area were')} left out.`,
    );
  notes.push(
    attributes === null
      ? 'No attributes: list_attr_cloth.txt or list_attr_img.txt is not there.'
      : `${countOf(attributes.kinds, 'attribute')}; on all photos of the lists ${number(attributes.present)} present, ${number(attributes.unknown)} unknown, the rest absent. Annotations name those present.`,
  );
  notes.push(
    landmarks === null
      ? 'No landmarks: list_landmarks.txt is not there.'
      : `${countOf(landmarks.points, 'landmark')} on all photos of the lists.`,
  );
  if (dropped.length > 0)
    notes.push(`Left out: ${dropped.map((category) => `${category.name} ${number(category.photos)}`).join(', ')}.`);
  notes.push('One garment a photo has a label; whatever else is worn on it has none.');
  return notes;
}
