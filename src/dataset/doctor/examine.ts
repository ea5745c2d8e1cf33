/** @file All that the doctor looks at, in the order of its report. */
import { boxFindings, formFindings } from './box-findings.ts';
import { classFindings } from './class-findings.ts';
import { copyFindings } from './copy-findings.ts';
import { type Corrected, correct } from './correct.ts';
import type { Finding, Severity, Subject } from './finding.ts';
import { turnedPhotos, unreadablePhotos } from './photo-findings.ts';

export interface Examination {
  readonly subjects: readonly Subject[];
  /** What is certain put right, one for each subject. */
  readonly corrected: readonly Corrected[];
  readonly findings: readonly Finding[];
}

const order: readonly Severity[] = ['error', 'warning', 'note'];

export function examine(subjects: readonly Subject[]): Examination {
  const corrected = subjects.map(correct);
  // Leaks come first: they make figures wrong that look right.
  const findings = [
    ...copyFindings(subjects),
    ...unreadablePhotos(subjects),
    ...turnedPhotos(subjects, corrected),
    ...formFindings(subjects, corrected),
    ...boxFindings(subjects, corrected),
    ...classFindings(subjects),
  ].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return { subjects, corrected, findings };
}
