/**
 * @file recall@10 of a LanceDB index against exact answers, alone and under a filter; the effort is raised until it is
 * enough. Every query is a row of the table that is then left out of the answers.
 */
import type { Table } from '@lancedb/lancedb';
import { flatVectors } from './lance-columns.ts';
import { type Effort, similarityAt, vectorQuery } from './lance-index-node.ts';
import { largest, lengthOf, similarities } from './nearest.ts';
import { tieMargin } from './nearest-with-ties.ts';
import type { IndexFacts } from './store-manifest-node.ts';
import type { StoreConfig } from './vector-store.ts';

/** recall@10 that an index must have to be asked at all. */
export const wantedRecall = 0.98;
const top = 10;
const numQueries = 64;
/**
 * Rows that the measured filter leaves. Fewer are told apart well by many candidates, more lie near enough again: of
 * 100,000 clustered rows 3 to 5 % were hardest.
 */
const filteredRows = 4000;

/** Tried in order. The engine chooses the partitions well for all rows; under a filter it looks at too few. */
const efforts: readonly Effort[] = [
  { refineFactor: 10, probes: null },
  { refineFactor: 20, probes: null },
  { refineFactor: 20, probes: 80 },
  { refineFactor: 40, probes: 80 },
  { refineFactor: 80, probes: 80 },
  { refineFactor: 80, probes: 320 },
  { refineFactor: 160, probes: 320 },
];

interface HeldOut {
  readonly id: string;
  readonly vector: Float32Array;
}

/** Of a query: how near the tenth nearest row is, of all rows and of those that the filter lets through. */
interface Truth {
  readonly alone: readonly number[];
  readonly filtered: readonly number[];
}

/**
 * The least efforts whose recall is enough; undefined where none is.
 *
 * @param wanted recall@10 from 0 to 1
 */
export async function measureIndex(table: Table, config: StoreConfig, wanted: number): Promise<IndexFacts | undefined> {
  const rows = await table.countRows();
  const queries = await heldOutRows(table, rows);
  // Ids are hashes, so those below one are a random part.
  const share = Math.min(0.5, filteredRows / rows);
  const bound = Math.ceil(share * 0x10000)
    .toString(16)
    .padStart(4, '0');
  const truth = await exactAnswers(table, queries, { config, bound });
  const measure = (kind: keyof Truth) =>
    leastEffort(table, queries, {
      config,
      wanted,
      truth: truth.map((each) => each[kind]),
      where: kind === 'alone' ? undefined : `id < '${bound}'`,
    });
  const alone = await measure('alone');
  const filtered = alone && (await measure('filtered'));
  return filtered && { rows, queries: queries.length, alone, filtered };
}

interface Measurement {
  readonly config: StoreConfig;
  readonly wanted: number;
  /** Similarities of the right answers to each query, descending. */
  readonly truth: readonly (readonly number[])[];
  readonly where: string | undefined;
}

async function leastEffort(
  table: Table,
  queries: readonly HeldOut[],
  { config, wanted, truth, where }: Measurement,
): Promise<IndexFacts['alone'] | undefined> {
  const wantedRows = truth.flat().length;
  const mostMissed = (1 - wanted) * wantedRows;
  for (const effort of efforts) {
    let missed = 0;
    for (const [index, { id, vector }] of queries.entries()) {
      const query = vectorQuery(table, vector, config.metric, effort).limit(top + 1);
      if (where !== undefined) query.where(where);
      const answer = await query.select(['id', '_distance']).toArrow();
      // Of rows that are equally near, any will do.
      const worst = truth[index].at(-1)! - tieMargin;
      let near = 0;
      for (let at = 0; at < answer.numRows; at++) {
        if (answer.getChild('id')?.get(at) === id) continue;
        if (similarityAt(Number(answer.getChild('_distance')?.get(at)), config.metric) >= worst) near += 1;
      }
      missed += Math.max(0, truth[index].length - near);
      if (missed > mostMissed) break;
    }
    if (missed <= mostMissed) return { ...effort, recall: 1 - missed / wantedRows };
  }
  return undefined;
}

/** Spread over the table. */
async function heldOutRows(table: Table, rows: number): Promise<HeldOut[]> {
  const count = Math.min(numQueries, rows);
  const offsets = Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * rows) / count));
  const found = await table.takeOffsets(offsets).select(['id', 'vector']).toArrow();
  return Array.from({ length: found.numRows }, (_, index) => ({
    id: String(found.getChild('id')?.get(index)),
    vector: Float32Array.from(found.getChild('vector')?.get(index)),
  }));
}

/** Similarities of the nearest other rows of each query, descending: all queries in one pass over the table. */
async function exactAnswers(
  table: Table,
  queries: readonly HeldOut[],
  { config: { dimension, metric }, bound }: { config: StoreConfig; bound: string },
): Promise<Truth[]> {
  const best = queries.map(() => ({ alone: [] as number[], filtered: [] as number[] }));
  for await (const batch of table.query().select(['id', 'vector'])) {
    const numRows = batch.numRows;
    const vectors = flatVectors(batch, dimension);
    const ids = Array.from({ length: numRows }, (_, row) => String(batch.getChild('id')?.get(row)));
    const lengths = Float32Array.from(ids, (_, row) =>
      lengthOf(vectors.subarray(row * dimension, (row + 1) * dimension)),
    );
    const isBelow = ids.map((id) => id < bound);
    for (const [index, { id, vector }] of queries.entries()) {
      const scores = similarities(vector, { vectors, lengths, numRows, metric });
      const keep = (list: number[], passes: (row: number) => boolean) => {
        const rule = {
          accepts: (row: number) => passes(row) && ids[row] !== id,
          before: (a: number, b: number) => a < b,
        };
        for (const row of largest(scores, top, rule)) list.push(scores[row]);
        list.sort((a, b) => b - a).splice(top);
      };
      keep(best[index].alone, () => true);
      keep(best[index].filtered, (row) => isBelow[row]);
    }
  }
  return best;
}
