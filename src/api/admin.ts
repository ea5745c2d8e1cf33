/** @file What the keeper of a shop looks at. */
import { z } from 'zod';
import { box } from './photo.ts';
import { queryId } from './search.ts';

const counts = z.array(z.object({ value: z.string(), count: z.int() }));

const failure = z.object({ source: z.string(), reason: z.string() });

export const adminSummary = z
  .object({
    version: z.string(),
    startedAt: z.iso.datetime(),
    store: z.object({
      kind: z.string(),
      rows: z.int(),
      products: z.int(),
      wholePictures: z.int().describe('Rows in whose picture no garment was found.'),
      modelId: z.string().describe('Of the model that indexed.'),
      spaceId: z.string(),
      committedAt: z.iso.datetime().nullable(),
      index: z
        .object({ rows: z.int(), queries: z.int(), recall: z.number(), recallFiltered: z.number() })
        .nullable()
        .describe('Measured recall@10 of the index against exact answers; null where every row is compared.'),
    }),
    catalogue: z.object({
      labels: counts.describe('Rows by the class of their garment.'),
      categories: counts,
      brands: counts,
    }),
    lastImport: z
      .object({
        at: z.iso.datetime(),
        source: z.string(),
        added: z.int(),
        updated: z.int(),
        unchanged: z.int(),
        removed: z.int(),
        numFailed: z.int(),
        failed: z.array(failure).describe('The first hundred.'),
      })
      .nullable()
      .describe('Null where nobody wrote down one.'),
    queries: z.object({ answered: z.int(), withoutResult: z.int(), weak: z.int() }).describe('Since the start.'),
    photos: z.object({ remembered: z.int(), bytes: z.int() }),
    modelCard: z.string().describe('Markdown.'),
  })
  .meta({ id: 'AdminSummary' });

export const adminQueriesQuery = z.object({
  kind: z.enum(['all', 'none', 'weak']).default('all').describe('none: without a result. weak: only weak matches.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const adminQueries = z
  .object({
    queries: z.array(
      z.object({
        queryId,
        at: z.iso.datetime(),
        outcome: z.enum(['none', 'weak', 'answered']),
        label: z.string().nullable(),
        box: box.nullable(),
        filter: z.string().nullable(),
        total: z.int(),
        bestSimilarity: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'AdminQueries', description: 'The newest first, of the last thousand since the start. No photos.' });

export type AdminSummary = z.infer<typeof adminSummary>;
export type QueryRecordBody = z.infer<typeof adminQueries>['queries'][number];
