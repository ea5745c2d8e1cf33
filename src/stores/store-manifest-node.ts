/** @file `store.json`: what a store directory is and, but for exact stores, which commit is the last. Read first. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { descriptorNames, descriptorOf, type GarmentEngine, type VectorSpace } from '../embedding/descriptor.ts';
import { isUnfinished, writeFileAtomically } from '../files/atomic-file-node.ts';
import { type AttributeSchema, schemaTypeOf } from './row.ts';
import { StoreError } from './store-error.ts';
import type { StoreStamp } from './vector-store.ts';

export const storeSchemaVersion = 1;

const stampShape = {
  format: z.literal('deepshop-store'),
  schemaVersion: z.literal(storeSchemaVersion),
  descriptor: z.enum(descriptorNames),
  spaceId: z.string().min(1),
  dimension: z.number().int().positive().max(65536),
  metric: z.enum(['cosine', 'euclidean']),
  /** The model that indexed; another model of the same space may go on. */
  modelId: z.string(),
  attributes: z.record(z.string(), z.enum(['string', 'number', 'boolean'])),
};

const exactSchema = z.strictObject({
  ...stampShape,
  kind: z.literal('exact'),
  /** File of the rows; `rows.bin` where it is not said. A migration gives it another. */
  rowsFile: z
    .string()
    .regex(/^rows-\d+\.bin$/)
    .optional(),
});

/** Bounds are far above what a measurement tries: the engine makes room for all that is asked of it, and aborts. */
const effortSchema = z.strictObject({
  /** Candidates a row wanted that are compared exactly. */
  refineFactor: z.number().int().positive().max(1000),
  /** Partitions that are looked at; null leaves it to the engine. */
  probes: z.number().int().positive().max(4096).nullable(),
  /** recall@10 against exact answers, over held-out rows. */
  recall: z.number().min(0).max(1),
});

const indexSchema = z.strictObject({
  /** How many rows there were when its partitions were made. */
  rows: z.number().int().positive(),
  /** How many held-out rows its recall was measured on. */
  queries: z.number().int().positive(),
  alone: effortSchema,
  /** Under a filter that leaves few rows. */
  filtered: effortSchema,
});

const lanceSchema = z.strictObject({
  ...stampShape,
  kind: z.literal('lancedb'),
  /** In the folder `tables`; a migration makes another. */
  table: z.string().regex(/^rows-\d+$/),
  /** Of the table, at the last commit. */
  version: z.number().int().positive(),
  /** Counts up with every commit. */
  commit: z.number().int().positive(),
  /** Null where every row is compared. */
  index: indexSchema.nullable(),
  /** How many rows there were when the best index that could be built found too little: with as many, none is tried again. */
  indexFailedAt: z.number().int().positive().optional(),
});

const manifestSchema = z.discriminatedUnion('kind', [exactSchema, lanceSchema]);

export type StoreManifest = z.infer<typeof manifestSchema>;
export type StoreKind = StoreManifest['kind'];
export type ExactManifest = z.infer<typeof exactSchema>;
export type LanceManifest = z.infer<typeof lanceSchema>;
export type IndexFacts = z.infer<typeof indexSchema>;
/** What a manifest says of the index, or of the want of one. */
export type IndexState = Pick<LanceManifest, 'index' | 'indexFailedAt'>;

export const storeKinds: readonly StoreKind[] = ['lancedb', 'exact'];

/**
 * Which of the stores in a directory: `store.json` is the one that answers; `migration.json` describes the one that a
 * migration fills beside it.
 */
export type ManifestName = 'store.json' | 'migration.json';

const manifestName = 'store.json';
/** What a writer that was killed while creating a store may leave. */
const ownNames = new Set(['rows.bin', 'lock', 'tables']);

/** Reads and checks `store.json`; the directory must be a store. */
export async function readManifest(directory: string, name: ManifestName = manifestName): Promise<StoreManifest> {
  const path = join(directory, name);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    const facts = {
      where: directory,
      expected: 'a directory with store.json',
      cure: 'Make one: deepshop index SOURCE --store DIR.',
    };
    throw new StoreError('missing', 'there is no store here', facts, { cause });
  }
  return parseManifest(text, path);
}

