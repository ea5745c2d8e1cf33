/**
 * @file Rows as the columns of a LanceDB table and back. Columns have names of our own: attributes may be called anything.
 *
 * Shapes: R rows, D numbers a vector.
 */
import assert from 'node:assert';
import { createHash } from 'node:crypto';
import type { Data, DataType, RecordBatch, Schema, Table, Vector } from 'apache-arrow';
import { rowFields } from './filter.ts';
import { type AttributeType, type AttributeValue, keyText, type Row, type RowKey } from './row.ts';
import { StoreError } from './store-error.ts';
import { decodeText, encodeText } from './stored-text.ts';
import type { StoreConfig } from './vector-store.ts';

type Arrow = typeof import('apache-arrow');

/** One column but for the vector: how it gets into the table. */
interface Column {
  readonly name: string;
  readonly type: AttributeType;
  readonly isNullable: boolean;
  readonly read: (row: Row) => AttributeValue;
}

/** Fixed columns, in the order of the table. `id` is what rows are replaced and deleted by. */
const fixedColumns: readonly Column[] = [
  { name: 'id', type: 'string', isNullable: false, read: rowId },
  { name: 'product', type: 'string', isNullable: false, read: (row) => row.product },
  { name: 'variant', type: 'string', isNullable: false, read: (row) => row.variant },
  { name: 'image', type: 'string', isNullable: false, read: (row) => row.image },
  { name: 'region', type: 'number', isNullable: false, read: (row) => row.region },
  { name: 'x1', type: 'number', isNullable: false, read: (row) => row.box[0] },
  { name: 'y1', type: 'number', isNullable: false, read: (row) => row.box[1] },
  { name: 'x2', type: 'number', isNullable: false, read: (row) => row.box[2] },
  { name: 'y2', type: 'number', isNullable: false, read: (row) => row.box[3] },
  { name: 'label', type: 'string', isNullable: true, read: (row) => row.label },
  { name: 'score', type: 'number', isNullable: true, read: (row) => row.score },
  { name: 'content_hash', type: 'string', isNullable: false, read: (row) => row.contentHash },
];

/** A hash of the key: as long for any key, and no character of it needs care. */
export function rowId(key: RowKey): string {
  return createHash('sha256').update(keyText(key)).digest('hex');
}

/** The same for an attribute whatever others there are, and a name that needs no quotes. */
function columnName(attribute: string): string {
  return `a_${createHash('sha256').update(encodeText(attribute)).digest('hex').slice(0, 16)}`;
}

export class LanceColumns {
  readonly #arrow: Arrow;
  readonly #dimension: number;
  readonly #columns: readonly Column[];
  /** Attribute to its column and type. */
  readonly #attributes: ReadonlyMap<string, { readonly column: string; readonly type: AttributeType }>;
  readonly schema: Schema;

  constructor(arrow: Arrow, { dimension, schema }: StoreConfig) {
    this.#arrow = arrow;
    this.#dimension = dimension;
    const names = Object.keys(schema);
    this.#attributes = new Map(names.map((name) => [name, { column: columnName(name), type: schema[name] }]));
    const attributes = names.map((name): Column => {
      const read = ({ attributes: values }: Row) => (Object.hasOwn(values, name) ? values[name] : null);
      return { name: columnName(name), type: schema[name], isNullable: true, read };
    });
    this.#columns = [...fixedColumns, ...attributes];
    const { Field, FixedSizeList, Float32, Float64, Uint8, Utf8 } = arrow;
    const types: { readonly [T in AttributeType]: () => DataType } = {
      string: () => new Utf8(),
      number: () => new Float64(),
      boolean: () => new Uint8(),
    };
    const vector = new FixedSizeList(dimension, new Field('item', new Float32(), true));
    this.schema = new arrow.Schema([
      ...this.#columns.map(({ name, type, isNullable }) => new Field(name, types[type](), isNullable)),
      new Field('vector', vector, false),
    ]);
  }

  /** The column of a filter's field; the field must be one (`checkFilter`). */
  readonly columnOf = (field: string): string => {
    const column = rowFields.some((name) => name === field) ? field : this.#attributes.get(field)?.column;
    assert(column !== undefined, 'a filter that was not checked');
    return column;
  };

