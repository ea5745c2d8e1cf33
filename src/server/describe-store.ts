/** @file What a store holds, for its keeper. */
import type { AdminSummary } from '../api/admin.ts';
import type { OpenedStore, StoreStamp } from '../stores/vector-store.ts';

/** Values of an attribute that are listed. */
const maxListed = 50;

export async function describeStore(
  store: OpenedStore,
  { kind, committedAt }: { readonly kind: string; readonly committedAt: number | null },
): Promise<Pick<AdminSummary, 'store' | 'catalogue'>> {
  const { labels, categories, brands } =
    store.countValues === undefined ? await countRows(store) : await askCounts(store);
  const { modelId, spaceId } = store.manifest;
  return {
    store: {
      ...(await store.stats()),
      kind,
      modelId,
      spaceId,
      committedAt: committedAt === null ? null : new Date(committedAt).toISOString(),
      index: indexOf(store.manifest),
    },
    catalogue: { labels: listed(labels), categories: listed(categories), brands: listed(brands) },
  };
}

type Counts = Map<string, number>;

interface CatalogueCounts {
  readonly labels: Counts;
  readonly categories: Counts;
  readonly brands: Counts;
}

async function countRows(store: OpenedStore): Promise<CatalogueCounts> {
  const [labels, categories, brands]: Counts[] = [new Map(), new Map(), new Map()];
  for await (const { label, attributes } of store.rows()) {
    count(labels, label);
    count(categories, attributes.category);
    count(brands, attributes.brand);
  }
  return { labels, categories, brands };
}

async function askCounts(store: OpenedStore): Promise<CatalogueCounts> {
  const ask = async (name: string) => {
    const counts: Counts = new Map();
    for await (const { value, rows } of store.countValues?.(name) ?? []) counts.set(value, rows);
    return counts;
  };
  return { labels: await ask('label'), categories: await ask('category'), brands: await ask('brand') };
}

/** Stores with an index say how good it was when it was made. */
function indexOf(manifest: StoreStamp & { readonly index?: unknown }): AdminSummary['store']['index'] {
  const { index } = manifest;
  if (typeof index !== 'object' || index === null) return null;
  const { rows, queries, alone, filtered } = index as {
    rows?: unknown;
    queries?: unknown;
    alone?: { recall?: unknown };
    filtered?: { recall?: unknown };
  };
  const numbers = [rows, queries, alone?.recall, filtered?.recall].map(Number);
  if (!numbers.every(Number.isFinite)) return null;
  return { rows: numbers[0], queries: numbers[1], recall: numbers[2], recallFiltered: numbers[3] };
}

function count(counts: Counts, value: unknown): void {
  if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>) {
  return Array.from(counts, ([value, number]) => ({ value, count: number }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, maxListed);
}
