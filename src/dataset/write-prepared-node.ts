/** @file Writes a prepared data set: its COCO files as streams, what lies beside them, and last `dataset.json`. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFilesAtomically } from '../files/atomic-file-node.ts';
import { type CocoRows, cocoPieces } from './coco.ts';
import { countLabels, type DatasetDescription, datasetFormatVersion } from './prepared.ts';
import { canonicalRelabelling, type Relabelling } from './relabel.ts';

export interface PreparedContent {
  /** Folders of photos and masks. */
  readonly images: string;
  readonly masks: string | null;
  readonly relabelling: Relabelling;
  /** `all`, and `train` and `val` where there is a split. Read twice: to count and to write. */
  readonly parts: ReadonlyMap<string, CocoRows>;
  /** Reports and notes, by file name, once everything is counted. */
  readonly beside?: (counted: Pick<DatasetDescription, 'counts'>) => ReadonlyMap<string, string>;
}

/** Writes all files of a data set, or none. The same content gives the same bytes. */
export async function writePrepared(
  out: string,
  { images, masks, relabelling, parts, beside = () => new Map() }: PreparedContent,
): Promise<DatasetDescription> {
  const hashes: Record<string, string> = {};
  const dataset: DatasetDescription = {
    formatVersion: datasetFormatVersion,
    images: resolve(images),
    masks: masks === null ? null : resolve(masks),
    classes: [...relabelling.classes],
    relabelling: { source: relabelling.source, sha256: sha256(canonicalRelabelling(relabelling)) },
    counts: Object.fromEntries([...parts].map(([part, content]) => [part, countLabels(content)])),
    files: hashes,
  };
  const files = new Map<string, string | Iterable<string>>();
  for (const [part, content] of parts) {
    const name = cocoFileOf(part);
    files.set(
      name,
      hashed(cocoPieces(content), (hash) => {
        hashes[name] = hash;
      }),
    );
  }
  for (const [name, content] of beside(dataset)) files.set(name, content);
  // Files are written in this order: the hashes are known when the description is made.
  files.set('dataset.json', describe(dataset));
  await writeFilesAtomically(out, files);
  // What an earlier preparation with a split left behind.
  for (const stale of ['train.json', 'val.json']) if (!files.has(stale)) await rm(join(out, stale), { force: true });
  return dataset;
}

/** The file of a part of a prepared data set. */
export function cocoFileOf(part: string): string {
  return part === 'all' ? 'annotations.json' : `${part}.json`;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function* hashed(pieces: Iterable<string>, tell: (hash: string) => void): Generator<string> {
  const hash = createHash('sha256');
  for (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  tell(hash.digest('hex'));
}

function* describe(dataset: DatasetDescription): Generator<string> {
  yield `${JSON.stringify(dataset, null, 2)}\n`;
}
