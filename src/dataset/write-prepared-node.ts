/** @file Writes a prepared data set: its COCO files as streams, what lies beside them, and last `dataset.json`. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFilesAtomically } from '../files/atomic-file-node.ts';
import { type CocoRows, cocoPieces } from './coco.ts';
import { countedRows, type DatasetDescription, datasetFormatVersion } from './prepared.ts';
import { canonicalRelabelling, type Relabelling } from './relabel.ts';

export interface PreparedContent {
  /** Folders of photos and masks. */
  readonly images: string;
  readonly masks: string | null;
  /** What made the classes; of a copy, what the copied set says. */
  readonly relabelling: Relabelling | (DatasetDescription['relabelling'] & { readonly classes: readonly string[] });
  /** `all`, and `train` and `val` where there is a split. */
  readonly parts: ReadonlyMap<string, CocoRows>;
  /** Reports and notes, by file name, made once everything is counted. */
  readonly beside?: ReadonlyMap<string, (counts: DatasetDescription['counts']) => string>;
}

/** Writes all files of a data set, or none. The same content gives the same bytes. */
export async function writePrepared(
  out: string,
  { images, masks, relabelling, parts, beside = new Map() }: PreparedContent,
): Promise<DatasetDescription> {
  const counts: DatasetDescription['counts'] = {};
  const hashes: DatasetDescription['files'] = {};
  const dataset: DatasetDescription = {
    formatVersion: datasetFormatVersion,
    images: resolve(images),
    masks: masks === null ? null : resolve(masks),
    classes: [...relabelling.classes],
    relabelling: {
      source: relabelling.source,
      sha256: 'sha256' in relabelling ? relabelling.sha256 : sha256(canonicalRelabelling(relabelling)),
    },
    counts,
    files: hashes,
  };
  function* piecesOf(part: string, content: CocoRows): Generator<string> {
    const counted = countedRows(content);
    const hash = createHash('sha256');
    for (const piece of cocoPieces(counted.rows)) {
      hash.update(piece);
      yield piece;
    }
    counts[part] = counted.counts();
    hashes[cocoFileOf(part)] = hash.digest('hex');
  }
  const files = new Map<string, Iterable<string>>();
  for (const [part, content] of parts) files.set(cocoFileOf(part), piecesOf(part, content));
  // Files are written in this order: counts and hashes are known when what tells of them is made.
  for (const [name, content] of beside)
    files.set(
      name,
      later(() => content(counts)),
    );
  files.set(
    'dataset.json',
    later(() => `${JSON.stringify(dataset, null, 2)}\n`),
  );
  await writeFilesAtomically(out, files);
  // What an earlier preparation with a split left behind.
  for (const stale of ['train.json', 'val.json']) if (!files.has(stale)) await rm(join(out, stale), { force: true });
  return dataset;
}

function* later(make: () => string): Generator<string> {
  yield make();
}

/** The file of a part of a prepared data set. */
export function cocoFileOf(part: string): string {
  return part === 'all' ? 'annotations.json' : `${part}.json`;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
