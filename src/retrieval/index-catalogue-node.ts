/**
 * @file Fills a store from a catalogue: one row a picture, for the garment that it sells. Pictures whose bytes are known
 * are not embedded again; a picture that fails is a line of the report.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type CatalogueEntry,
  type CataloguePicture,
  type CatalogueProblem,
  rowAttributes,
} from '../catalogue/catalogue.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { DeepShopError, describeError } from '../errors/errors.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { Photo } from '../image/photo.ts';
import { chooseGarment, lowestFittingScore } from './choose-garment.ts';
import { keyText, type Row, type RowKey } from './row.ts';
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
  const seen = new Set<string>();
  let committedAt = Date.now();
  for await (const prepared of readAhead(prepare(entries, store, seen), decodedAhead)) {
    await indexOne(prepared, options, report, seen);
    onEntry?.(report);
    if (Date.now() - committedAt > commitEveryMs) {
      await store.commit();
      committedAt = Date.now();
    }
  }
  if (report.added + report.updated > 0) await store.commit();
  return report;
}

interface PreparedPicture {
  readonly picture: CataloguePicture;
  readonly file: string;
  /** The row that this picture has already, under its own key. */
  readonly own: Row | undefined;
  /** Rows of the same bytes under another name, which the picture may have had before. */
  readonly renamed: readonly Row[];
}

type Prepared =
  | CatalogueProblem
  | (PreparedPicture & { readonly kind: 'known'; readonly row: Row })
  | (PreparedPicture & { readonly kind: 'new'; readonly photo: Photo; readonly contentHash: string });

/** A promise in an object: a generator would wait for a bare one. */
interface Started {
  readonly prepared: Promise<Prepared>;
}

/**
 * Starts the reading and decoding of one entry after another; the promises never reject.
 *
 * @param seen is given the keys of the pictures, each before its row is looked for
 */
async function* prepare(
  entries: AsyncIterable<CatalogueEntry>,
  store: VectorStore,
  seen: Set<string>,
): AsyncGenerator<Started> {
  for await (const entry of entries) {
    if (entry.kind === 'picture') seen.add(keyText(keyOf(entry)));
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
  const file = fileOf(picture);
  const contentHash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const rows = (await store.rowsOf(picture.product)).filter(({ variant }) => variant === picture.variant);
  const own = rows.find(({ image }) => image === picture.image);
  const sameBytes = rows.filter((row) => row.contentHash === contentHash);
  const found = { picture, file, own, renamed: own === undefined ? sameBytes : [] };
  // A picture that was renamed is known by its bytes; in another category it may sell another garment.
  const [row] = sameBytes
    .filter(({ attributes }) => attributes.category === picture.category)
    .sort((a, b) => Number(b === own) - Number(a === own));
  if (row !== undefined) return { kind: 'known', ...found, row };
  return { kind: 'new', ...found, photo: await readPhoto(file), contentHash };
}

function fileOf({ place }: CataloguePicture): string {
  if (place.kind === 'file') return place.file;
  const facts = { where: place.url, expected: 'a file', cure: 'Fetch the pictures of the catalogue first.' };
  throw new DeepShopError('picture-not-fetched', 'the picture is at an address', facts);
}

async function indexOne(
  prepared: Prepared,
  options: IndexOptions,
  report: IndexReport,
  seen: ReadonlySet<string>,
): Promise<void> {
  if (prepared.kind === 'problem') {
    report.failed.push({ source: prepared.source, reason: prepared.reason });
    return;
  }
  const { store } = options;
  const { picture, file, own, renamed } = prepared;
  const attributes = rowAttributes(picture, file);
  if (prepared.kind === 'known' && prepared.row === own && areEqual(own.attributes, attributes)) {
    report.unchanged += 1;
    return;
  }
  // Two names for the same bytes, both in the feed, are two pictures. Whoever comes later in the feed is not seen yet, and
  // finds the row gone when it is prepared: no entry is prepared while this one is written.
  const replaced = renamed.filter((row) => !seen.has(keyText(row)));
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
    await store.delete(replaced);
  } catch (error) {
    // A vector that the store refuses (all zeros) is this picture's; what else the store says is everyone's.
    if (error instanceof StoreError && error.reason !== 'row') throw error;
    report.failed.push({ source: picture.source, reason: describeError(error).message });
    return;
  }
  if (own !== undefined || replaced.length > 0) report.updated += 1;
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
