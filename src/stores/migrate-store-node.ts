/**
 * @file A store moved to another model or descriptor: new vectors are made from the pictures of its rows, beside the old
 * ones, and take their place in one step. Boxes and classes stay as they were found.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FirstSeen } from '../catalogue/first-seen.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { describeError } from '../errors/errors.ts';
import { readPhoto } from '../image/decode-node.ts';
import {
  isShared,
  letWritersIn,
  openAnyStore,
  openStoreBeside,
  readStamp,
  switchStores,
  whileNobodyWrites,
} from './open-store-node.ts';
import { keyText, type Row, type RowKey } from './row.ts';
import { StoreError } from './store-error.ts';
import type { OpenedStore } from './vector-store.ts';

export interface MigrationReport {
  /** Rows whose vectors were made now. */
  embedded: number;
  /** Rows that an earlier run had done. */
  known: number;
  /** Whether the new vectors answer from now on. */
  hasSwitched: boolean;
  /** Rows that cannot be moved. */
  numFailed: number;
  /** The first ten thousand of them. */
  readonly failed: { readonly source: string; readonly reason: string }[];
}

const mostFailures = 10_000;
/** Rows of one call. */
const batchSize = 1000;

export interface MigrationOptions {
  readonly engine: GarmentEngine;
  readonly descriptor: DescriptorName;
  /** Leave rows out whose picture cannot be read, rather than stay with the old vectors. */
  readonly dropFailed?: boolean | undefined;
  readonly commitEveryMs?: number;
  readonly onRow?: ((report: MigrationReport) => void) | undefined;
}

/**
 * Fills the new store and switches. Killed or stopped by an error, the old one stays, and the next run goes on where
 * this one was.
 *
 * @throws StoreError `store-space` for classes that the model does not know
 */
export async function migrateStore(place: string, options: MigrationOptions): Promise<MigrationReport> {
  const { engine, descriptor } = options;
  const space = engine.space(descriptor);
  const stamp = await readStamp(place);
  const report: MigrationReport = { embedded: 0, known: 0, hasSwitched: false, numFailed: 0, failed: [] };
  if (stamp.spaceId === space.spaceId) {
    await letWritersIn(place);
    return report;
  }
  const to = await openStoreBeside(place, { space, modelId: engine.modelId, schema: stamp.attributes });
  try {
    const from = await openAnyStore(place);
    try {
      // Another migration came before this one had the lock.
      if (from.manifest.spaceId === space.spaceId) return report;
      // Where others go on writing, the long part is done before they are kept out for the rest.
      if (isShared(place)) {
        await fill(to, from, options, report);
        await to.commit();
        if (!maySwitch(report, options)) return report;
      }
      await whileNobodyWrites(place, async () => {
        await fill(to, from, options, report);
        await to.commit();
        if (!maySwitch(report, options)) return false;
        await switchStores(place);
        report.hasSwitched = true;
        return true;
      });
      return report;
    } finally {
      await from.close();
    }
  } finally {
    await to.close();
  }
}

function maySwitch({ numFailed }: MigrationReport, { dropFailed }: MigrationOptions): boolean {
  return numFailed === 0 || dropFailed === true;
}

async function fill(
  to: OpenedStore,
  from: OpenedStore,
  options: MigrationOptions,
  report: MigrationReport,
): Promise<void> {
  const { engine, commitEveryMs = 30_000, onRow } = options;
  // Of a second look, what the first one embedded is no news.
  const before = report.embedded;
  report.known = 0;
  report.numFailed = 0;
  report.failed.length = 0;
  const done = new DoneRows();
  for await (const row of to.rows()) done.add(row);
  let committedAt = Date.now();
  for await (const row of from.rows()) {
    if (row.label !== null && !engine.classes.includes(row.label)) throw strangeClassError(row.label, engine);
    try {
      if (done.has(row)) report.known += 1;
      else {
        await to.upsert([{ ...row, vector: await embedAgain(row, options) }]);
        report.embedded += 1;
      }
      done.keep(row);
    } catch (error) {
      if (error instanceof StoreError && error.reason !== 'row' && error.reason !== 'item') throw error;
      report.numFailed += 1;
      if (report.failed.length < mostFailures)
        report.failed.push({ source: row.image, reason: describeError(error).message });
    }
    onRow?.(report);
    if (Date.now() - committedAt >= commitEveryMs) {
      await to.commit();
      committedAt = Date.now();
    }
  }
  report.known = Math.max(0, report.known - before);
  await done.deleteOthers(to);
}

/** Rows that an earlier run did: 100 bytes each, as only hashes are kept. */
class DoneRows {
  readonly #facts = new FirstSeen();
  readonly #keys = new FirstSeen();
  readonly #kept = new FirstSeen();

  add(row: Row): void {
    this.#facts.add(factsText(row), 1);
    this.#keys.add(keyText(row), 1);
  }

  /** Whether it was done, and has not been changed since. */
  has(row: Row): boolean {
    return this.#facts.has(factsText(row));
  }

  /** The row is there still. */
  keep(row: Row): void {
    const key = keyText(row);
    if (this.#keys.has(key)) this.#kept.add(key, 1);
  }

  /** Those that are gone, or cannot be made, by now. */
  async deleteOthers(store: OpenedStore): Promise<void> {
    if (this.#kept.size === this.#keys.size) return;
    const others: RowKey[] = [];
    for await (const { product, variant, image, region } of store.rows()) {
      const key = { product, variant, image, region };
      if (this.#keys.has(keyText(key)) && !this.#kept.has(keyText(key))) others.push(key);
    }
    for (let at = 0; at < others.length; at += batchSize) await store.delete(others.slice(at, at + batchSize));
  }
}

async function embedAgain(row: Row, { engine, descriptor }: MigrationOptions): Promise<Float32Array> {
  const file = Object.hasOwn(row.attributes, 'file') ? row.attributes.file : null;
  if (typeof file !== 'string') throw new StoreError('item', 'the row does not say where its picture is');
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (hash !== row.contentHash) {
    const cure = 'Run deepshop index with the old model first, or drop it.';
    throw new StoreError('item', 'another picture than was indexed', { where: file, cure });
  }
  const [vector] = await engine.embedBoxes(await readPhoto(file), [row.box], descriptor);
  return vector!;
}

/** All but the vector. */
function factsText(row: Omit<Row, 'vector'>): string {
  const attributes = Object.entries(row.attributes)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([keyText(row), row.box, row.label, row.score, row.contentHash, attributes]);
}

function strangeClassError(label: string, engine: GarmentEngine): StoreError {
  return new StoreError('space', 'the store has a class that the model does not know', {
    expected: `one of ${engine.classes.join(', ')}`,
    got: label,
    cure: 'Index the catalogue again with this model into a new --store.',
  });
}
