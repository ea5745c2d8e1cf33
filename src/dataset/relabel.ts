/**
 * @file Relabelling: a data set's own labels to the classes that a detector is to know.
 *
 * An old label becomes a class, or a region that is neither right nor wrong for some classes (`ignore`), or nothing.
 */
import { z } from 'zod';
import type { CocoAnnotation, CocoFile } from './coco.ts';
import { factsOf, parseJson } from './coco.ts';
import { DatasetError, listFaults } from './dataset-error.ts';

const targetSchema = z.union([z.string(), z.strictObject({ ignore: z.array(z.string()).min(1) }), z.null()]);

const relabellingSchema = z.strictObject({
  classes: z.array(z.string().min(1)).min(1),
  sources: z.record(z.string(), z.record(z.string(), targetSchema)),
  /** What becomes of labels that are not listed. */
  unlisted: z.null().default(null),
});

/** What becomes of one old label. */
export type RelabelTarget = z.infer<typeof targetSchema>;

/** Classes and, for one source, what becomes of each of its labels; labels that are not listed are dropped. */
export interface Relabelling {
  readonly classes: readonly string[];
  readonly source: string;
  readonly targets: ReadonlyMap<string, RelabelTarget>;
}

/** A file in new classes (ids 1..n in the order of the class list) and what became of the old labels. */
export interface Relabelled {
  readonly coco: CocoFile;
  /** Annotations dropped, by old label. */
  readonly dropped: ReadonlyMap<string, number>;
}

/**
 * Reads one source's relabelling from the text of a relabelling file.
 *
 * @param source which of the file's sources; may be left out when there is one
 */
export function parseRelabelling(text: string, where: string, source?: string): Relabelling {
  const parsed = relabellingSchema.safeParse(parseJson(text, where));
  const refuse = (summary: string, facts: { expected?: string; got?: string; cure?: string }) =>
    new DatasetError('dataset-relabelling', summary, { where, ...facts });
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw refuse('this is not a relabelling', {
      expected: '{"classes": [...], "sources": {NAME: {OLD LABEL: CLASS, {"ignore": [CLASSES]} or null}}}',
      got: listFaults(faults),
    });
  }
  const { classes, sources } = parsed.data;
  const names = Object.keys(sources);
  const chosen = source ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined || !Object.hasOwn(sources, chosen)) {
    throw refuse(chosen === undefined ? 'the relabelling has several sources' : `there is no source "${chosen}"`, {
      expected: `one of ${names.join(', ')}`,
      cure: 'Name one with --source.',
    });
  }
  if (new Set(classes).size !== classes.length) throw refuse('a class is listed twice', { got: classes.join(', ') });
  const targets = new Map(Object.entries(sources[chosen]));
  const unknown = [...targets.values()].flatMap(classesNamed).filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw refuse('labels are mapped to classes that are not in the list', {
      expected: `one of ${classes.join(', ')}`,
      got: listFaults([...new Set(unknown)]),
    });
  }
  return { classes, source: chosen, targets };
}

/** The relabelling that keeps a file's own labels, in the order of their ids. */
export function ownLabels(coco: CocoFile): Relabelling {
  const classes = [...coco.categories].sort((a, b) => a.id - b.id).map(({ name }) => name);
  return { classes, source: 'own labels', targets: new Map(classes.map((name) => [name, name])) };
}

/** Old labels that the relabelling lists and the file does not have: misspelt perhaps. */
export function unknownLabels({ categories }: Pick<CocoFile, 'categories'>, { targets }: Relabelling): string[] {
  const known = new Set(categories.map(({ name }) => name));
  return [...targets.keys()].filter((name) => !known.has(name));
}

/** A file in the classes of a relabelling. Photos left without boxes stay. */
export function relabel(coco: CocoFile, { classes, targets }: Relabelling): Relabelled {
  const classId = new Map(classes.map((name, index) => [name, index + 1]));
  const oldName = new Map(coco.categories.map(({ id, name }) => [id, name]));
  const annotations: CocoAnnotation[] = [];
  const dropped = new Map<string, number>();
  for (const annotation of coco.annotations) {
    const name = oldName.get(annotation.category_id) as string;
    const target = targets.get(name) ?? null;
    if (target === null) dropped.set(name, (dropped.get(name) ?? 0) + 1);
    for (const newName of classesNamed(target)) {
      annotations.push({
        id: annotations.length + 1,
        image_id: annotation.image_id,
        category_id: classId.get(newName) as number,
        bbox: annotation.bbox,
        area: annotation.area,
        iscrowd: typeof target === 'string' ? annotation.iscrowd : 1,
        ...factsOf(annotation),
      });
    }
  }
  const parentOf = new Map(coco.categories.map(({ name, supercategory }) => [name, supercategory]));
  const categories = classes.map((name, index) => {
    const supercategory = parentOf.get(name);
    return { id: index + 1, name, ...(supercategory === undefined ? {} : { supercategory }) };
  });
  const { attributes } = coco;
  return {
    coco: { images: coco.images, annotations, categories, ...(attributes === undefined ? {} : { attributes }) },
    dropped,
  };
}

/** One text for one relabelling, whatever the order and spacing of its file: what is hashed. */
export function canonicalRelabelling({ classes, targets }: Relabelling): string {
  return JSON.stringify({ classes, targets: [...targets].sort(([a], [b]) => (a < b ? -1 : 1)) });
}

function classesNamed(target: RelabelTarget): readonly string[] {
  if (target === null) return [];
  return typeof target === 'string' ? [target] : target.ignore;
}
