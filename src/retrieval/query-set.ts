/**
 * @file A query set: questions to a store and the items that are right, as JSON lines. Written by whoever knows what
 * shoppers chose; read by `deepshop evaluate retrieval --query-set`.
 *
 * The first line says what the file is: `{"format": "deepshop-query-set", "version": 1, "source": "for people"}`, with
 * `"spaceId"` where there are vectors. Each other line is one question: `id`, `relevant` (ids of products or variants), the
 * `label` of the garment or null, and what is asked with: a `vector`, or a `photo` (a path from the file's folder) with the
 * `box` in it, pixels of the upright photo.
 */
import { z } from 'zod';
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

const headerSchema = z.strictObject({
  format: z.literal('deepshop-query-set'),
  version: z.literal(1),
  /** Where the questions come from, for people: stands beside the figures. */
  source: z.string().min(1).max(1000),
  /** Of the vectors. */
  spaceId: z.string().min(1).max(100).optional(),
});

const id = z.string().min(1).max(1000);
const question = { id, label: id.nullable().default(null), relevant: z.array(id).min(1).max(10_000) };
const box = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([x1, y1, x2, y2]) => x1 < x2 && y1 < y2, 'expected x1 < x2 and y1 < y2');
const querySchema = z.union([
  z.strictObject({ ...question, vector: z.array(z.number()).min(1).max(10_000) }),
  z.strictObject({ ...question, photo: z.string().min(1).max(4096), box }),
]);

export type QuerySetHeader = z.output<typeof headerSchema>;
export type StoredQuery = z.output<typeof querySchema>;

export interface QuerySet {
  readonly header: QuerySetHeader;
  readonly queries: readonly StoredQuery[];
}

/** A query set that cannot be used. */
export class QuerySetError extends DeepShopError {
  constructor(summary: string, facts: ErrorFacts, options?: { cause?: unknown }) {
    super('query-set', summary, facts, options);
  }
}

/**
 * Reads the lines of a query set; blank ones are passed over.
 *
 * @param where the file, for messages
 * @throws QuerySetError naming the line
 */
export function parseQuerySet(text: string, where: string): QuerySet {
  const lines = text.split('\n').map((line, index) => ({ line, where: `${where}, line ${index + 1}` }));
  const [first, ...rest] = lines.filter(({ line }) => line.trim() !== '');
  if (first === undefined) throw new QuerySetError('the query set is empty', { where, cure: 'Write it again.' });
  const header = parseLine(first, headerSchema);
  const queries = rest.map((line) => parseLine(line, querySchema));
  const seen = new Set<string>();
  for (const [index, query] of queries.entries()) {
    const facts = { where: rest[index].where, got: JSON.stringify(query.id) };
    if (seen.has(query.id)) throw new QuerySetError('two questions have one id', { ...facts, cure: 'Name each once.' });
    seen.add(query.id);
    if ('vector' in query && header.spaceId === undefined) {
      const cure = 'Give the first line "spaceId": vectors of different spaces cannot be compared.';
      throw new QuerySetError('the vectors are of no stated space', { ...facts, cure });
    }
  }
  if (queries.length === 0) throw new QuerySetError('the query set asks nothing', { where, cure: 'Write it again.' });
  return { header, queries };
}

/** The text of a query set. */
export function serialiseQuerySet({ header, queries }: QuerySet): string {
  return [header, ...queries].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function parseLine<T>({ line, where }: { readonly line: string; readonly where: string }, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    const facts = { where, got: (cause as Error).message, cure: 'Write the query set again.' };
    throw new QuerySetError('is not JSON', facts, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new QuerySetError('is no line of a query set', {
    where,
    expected: 'a first line with format and version; then id, relevant, and a vector, or a photo and a box',
    got: faults.join('; '),
    cure: 'docs/search.md shows the form.',
  });
}
