/**
 * @file Fills a store from a catalogue: one row a picture, for the garment that it sells. Pictures whose bytes are known
 * are not embedded again; a picture that fails is a line of the report. The rows lie in the order of the feed.
 */
import { type CatalogueEntry, type CataloguePicture, rowAttributes } from '../catalogue/catalogue.ts';
import type { DescriptorName, GarmentEngine } from '../embedding/descriptor.ts';
import { DeepShopError, describeError } from '../errors/errors.ts';
import type { Row, RowKey } from '../stores/row.ts';
import { StoreError } from '../stores/store-error.ts';
import type { VectorStore } from '../stores/vector-store.ts';
import { createDescriber } from './picture-describer-node.ts';
import { type Prepared, type PreparedPicture, preparePictures } from './prepare-picture-node.ts';
import { FeedContents, type Pruning, pruneStore } from './prune-store.ts';

/** The region of a picture that holds the garment for sale. */
const soldRegion = 0;

/** The first commit comes sooner than the others: a run that is ended early has done something. */
const firstCommitMs = 3000;
/** Commits take at most this share of the time, however long one is. */
const commitShare = 0.1;

/** A feed whose every picture fails must not fill the memory. */
export const mostFailures = 10_000;

export interface Failure {
  readonly source: string;
  readonly reason: string;
}

/** Entries of the feed by what became of them, and rows that were removed. */
export interface IndexReport {
  added: number;
  updated: number;
  unchanged: number;
  removed: number;
  numFailed: number;
  /** The first ten thousand of those; `onFailure` is told all. */
  readonly failed: Failure[];
  /** Why nothing was removed, though it was asked for and there was something. */
  refusal?: DeepShopError;
}

export interface IndexOptions {
  readonly engine: GarmentEngine;
  readonly store: VectorStore;
  readonly descriptor: DescriptorName;
  /** Threads that describe pictures, each with a model of its own; 0, where it is left out, for this one. */
  readonly workers?: number | undefined;
  /** Describe pictures again that are known: other versions of us may say more of them. */
  readonly refresh?: boolean | undefined;
  /** Remove rows that the catalogue does not have; only after its end was reached. */
  readonly prune?: Pruning | undefined;
  readonly onEntry?: ((report: IndexReport) => void) | undefined;
  readonly onFailure?: ((failure: Failure) => void) | undefined;
  /** Told after each commit how many entries, from the first, are now in the store for good. */
  readonly onCommit?: ((numEntries: number) => void) | undefined;
  /** A commit rewrites an exact store's file, so it is made at the end and so often in between. */
  readonly commitEveryMs?: number | undefined;
}

/**
 * Indexes every entry and commits. A catalogue that ends in an error is indexed up to there, and nothing is removed.
 *
 * @throws only what no single picture is to blame for, such as a full disk
 */
export async function indexCatalogue(
  entries: AsyncIterable<CatalogueEntry>,
  options: IndexOptions,
): Promise<IndexReport> {
  const { engine, descriptor, store, workers = 0, refresh = false, prune, onEntry } = options;
  const report: IndexReport = { added: 0, updated: 0, unchanged: 0, removed: 0, numFailed: 0, failed: [] };
  const feed = new FeedContents();
  const commits = new Commits(options);
  const describer = createDescriber(engine, { descriptor, workers });
  try {
    const onPicture = (picture: CataloguePicture) => feed.addRow(keyOf(picture));
    for await (const prepared of preparePictures(entries, { store, describer, refresh, onPicture })) {
      const change = await indexOne(prepared, store, feed);
      feed.numEntries += 1;
      if (typeof change === 'string') report[change] += 1;
      else {
        report.numFailed += 1;
        if (report.failed.length < mostFailures) report.failed.push(change);
        options.onFailure?.(change);
      }
      onEntry?.(report);
      await commits.done(typeof change === 'string' && change !== 'unchanged');
    }
  } catch (error) {
    // What was indexed before the feed broke off is good. A store that cannot be written is not asked again.
    if (!(error instanceof StoreError)) await commits.finish();
    throw error;
  } finally {
    await describer.close();
  }
  if (prune !== undefined) await pruneInto(report, store, feed, prune);
  if (report.removed > 0) commits.isDue = true;
  await commits.finish();
  return report;
}

/** When to commit. */
class Commits {
  readonly #options: IndexOptions;
  #nextAt: number;
  #numEntries = 0;
  /** There is something to commit. */
  isDue = false;

  constructor(options: IndexOptions) {
    this.#options = options;
    this.#nextAt = Date.now() + Math.min(firstCommitMs, this.#everyMs);
  }

  get #everyMs(): number {
    return this.#options.commitEveryMs ?? 30_000;
  }

  async done(isChange: boolean): Promise<void> {
    this.#numEntries += 1;
    this.isDue ||= isChange;
    if (Date.now() >= this.#nextAt) await this.finish();
  }

  async finish(): Promise<void> {
    const started = Date.now();
    if (this.isDue) await this.#options.store.commit();
    this.isDue = false;
    this.#nextAt = Date.now() + Math.max(this.#everyMs, (Date.now() - started) / commitShare);
    this.#options.onCommit?.(this.#numEntries);
  }
}

async function indexOne(
  prepared: Prepared,
  store: VectorStore,
  feed: FeedContents,
): Promise<'added' | 'updated' | 'unchanged' | Failure> {
  if (prepared.kind === 'problem') {
    const { source, reason, product, duplicateOf } = prepared;
    if (duplicateOf === undefined) feed.hold(product);
    return { source, reason };
  }
  const { picture, file, own, isOwnValid, renamed, content } = prepared;
  const row: Row = {
    ...content,
    ...keyOf(picture),
    attributes: { ...rowAttributes(picture, file), ...content.attributes },
  };
  if (own !== undefined && isOwnValid && areEqual(own.attributes, row.attributes)) return 'unchanged';
  try {
    return await write(row, { own, renamed }, store, feed);
  } catch (error) {
    // A vector that the store refuses (all zeros) is this picture's; what else the store says is everyone's.
    if (error instanceof StoreError && error.reason !== 'row') throw error;
    feed.hold(picture.product);
    return { source: picture.source, reason: describeError(error).message };
  }
}

async function write(
  row: Row,
  { own, renamed }: Pick<PreparedPicture, 'own' | 'renamed'>,
  store: VectorStore,
  feed: FeedContents,
): Promise<'added' | 'updated'> {
  // Two names for the same bytes, both in the feed, are two pictures. Whoever comes later in the feed is not seen yet, and
  // finds the row gone when it is prepared: no entry is begun while this one is written.
  const replaced = renamed.filter((each) => !feed.hasRow(each));
  await store.upsert([row]);
  const numReplaced = replaced.length === 0 ? 0 : await store.delete(replaced);
  return own !== undefined || numReplaced > 0 ? 'updated' : 'added';
}

async function pruneInto(report: IndexReport, store: VectorStore, feed: FeedContents, prune: Pruning): Promise<void> {
  try {
    report.removed = await pruneStore(store, feed, prune);
  } catch (error) {
    if (!(error instanceof DeepShopError) || error.code !== 'prune-refused') throw error;
    report.refusal = error;
  }
}

function keyOf({ product, variant, image }: CataloguePicture): RowKey {
  return { product, variant, image, region: soldRegion };
}

function areEqual(a: Row['attributes'], b: Row['attributes']): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => (a[name] ?? null) === (b[name] ?? null));
}
