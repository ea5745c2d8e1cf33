/** @file What is wrong with classes: one class under several names, classes without boxes, classes that crowd out others. */
import { slipDistance } from '../../text/near-name.ts';
import { plural } from '../../text/plural.ts';
import { plainName } from './class-name.ts';
import { type Finding, type Subject, sideOf } from './finding.ts';

/** Times that the most frequent class may outnumber the rarest before it is worth a word. */
const maxRatio = 50;
/** Below this a class is hardly learned. */
const minBoxes = 10;
/** A slip of the keyboard is rare beside the name that was meant. */
const slipShare = 0.1;
/** "shirt" and "skirt", "short" and "shirt" are one letter apart and no slips. */
const minSlipLength = 6;

interface ClassUse {
  readonly name: string;
  /** Names of the data sets that have it. */
  readonly sources: ReadonlySet<string>;
  /** Without regions to ignore. */
  readonly boxes: number;
  /** Parts of the split that have a box of it. */
  readonly sides: ReadonlySet<string>;
}

export function classFindings(subjects: readonly Subject[]): Finding[] {
  const classes = classUses(subjects);
  return [nameFinding(subjects, classes), missingFinding(subjects, classes), imbalanceFinding(classes)].filter(
    ({ count }) => count > 0,
  );
}

function classUses(subjects: readonly Subject[]): ClassUse[] {
  const uses = new Map<string, { sources: Set<string>; boxes: number; sides: Set<string> }>();
  for (const subject of subjects) {
    const { name: source, set, classNames } = subject;
    for (const name of classNames.values()) {
      const use = uses.get(name) ?? { sources: new Set(), boxes: 0, sides: new Set() };
      use.sources.add(source);
      uses.set(name, use);
    }
    const sideOfImage = new Map(set.given.images.map(({ id, file_name }) => [id, sideOf(subject, file_name)]));
    for (const { category_id, image_id, iscrowd } of set.given.annotations) {
      if (iscrowd === 1) continue;
      const use = uses.get(classNames.get(category_id)!)!;
      use.boxes++;
      const side = sideOfImage.get(image_id) ?? null;
      if (side !== null) use.sides.add(side);
    }
  }
  return [...uses].map(([name, use]) => ({ name, ...use }));
}

function nameFinding(subjects: readonly Subject[], classes: readonly ClassUse[]): Finding {
  const named = classes.map((use) => ({ ...use, plain: plainName(use.name) }));
  const pairs = named.flatMap((a, index) =>
    named
      .slice(index + 1)
      .filter((b) => a.plain === b.plain || isSlip(a, b))
      .map((b) => `${described(a, subjects)} and ${described(b, subjects)}`),
  );
  return {
    kind: 'class-names',
    severity: 'warning',
    title: `${plural(pairs.length, 'pair')} of class names that may mean the same`,
    explanation: 'They differ in case, spaces or a letter.',
    cure: 'Give them one name with a relabelling (prepare --relabel).',
    isFixable: false,
    photos: [],
    classes: pairs,
    count: pairs.length,
  };
}

function isSlip(a: ClassUse & { readonly plain: string }, b: ClassUse & { readonly plain: string }): boolean {
  return (
    Math.min(a.boxes, b.boxes) <= slipShare * Math.max(a.boxes, b.boxes) &&
    Math.min(a.plain.length, b.plain.length) >= minSlipLength &&
    Math.abs(a.plain.length - b.plain.length) < 2 &&
    slipDistance(a.plain, b.plain) === 1
  );
}

function missingFinding(subjects: readonly Subject[], classes: readonly ClassUse[]): Finding {
  const sides = new Set(
    subjects.flatMap((subject) => [
      ...new Set(subject.set.given.images.map(({ file_name }) => sideOf(subject, file_name))),
    ]),
  );
  const measured = ['train', 'val'].filter((side) => sides.has(side));
  const gaps = classes.flatMap(({ name, boxes, sides: ofClass }) => {
    if (boxes === 0) return [`"${name}" has no box`];
    return measured.filter((side) => !ofClass.has(side)).map((side) => `"${name}" has no box in ${side}`);
  });
  return {
    kind: 'class-missing',
    severity: 'warning',
    title: `${plural(gaps.length, 'gap')} in the classes`,
    explanation: 'What is not in train is not learned, and what is not in val is not measured.',
    cure: 'Drop the class, or split anew.',
    isFixable: false,
    photos: [],
    classes: gaps,
    count: gaps.length,
  };
}

function imbalanceFinding(classes: readonly ClassUse[]): Finding {
  const used = classes.filter(({ boxes }) => boxes > 0).sort((a, b) => b.boxes - a.boxes);
  const [first] = used;
  const rare = used.filter(({ boxes }) => boxes < minBoxes || boxes * maxRatio < first!.boxes);
  const most = first === undefined ? '' : ` of "${first.name}" (${first.boxes})`;
  return {
    kind: 'class-imbalance',
    severity: 'warning',
    title: `${plural(rare.length, 'class', 'classes')} with few boxes`,
    explanation: `Fewer than ${minBoxes}, or less than a ${maxRatio}th${most}.`,
    cure: 'Label more of them, weight their source (train --data DIR:WEIGHT), or merge classes.',
    isFixable: false,
    photos: [],
    classes: rare.map(({ name, boxes }) => `"${name}" ${plural(boxes, 'box', 'boxes')}`),
    count: rare.length,
  };
}

function described({ name, boxes, sources }: ClassUse, subjects: readonly Subject[]): string {
  const where = subjects.length > 1 ? ` in ${[...sources].join(', ')}` : '';
  return `"${name}" (${plural(boxes, 'box', 'boxes')}${where})`;
}