export async function hasManifest(directory: string, name: ManifestName = manifestName): Promise<boolean> {
  try {
    return (await readdir(directory)).includes(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw occupiedError(directory, 'a file');
    throw error;
  }
}

/**
 * Makes the directory, unless something else lives there already.
 *
 * @returns the folders that were made, from the inmost
 */
export async function claimDirectory(directory: string): Promise<readonly string[]> {
  const outmost = await mkdir(directory, { recursive: true });
  const strangers = (await readdir(directory)).filter(
    (name) => name !== manifestName && !ownNames.has(name) && !name.startsWith('lock.') && !isUnfinished(name),
  );
  if (strangers.length > 0 && !(await hasManifest(directory))) throw occupiedError(directory, strangers[0]);
  return outmost === undefined ? [] : foldersUpTo(resolve(outmost), resolve(directory));
}

/** A folder and those that it lies in, up to the outmost. */
function foldersUpTo(outmost: string, folder: string): string[] {
  return folder.length <= outmost.length ? [folder] : [folder, ...foldersUpTo(outmost, dirname(folder))];
}

export async function writeManifest(
  directory: string,
  manifest: StoreManifest,
  { name = manifestName, beforeRename }: { name?: ManifestName | undefined; beforeRename?: () => Promise<void> } = {},
): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFileAtomically(join(directory, name), text, beforeRename);
}

/** A vector of one space never meets a store of another. */
export function requireSpace(manifest: StoreStamp, space: VectorSpace, where: string): void {
  const { spaceId, dimension, metric } = manifest;
  if (spaceId === space.spaceId && dimension === space.dimension && metric === space.metric) return;
  throw new StoreError('space', 'the store holds vectors of another model or descriptor', {
    where,
    expected: `space ${spaceId} (${manifest.descriptor}, ${dimension} numbers, ${metric}, made by model ${manifest.modelId})`,
    got: `space ${space.spaceId} (${space.descriptor}, ${space.dimension} numbers, ${space.metric})`,
    cure: 'Give --model, --descriptor and --encoder as when it was indexed, move the store to these with deepshop index migrate, or index the catalogue again into a new --store.',
  });
}

/** The space in which an engine answers a store, which must be the store's. @throws StoreError, ModelError */
export function requireEngine(manifest: StoreStamp, engine: GarmentEngine, where: string): VectorSpace {
  const space = engine.space(descriptorOf(engine, manifest.descriptor));
  requireSpace(manifest, space, where);
  return space;
}

/** Every attribute of the store must be among those wanted, in the same type. */
export function requireSchema(manifest: StoreStamp, schema: AttributeSchema, where: string): void {
  const { attributes } = manifest;
  const differing = Object.keys(attributes).filter(
    (name) => schemaTypeOf(schema, name) !== schemaTypeOf(attributes, name),
  );
  if (differing.length === 0) return;
  throw new StoreError('version', 'the store was made with other attributes', {
    where,
    expected: Object.keys(attributes).join(', '),
    got: `a difference in ${differing.join(', ')}`,
    cure: 'Give --attribute as when it was indexed, or index the catalogue again into a new --store.',
  });
}

/** With the further attributes of a schema: a row without one reads as null. The same manifest where there are none. */
export function widened<M extends StoreStamp>(manifest: M, schema: AttributeSchema): M {
  const isWider = Object.keys(schema).length > Object.keys(manifest.attributes).length;
  return isWider ? { ...manifest, attributes: { ...manifest.attributes, ...schema } } : manifest;
}

function parseManifest(text: string, where: string): StoreManifest {
  const cure = 'Index the catalogue again into a new --store, or restore this file from a copy.';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new StoreError('corrupt', 'not JSON', { where, cure }, { cause });
  }
  const { schemaVersion, kind } = (data ?? {}) as { schemaVersion?: unknown; kind?: unknown };
  if (Number.isInteger(schemaVersion) && schemaVersion !== storeSchemaVersion) {
    const isNewer = (schemaVersion as number) > storeSchemaVersion;
    throw new StoreError('version', 'a store of another version', {
      where,
      expected: `schema version ${storeSchemaVersion}`,
      got: String(schemaVersion),
      cure: isNewer ? 'Update deep-shopping, or index the catalogue again into a new --store.' : cure,
    });
  }
  if (typeof kind === 'string' && !storeKinds.some((known) => known === kind)) {
    const facts = {
      where,
      expected: `one of ${storeKinds.join(', ')}`,
      got: kind,
      cure: 'Update deep-shopping, or index into a new --store.',
    };
    throw new StoreError('kind', 'a store of a kind that this version does not know', facts);
  }
  const parsed = manifestSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const got = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`;
    throw new StoreError('corrupt', 'not a store description', { where, got, cure });
  }
  return parsed.data;
}

function occupiedError(directory: string, found: string): StoreError {
  return new StoreError('occupied', 'something that is not a store lives here', {
    where: directory,
    expected: 'a store, an empty directory or none',
    got: found,
    cure: 'Name another directory with --store.',
  });
}
