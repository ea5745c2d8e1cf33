/** @file Photos that are copies of each other, within one part of a split and, which is worse, across it. */
import type { PhotoPrint } from '../../image/perceptual-hash.ts';
import { plural } from '../../text/plural.ts';
import { type Finding, foundPhoto, type Subject, sideOf } from './finding.ts';
import { nearDuplicates } from './near-duplicates.ts';

interface Printed {
  readonly subject: Subject;
  readonly fileName: string;
  readonly print: PhotoPrint;
}

export function copyFindings(subjects: readonly Subject[]): Finding[] {
  const printed = subjects.flatMap((subject) =>
    subject.set.given.images.flatMap(({ file_name: fileName }, index): Printed[] => {
      const surveyed = subject.survey[index];
      return 'code' in surveyed ? [] : [{ subject, fileName, print: surveyed.print }];
    }),
  );
  const groups = nearDuplicates(printed.map(({ print }) => print)).map((places) => places.map((at) => printed[at]));
  const findings: Finding[] = [
    {
      kind: 'leak',
      severity: 'error',
      ...grouped(groups.filter(isAcross), 'of copies across the split'),
      explanation:
        'Nearly the same picture is trained on and measured on: figures on the validation side come out too good.',
      cure: 'Keep all copies of a picture on one side of the split.',
      isFixable: false,
    },
    {
      kind: 'duplicate',
      severity: 'warning',
      ...grouped(
        groups.filter((group) => !isAcross(group)),
        'of copies',
      ),
      explanation:
        'Nearly the same picture occurs more than once: it counts more often than others, and its labels may disagree.',
      cure: 'Keep one of each, with the best labels.',
      isFixable: false,
    },
  ];
  return findings.filter(({ count }) => count > 0);
}

function isAcross(group: readonly Printed[]): boolean {
  return new Set(group.flatMap(({ subject, fileName }) => sideOf(subject, fileName) ?? [])).size > 1;
}

function grouped(
  groups: readonly (readonly Printed[])[],
  what: string,
): Pick<Finding, 'title' | 'photos' | 'classes' | 'count'> {
  return {
    title: `${plural(groups.length, 'group')} ${what}`,
    photos: groups.flatMap((group, index) =>
      group.map(({ subject, fileName }) => foundPhoto(subject, fileName, { group: index })),
    ),
    classes: [],
    count: groups.length,
  };
}
