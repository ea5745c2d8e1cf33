/**
 * @file A store moved to another model or descriptor: new vectors are made from the pictures of its rows, beside the old
 * ones, and take their place in one step. Boxes and classes stay as they were found.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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
import { keyText, type Row } from './row.ts';
import { StoreError } from './store-error.ts';
import type { OpenedStore } from './vector-store.ts';

export interface MigrationReport {
  /** Rows whose vectors were made now. */
  embedded: number;
  /** Rows that an earlier run had done. */
  known: number;
  /** Whether the new vectors answer from now on. */
  hasSwitched: boolean;
  readonly failed: { readonly source: string; readonly reason: string }[];
}

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
  const report: MigrationReport = { embedded: 0, known: 0, hasSwitched: false, failed: [] };
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

function maySwitch({ failed }: MigrationReport, { dropFailed }: MigrationOptions): boolean {
  return failed.length === 0 || dropFailed === true;
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
  report.failed.length = 0;
  const done = new Map<string, { readonly row: Row; readonly facts: string }>();
  for await (const { vector: _, ...facts } of to.rows()) {
    const row = { ...facts, vector: new Float32Array(0) };
    done.set(keyText(facts), { row, facts: factsText(facts) });
  }
  let committedAt = Date.now();
  for await (const row of from.rows()) {
    const key = keyText(row);
    if (row.label !== null && !engine.classes.includes(row.label)) throw strangeClassError(row.label, engine);
    const isKnown = done.get(key)?.facts === factsText(row);
    try {
      if (isKnown) report.known += 1;
      else {
        await to.upsert([{ ...row, vector: await embedAgain(row, options) }]);
        report.embedded += 1;
      }
      done.delete(key);
    } catch (error) {
      if (error instanceof StoreError && error.reason !== 'row' && error.reason !== 'item') throw error;
      report.failed.push({ source: row.image, reason: describeError(error).message });
    }
    onRow?.(report);
    if (Date.now() - committedAt > commitEveryMs) {
      await to.commit();
      committedAt = Date.now();
    }
  }
  report.known = Math.max(0, report.known - before);
  // Rows that an earlier run did and that are gone, or cannot be made, by now.
  await to.delete([...done.values()].map(({ row }) => row));
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
