/** @file `deepshop doctor`: what is wrong with labelled photos, as a table, JSON or a page, and a corrected copy. */
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { type Examination, examine } from '../dataset/doctor/examine.ts';
import type { Finding, FoundPhoto } from '../dataset/doctor/finding.ts';
import { type FixReport, writeFixed } from '../dataset/doctor/fix-node.ts';
import { refusePlace } from '../dataset/doctor/fix-place-node.ts';
import { surveySet } from '../dataset/doctor/survey-node.ts';
import { openLabelledSet } from '../dataset/formats/open-set-node.ts';
import type { LabelledSet } from '../dataset/labelled-set.ts';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { writeFileAtomically } from '../files/atomic-file-node.ts';
import { plural } from '../text/plural.ts';
import { markFailed, printJson, printLine } from './command-runtime.ts';
import { unwritable } from './output-files.ts';
import { showProgress } from './progress.ts';

interface Flags {
  readonly images?: string;
  readonly fix?: string;
  readonly html?: string;
  readonly json?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('find what is wrong with labelled photos (exit code 1 where there are errors)')
    .argument('<datasets...>', 'prepared data sets, COCO files, or folders of VOC, YOLO or DeepFashion2')
    .option('--images <dir>', 'folder of the photos of COCO files or of VOC, of all data sets that are named')
    .option('--fix <dir>', 'write a corrected copy into a new folder; the original stays as it is')
    .option('--html <file>', 'write a page with pictures of what was found')
    .option('--json', 'print the findings as JSON')
    .action(async (paths: string[], { images, fix: out, html, json = false }: Flags) => {
      if (paths.length > 1 && out !== undefined)
        throw new UsageError('--fix is for one data set', { got: `${paths.length} data sets` });
      const twice = paths.find((path, index) => paths.findIndex((other) => resolve(other) === resolve(path)) < index);
      if (twice !== undefined) throw new UsageError('a data set is named twice', { got: twice });
      const sets = [];
      for (const path of paths) sets.push(await openLabelledSet(path, images));
      // Before a long look at photos, not after it.
      if (out !== undefined) await refusePlace(out, sets[0]);
      const examination = await examineSets(paths, sets);
      const fix = out === undefined ? null : await writeFixed(examination.subjects[0], examination.corrected[0], out);
      if (json) printJson(asJson(examination, fix));
      else describe(examination, fix);
      if (html !== undefined) {
        await writePage(html, examination);
        if (!json) printLine(`page written to ${html}`);
      }
      const remaining = examination.findings.filter(
        ({ severity, isFixable }) => severity === 'error' && !(fix !== null && isFixable),
      );
      if (remaining.length > 0) markFailed();
    });
}

async function examineSets(paths: readonly string[], sets: readonly LabelledSet[]): Promise<Examination> {
  const progress = showProgress(
    'looking at photos',
    sets.reduce((sum, { given }) => sum + given.images.length, 0),
  );
  let done = 0;
  const subjects = [];
  const names = paths.map((path) => basename(resolve(path)));
  try {
    for (const [index, set] of sets.entries()) {
      // Folders of the same name are told apart by their paths.
      const isTaken = names.filter((name) => name === names[index]).length > 1;
      const name = isTaken ? paths[index] : names[index];
      subjects.push(await surveySet(name, set, () => progress.update(++done)));
    }
  } finally {
    progress.stop();
  }
  return examine(subjects);
}

async function writePage(path: string, examination: Examination): Promise<void> {
  const { renderDoctorPage } = await import('../report/doctor-page-node.ts');
  const page = await renderDoctorPage(examination);
  await writeFileAtomically(path, page).catch((error) => {
    throw unwritable(path, error, 'Name a file in a folder that can be written to with --html.');
  });
}

function asJson({ subjects, findings }: Examination, fix: FixReport | null) {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  return {
    datasets: subjects.map(({ name, set }) => ({
      name,
      format: set.format,
      photos: set.given.images.length,
      boxes: set.given.annotations.length,
      classes: set.given.categories.length,
    })),
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
    findings,
    fix,
  };
}

/** Lines shown a finding; --json has all. */
const shown = 6;

function describe({ subjects, findings }: Examination, fix: FixReport | null): void {
  for (const { name, set } of subjects) {
    const { images, annotations, categories } = set.given;
    const counts = [plural(images.length, 'photo'), plural(annotations.length, 'box', 'boxes')];
    const classes = plural(categories.length, 'class', 'classes');
    printLine(printable(`${name} (${set.format}): ${counts.join(', ')}, ${classes}`));
  }
  printLine();
  for (const finding of findings) {
    const { severity, kind, title, explanation, cure, isFixable, photos, classes } = finding;
    printLine(
      `${severity.padEnd(8)} ${kind.padEnd(17)} ${printable(title)}${isFixable && fix === null ? '  [--fix]' : ''}`,
    );
    const indent = ' '.repeat(27);
    printLine(`${indent}${printable(explanation)}`);
    const lines = [...photos.map((photo) => photoLine(photo, subjects.length > 1)), ...classes];
    for (const line of lines.slice(0, shown)) printLine(`${indent}- ${printable(line)}`);
    if (lines.length > shown) printLine(`${indent}  and ${lines.length - shown} more`);
    printLine(`${indent}> ${printable(cure)}`);
  }
  const counts = (['error', 'warning', 'note'] as const).map((severity) =>
    plural(findings.filter((finding) => finding.severity === severity).length, severity),
  );
  printLine(findings.length === 0 ? 'Nothing was found.' : counts.join(', '));
  if (fix !== null) printLine(describeFix(fix));
}

function photoLine({ source, fileName, side, group, detail }: FoundPhoto, hasSeveralSets: boolean): string {
  const marks = [hasSeveralSets ? source : null, side, group === null ? null : `group ${group + 1}`, detail];
  return [fileName, ...marks.filter((mark) => mark !== null)].join(' | ');
}

function describeFix(fix: FixReport): string {
  const parts = [
    [fix.turnedPhotos, 'photo', 'photos', 'with boxes turned'],
    [fix.convertedBoxes, 'box', 'boxes', 'converted'],
    [fix.clippedBoxes, 'box', 'boxes', 'cut back'],
    [fix.emptyBoxes, 'box', 'boxes', 'without an area left out'],
    [fix.leftOut, 'unreadable photo', 'unreadable photos', 'left out'],
  ] as const;
  const done = parts.flatMap(([count, one, many, what]) =>
    count === 0 ? [] : [`${plural(count, one, many)} ${what}`],
  );
  const photos = fix.photosCopied ? 'photos copied' : `photos stay in ${printable(fix.images)}: read it with --images`;
  const list = done.length === 0 ? 'nothing to correct' : done.join(', ');
  return `corrected copy (${fix.format}, ${photos}) written to ${fix.out}: ${list}`;
}
