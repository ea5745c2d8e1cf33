/** @file Rows as OpenSearch's documents and back: fields that filters ask for, and the row as it was given. */
import { z } from 'zod';
import { attributeField, documentId, termOf } from './opensearch-terms-node.ts';
import type { Row } from './row.ts';
import { StoreError } from './store-error.ts';
import type { StoreConfig } from './vector-store.ts';

/** Of a document, what a row is made from. */
export const sourceFields = ['row', 'bytes'];

const sourceSchema = z.object({ row: z.string(), bytes: z.string() });
const rowSchema = z.object({
  product: z.string(),
  variant: z.string(),
  image: z.string(),
  region: z.number(),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  label: z.string().nullable(),
  score: z.number().nullable(),
  contentHash: z.string(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** Nine digits tell any two float32 apart. */
const vectorDigits = 9;

/** One line of JSON. Escapes of lone surrogates and control characters survive: the row is JSON in a string of JSON. */
export function toDocument(row: Row, { schema }: StoreConfig): string {
  const { vector, ...facts } = row;
  const names = Object.keys(schema).filter((name) => Object.hasOwn(row.attributes, name));
  const attributes = names.flatMap((name) => {
    const value = row.attributes[name];
    if (value === null || value === undefined) return [];
    return [[attributeField(name), typeof value === 'string' ? termOf(value) : asPlain(value)]];
  });
  return JSON.stringify({
    id: documentId(row),
    product: termOf(row.product),
    variant: termOf(row.variant),
    image: termOf(row.image),
    ...(row.label !== null && { label: termOf(row.label) }),
    ...Object.fromEntries(attributes),
    row: JSON.stringify(facts),
    bytes: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
    vector: Array.from(vector, (value) => Number(value.toPrecision(vectorDigits))),
  });
}

/** @throws StoreError `store-corrupt` */
export function fromSource(source: unknown, { dimension, schema }: StoreConfig, where: string): Row {
  const parsed = sourceSchema.safeParse(source);
  const facts = parsed.success ? rowSchema.safeParse(jsonOf(parsed.data.row)) : undefined;
  const bytes = Buffer.from(parsed.success ? parsed.data.bytes : '', 'base64');
  if (!facts?.success || bytes.length !== 4 * dimension) {
    const cure = 'Index the catalogue again into a new --store, or restore a snapshot.';
    throw new StoreError('corrupt', 'a document that is not as it was made', { where, cure });
  }
  const { attributes, ...others } = facts.data;
  const known = Object.keys(schema).map((name) => [name, Object.hasOwn(attributes, name) ? attributes[name] : null]);
  return {
    ...others,
    attributes: Object.fromEntries(known),
    vector: new Float32Array(new Uint8Array(bytes).buffer),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A zero has one sign. */
function asPlain(value: number | boolean): number | boolean {
  return typeof value === 'number' ? value + 0 : value;
}
