/**
 * @file How an index of ours is made: settings, a field for all that filters ask for, and the store's stamp in `_meta`. It
 * is sent with each new index, and not installed for the whole cluster, which is the shop's.
 */
import { z } from 'zod';
import { descriptorNames } from '../embedding/descriptor.ts';
import type { StoreAddress } from './opensearch-address.ts';
import type { AttributeSchema, AttributeType } from './row.ts';
import { StoreError } from './store-error.ts';
import { storeSchemaVersion } from './store-manifest-node.ts';
import { decodeText, encodeText } from './stored-text.ts';
import type { StoreStamp } from './vector-store.ts';

/** What `GET INDEX` says of one. */
export type Mappings = { readonly [name: string]: unknown };

const metaSchema = z.object({
  format: z.literal('deepshop-store'),
  schemaVersion: z.literal(storeSchemaVersion),
  descriptor: z.enum(descriptorNames),
  spaceId: z.string().min(1),
  dimension: z.number().int().positive(),
  metric: z.enum(['cosine', 'euclidean']),
  modelId: z.string(),
  /** Names and types, in their order. */
  attributes: z.array(z.tuple([z.string(), z.enum(['string', 'number', 'boolean'])])),
  /** Since when another index answers in its place, in ms since 1970. */
  retiredAt: z.number().optional(),
});
export type Meta = z.infer<typeof metaSchema>;

const fieldTypes: { readonly [T in AttributeType]: object } = {
  string: { type: 'keyword' },
  number: { type: 'double' },
  boolean: { type: 'boolean' },
};

/** The body that creates an index. */
export function indexTemplate(
  stamp: StoreStamp,
  { shards, replicas }: Pick<StoreAddress, 'shards' | 'replicas'>,
  fieldOf: (attribute: string) => string,
): { readonly settings: object; readonly mappings: object } {
  const space_type = stamp.metric === 'cosine' ? 'cosinesimil' : 'l2';
  return {
    settings: {
      index: {
        knn: true,
        number_of_shards: shards,
        ...(replicas === undefined ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas }),
        // What is written is seen with a commit, which asks for it.
        refresh_interval: '-1',
        // An acknowledgement means the disks of every copy.
        translog: { durability: 'request' },
        // A request that comes late, after its retry, must not bring back what was deleted meanwhile.
        gc_deletes: '15m',
      },
    },
    mappings: {
      dynamic: 'strict',
      _meta: metaOf(stamp),
      properties: {
        id: { type: 'keyword' },
        product: { type: 'keyword' },
        variant: { type: 'keyword' },
        image: { type: 'keyword' },
        label: { type: 'keyword' },
        // The whole row as JSON and the bytes of its vector: what comes back, as it was given.
        row: { type: 'keyword', index: false, doc_values: false },
        bytes: { type: 'binary' },
        // The default engine, faiss, takes documents without its native library and ends the node at the next refresh.
        vector: {
          type: 'knn_vector',
          dimension: stamp.dimension,
          method: { name: 'hnsw', engine: 'lucene', space_type },
        },
        ...attributeFields(stamp.attributes, fieldOf),
      },
    },
  };
}

export function attributeFields(attributes: AttributeSchema, fieldOf: (attribute: string) => string): object {
  return Object.fromEntries(Object.entries(attributes).map(([name, type]) => [fieldOf(name), fieldTypes[type]]));
}

export function metaOf(stamp: StoreStamp): Meta {
  const { descriptor, dimension, metric, attributes } = stamp;
  return {
    format: 'deepshop-store',
    schemaVersion: storeSchemaVersion,
    descriptor,
    spaceId: encodeText(stamp.spaceId),
    dimension,
    metric,
    modelId: encodeText(stamp.modelId),
    attributes: Object.entries(attributes).map(([name, type]) => [encodeText(name), type]),
  };
}

/** @throws StoreError `store-occupied` for an index that is not ours, `store-version` for one of another version */
export function parseMeta({ _meta: meta }: Mappings, where: string): Meta {
  const parsed = metaSchema.safeParse(meta);
  if (parsed.success) return parsed.data;
  const known = z.object({ format: z.literal('deepshop-store'), schemaVersion: z.number() }).safeParse(meta);
  if (known.success && known.data.schemaVersion !== storeSchemaVersion) {
    throw new StoreError('version', 'a store of another version', {
      where,
      expected: `schema version ${storeSchemaVersion}`,
      got: String(known.data.schemaVersion),
      cure: 'Update deep-shopping, or index the catalogue again into a new --store.',
    });
  }
  const cure = 'Name another store with --store.';
  throw new StoreError('occupied', 'an index that is not a store has this name', { where, cure });
}

export function stampOfMeta({ attributes, spaceId, modelId, ...meta }: Meta): StoreStamp {
  const { schemaVersion, descriptor, dimension, metric } = meta;
  return {
    schemaVersion,
    descriptor,
    dimension,
    metric,
    spaceId: decodeText(spaceId),
    modelId: decodeText(modelId),
    attributes: Object.fromEntries(attributes.map(([name, type]) => [decodeText(name), type])),
  };
}
