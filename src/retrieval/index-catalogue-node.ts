/**
 * @file Fills a store from a catalogue: one row a picture, for the garment that it sells. Pictures whose bytes are known
 * are not embedded again; a picture that fails is a line of the report.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CatalogueEntry, CataloguePicture, CatalogueProblem } from '../catalogue/catalogue.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { describeError } from '../errors/errors.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { Photo } from '../image/photo.ts';
import { chooseGarment, lowestFittingScore } from './choose-garment.ts';
import type { Row, RowKey } from './row.ts';
import { StoreError } from './store-error.ts';
import type { VectorStore } from './vector-store.ts';

/** The region of a picture that holds the garment for sale. */
const soldRegion = 0;

/** Photos that are decoded while the engine works on another; each may take 360 MB. */
const decodedAhead = 2;

export interface IndexReport {
  added: number;
  updated: number;
  unchanged: number;
  readonly failed: { readonly source: string; readonly reason: string }[];
}

export interface IndexOptions {
  readonly engine: GarmentEngine;
  readonly store: VectorStore;
  readonly descriptor: DescriptorName;
  readonly onEntry?: ((report: IndexReport) => void) | undefined;
  /** A commit rewrites an exact store's file, so it is made at the end and so often in between. */
  readonly commitEveryMs?: number;
}

/** Indexes every entry and commits. Throws only what no single picture is to blame for, such as a full disk. */
export async function indexCatalogue(
  entries: AsyncIterable<CatalogueEntry>,
  options: IndexOptions,
): Promise<IndexReport> {
  const { store, onEntry, commitEveryMs = 30_000 } = options;
  const report: IndexReport = { added: 0, updated: 0, unchanged: 0, failed: [] };
  let committedAt = Date.now();
  for await (const prepared of readAhead(prepare(entries, store), decodedAhead)) {
    await indexOne(prepared, options, report);
    onEntry?.(report);
    if (Date.now() - committedAt > commitEveryMs) {
      await store.commit();
      committedAt = Date.now();
    }
  }
  if (report.added + report.updated > 0) await store.commit();
  return report;
}

type Prepared =
  | CatalogueProblem
  | {
      readonly kind: 'known';
      readonly picture: CataloguePicture;
      readonly row: Row;
      readonly replaced: readonly Row[];
    }
  | {
      readonly kind: 'new';
      readonly picture: CataloguePicture;
      readonly photo: Photo;
      readonly contentHash: string;
      readonly replaced: readonly Row[];
    };

/** A promise in an object: a generator would wait for a bare one. */
interface Started {
  readonly prepared: Promise<Prepared>;
}

/** Starts the reading and decoding of one entry after another; the promises never reject. */
async function* prepare(entries: AsyncIterable<CatalogueEntry>, store: VectorStore): AsyncGenerator<Started> {
  for await (const entry of entries) {
    const prepared = entry.kind === 'problem' ? Promise.resolve(entry) : preparePicture(entry, store);
    yield {
      prepared: prepared.catch((error) => ({
        kind: 'problem',
        source: entry.source,
        reason: describeError(error).message,
      })),
    };
  }
}

async function preparePicture(picture: CataloguePicture, store: VectorStore): Promise<Prepared> {
  const contentHash = createHash('sha256')
    .update(await readFile(picture.file))
    .digest('hex');
  const rows = (await store.rowsOf(picture.product)).filter(({ variant }) => variant === picture.variant);
  // A picture that was renamed is known by its bytes; in another category it may sell another garment.
  const row = rows.find((known) => known.contentHash === contentHash && known.attributes.category === picture.category);
  const replaced = rows.filter(({ image }) => image !== picture.image);
  if (row !== undefined) return { kind: 'known', picture, row, replaced };
  return { kind: 'new', picture, photo: await readPhoto(picture.file), contentHash, replaced: rows };
}

async function indexOne(prepared: Prepared, options: IndexOptions, report: IndexReport): Promise<void> {
  if (prepared.kind === 'problem') {
    report.failed.push({ source: prepared.source, reason: prepared.reason });
    return;
  }
  const { store } = options;
  const { picture, replaced } = prepared;
  const attributes = attributesOf(picture);
  const isUnchanged =
    prepared.kind === 'known' && replaced.length === 0 && areEqual(prepared.row.attributes, attributes);
  if (isUnchanged) {
    report.unchanged += 1;
    return;
  }
  try {
    const row =
      prepared.kind === 'known'
        ? { ...prepared.row, ...keyOf(picture), attributes }
        : {
            ...keyOf(picture),
            ...(await embedSoldGarment(prepared.photo, picture, options)),
            contentHash: prepared.contentHash,
            attributes,
          };
    await store.upsert([row]);
    await store.delete(replaced.filter(({ image }) => image !== picture.image));
  } catch (error) {
    // A vector that the store refuses (all zeros) is this picture's; what else the store says is everyone's.
    if (error instanceof StoreError && error.reason !== 'row') throw error;
    report.failed.push({ source: picture.source, reason: describeError(error).message });
    return;
  }
  if (prepared.kind === 'known' || replaced.length > 0) report.updated += 1;
  else report.added += 1;
}

async function embedSoldGarment(
  photo: Photo,
  { category }: CataloguePicture,
  { engine, descriptor }: IndexOptions,
): Promise<Pick<Row, 'box' | 'label' | 'score' | 'vector'>> {
  const { classes, defaultMinScore: minScore } = engine;
  const analysis = await engine.analyse(photo, { descriptor, minScore: Math.min(lowestFittingScore, minScore) });
  const garment = chooseGarment(analysis.detections, { category, classes, minScore });
  if (garment !== undefined)
    return { box: garment.box, label: garment.label, score: garment.score, vector: garment.vector };
  return { box: [0, 0, photo.width, photo.height], label: null, score: null, vector: await analysis.whole() };
}

function keyOf({ product, variant, image }: CataloguePicture): RowKey {
  return { product, variant, image, region: soldRegion };
}

function attributesOf({
  kind: _,
  source: __,
  product: ___,
  variant: ____,
  image: _____,
  ...attributes
}: CataloguePicture) {
  return attributes satisfies Row['attributes'];
}

function areEqual(a: Row['attributes'], b: Row['attributes']): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => (a[name] ?? null) === (b[name] ?? null));
}

/** Keeps a few entries of the source running ahead of the one that is handed out. */
async function* readAhead(source: AsyncIterable<Started>, depth: number): AsyncGenerator<Prepared> {
  const started: Started[] = [];
  for await (const entry of source) {
    started.push(entry);
    if (started.length > depth) yield started.shift()!.prepared;
  }
  for (const entry of started) yield entry.prepared;
}
