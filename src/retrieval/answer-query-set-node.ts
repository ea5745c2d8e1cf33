/** @file Asks a store the questions of a query set. The answers are exact: what is judged is the vectors. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { descriptorOf, type GarmentEngine } from '../embedding/descriptor.ts';
import type { RankedAnswer } from '../evaluation/retrieval-metrics.ts';
import { readPhoto } from '../image/decode-node.ts';
import type { OpenedStore } from '../stores/vector-store.ts';
import { parseQuerySet, type QuerySet, QuerySetError, type StoredQuery } from './query-set.ts';
import { rankProducts } from './rank-products.ts';

/** @throws QuerySetError where the file is missing or broken */
export async function readQuerySet(path: string): Promise<QuerySet> {
  try {
    return parseQuerySet(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new QuerySetError('there is no such file', { where: path, cure: 'Check the path.' }, { cause });
  }
}

/** How many products an answer has, however many rows each of them has. */
const depth = 10;

/**
 * One answer a question, of products: a product is right if it, or the variant that was found of it, is named.
 *
 * @param path of the query set, from whose folder photos are found
 * @param openEngine called if a question has a photo
 * @throws QuerySetError when vectors are of another space than the store's
 */
export async function answerQuerySet(
  { header, queries }: QuerySet,
  {
    store,
    path,
    openEngine,
  }: {
    readonly store: OpenedStore;
    readonly path: string;
    readonly openEngine: () => Promise<GarmentEngine>;
  },
): Promise<RankedAnswer[]> {
  const { spaceId } = store.manifest;
  if (header.spaceId !== undefined && header.spaceId !== spaceId) throw otherSpace(path, header.spaceId, spaceId);
  let engine: GarmentEngine | undefined;
  const answers: RankedAnswer[] = [];
  for (const query of queries) {
    if (!('vector' in query)) engine ??= await openEngine();
    const vector = await vectorOf(query, store, path, engine);
    const asked = { vector, classes: [], excluded: new Set<string>(), exact: true };
    const rows = (await rankProducts(store, asked, { depth, enough: depth })).map(({ hit }) => hit.row);
    answers.push({
      isRelevant: rows.map(
        ({ product, variant }) => query.relevant.includes(product) || query.relevant.includes(variant),
      ),
      isSameClass: query.label === null ? null : rows.map(({ label }) => label === query.label),
      numRelevant: query.relevant.length,
    });
  }
  return answers;
}

async function vectorOf(
  query: StoredQuery,
  { manifest: { descriptor, spaceId, dimension } }: OpenedStore,
  path: string,
  engine: GarmentEngine | undefined,
): Promise<Float32Array> {
  if ('vector' in query) {
    if (query.vector.length === dimension) return Float32Array.from(query.vector);
    const facts = { where: `${path}, ${query.id}`, expected: `${dimension} numbers`, got: `${query.vector.length}` };
    throw new QuerySetError("a vector has another length than the store's", facts);
  }
  const asked = descriptorOf(engine!, descriptor);
  const space = engine!.space(asked);
  if (space.spaceId !== spaceId) throw otherSpace(path, space.spaceId, spaceId);
  const photo = await readPhoto(resolve(dirname(path), query.photo));
  const [vector] = await engine!.embedBoxes(photo, [query.box], asked);
  return vector;
}

function otherSpace(where: string, got: string, expected: string): QuerySetError {
  return new QuerySetError('the vectors are of another space than the store', {
    where,
    expected,
    got,
    cure: 'Take the store and the query set of one model.',
  });
}