  /** Columns that filters ask for, and how to index them: few different values, or many. */
  *indexed(): Generator<{ readonly column: string; readonly isSparse: boolean }> {
    yield { column: 'id', isSparse: false };
    yield { column: 'product', isSparse: false };
    yield { column: 'label', isSparse: true };
    for (const { name, type } of this.#columns.slice(fixedColumns.length))
      yield { column: name, isSparse: type === 'boolean' };
  }

  toTable(rows: readonly Row[]): Table {
    const { DataType: Types, Float32, makeData, RecordBatch: Batch, Struct, Table: ArrowTable } = this.#arrow;
    const { fields } = this.schema;
    const flat = new Float32Array(rows.length * this.#dimension);
    for (const [index, row] of rows.entries()) flat.set(row.vector, index * this.#dimension);
    const numbers = makeData({ type: new Float32(), length: flat.length, nullCount: 0, data: flat });
    const vectorType = fields.at(-1)!.type;
    assert(Types.isFixedSizeList(vectorType));
    const vectors = makeData({ type: vectorType, length: rows.length, nullCount: 0, child: numbers });
    const children = this.#columns.map(({ type, read }) => toData(this.#arrow, type, rows.map(read)));
    const type = new Struct(fields);
    const data = makeData({ type, length: rows.length, nullCount: 0, children: [...children, vectors] });
    return new ArrowTable(this.schema, new Batch(this.schema, data));
  }

  /** Rows of an answer, in its order. */
  toRows(answer: Table | RecordBatch): Row[] {
    const batches = 'batches' in answer ? answer.batches : [answer];
    return batches.flatMap((batch) => {
      const vectors = batch.numRows === 0 ? new Float32Array(0) : flatVectors(batch, this.#dimension);
      return this.toFacts(batch).map((facts, index) => ({
        ...facts,
        // A copy: the answer's memory is let go.
        vector: vectors.slice(index * this.#dimension, (index + 1) * this.#dimension),
      }));
    });
  }

  /** The same without vectors, which the answer need not have. */
  toFacts(answer: Table | RecordBatch): Omit<Row, 'vector'>[] {
    if (answer.numRows === 0) return [];
    const fixed = Object.fromEntries(fixedColumns.map(({ name }) => [name, columnOf(answer, name)]));
    const attributes = [...this.#attributes].map(([name, { column, type }]) => ({
      name,
      type,
      values: columnOf(answer, column),
    }));
    const text = (name: string, index: number) => asText(fixed[name].get(index));
    const number = (name: string, index: number) => asNumber(fixed[name].get(index));
    return Array.from({ length: answer.numRows }, (_, index) => ({
      product: text('product', index),
      variant: text('variant', index),
      image: text('image', index),
      region: number('region', index),
      box: [number('x1', index), number('y1', index), number('x2', index), number('y2', index)],
      label: fixed.label!.get(index) === null ? null : text('label', index),
      score: fixed.score!.get(index) === null ? null : number('score', index),
      contentHash: text('content_hash', index),
      attributes: Object.fromEntries(
        attributes.map(({ name, type, values }) => {
          const value: unknown = values.get(index);
          return [name, value === null ? null : asAttribute(value, type)];
        }),
      ),
    }));
  }
}

/** `[R, D]` of a batch, without a copy. */
export function flatVectors(batch: RecordBatch, dimension: number): Float32Array {
  const values: unknown = columnOf(batch, 'vector').data[0]?.children[0]?.values;
  if (values instanceof Float32Array && values.length >= batch.numRows * dimension) return values;
  throw damaged(`${batch.numRows} x ${dimension} numbers`, values);
}

function columnOf(answer: Table | RecordBatch, name: string): Vector {
  const found = answer.getChild(name);
  assert(found, `a table without column ${name}`);
  return found;
}

/**
 * Made by hand: Arrow's own builder leaves out buffers of columns that are all null, and the engine refuses those. Its
 * writer does so with columns of bits, so that true and false are bytes here.
 */
function toData(arrow: Arrow, type: AttributeType, values: readonly AttributeValue[]): Data {
  const { length } = values;
  const nullBitmap = toBitmap(values.map((value) => value !== null));
  const nullCount = values.filter((value) => value === null).length;
  switch (type) {
    case 'boolean': {
      const data = Uint8Array.from(values, (value) => (value === true ? 1 : 0));
      return arrow.makeData({ type: new arrow.Uint8(), length, nullCount, nullBitmap, data });
    }
    case 'number': {
      // A zero has one sign: the engine would tell them apart.
      const data = Float64Array.from(values, (value) => (typeof value === 'number' ? value + 0 : 0));
      return arrow.makeData({ type: new arrow.Float64(), length, nullCount, nullBitmap, data });
    }
    case 'string': {
      const texts = values.map((value) => Buffer.from(typeof value === 'string' ? encodeText(value) : ''));
      const valueOffsets = new Int32Array(length + 1);
      for (const [index, text] of texts.entries()) valueOffsets[index + 1] = valueOffsets[index] + text.length;
      const data = Buffer.concat(texts);
      return arrow.makeData({ type: new arrow.Utf8(), length, nullCount, nullBitmap, valueOffsets, data });
    }
  }
}

/** A bit each, from the lowest, padded as Arrow pads. */
function toBitmap(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(64 * Math.ceil(bits.length / 512));
  for (const [index, bit] of bits.entries()) if (bit) bytes[index >> 3] |= 1 << (index & 7);
  return bytes;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return decodeText(value);
  throw damaged('text', value);
}

function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  throw damaged('a number', value);
}

function asAttribute(value: unknown, type: AttributeType): string | number | boolean {
  switch (type) {
    case 'string':
      return asText(value);
    case 'number':
      return asNumber(value);
    case 'boolean':
      return asNumber(value) !== 0;
  }
}

function damaged(expected: string, value: unknown): StoreError {
  const cure = 'Restore the store from a snapshot, or index the catalogue again into a new --store.';
  return new StoreError('corrupt', 'a table that is not as it was made', { expected, got: typeof value, cure });
}
