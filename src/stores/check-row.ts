/** @file What every store refuses to keep or to be asked with: rows and vectors that its schema gives no meaning. */
import { lengthOf } from './nearest.ts';
import { keyText, type Row, schemaTypeOf } from './row.ts';
import { StoreError } from './store-error.ts';
import type { StoreConfig } from './vector-store.ts';

/** @throws StoreError `store-row`: an attribute that the schema lacks or of another type, or a {@link checkVector} */
export function checkRow(row: Row, config: StoreConfig): void {
  const where = `row ${keyText(row)}`;
  checkVector(row.vector, config, where);
  for (const [name, value] of Object.entries(row.attributes)) {
    const type = schemaTypeOf(config.schema, name);
    if (type === undefined) {
      const expected = `one of ${Object.keys(config.schema).join(', ')}`;
      throw new StoreError('row', 'an attribute that the schema lacks', { where, expected, got: name });
    }
    if (value !== null && typeof value !== type) {
      const facts = { where, expected: `${name} of type ${type}`, got: typeof value };
      throw new StoreError('row', 'an attribute of another type', facts);
    }
    // No file of rows and no index has a place for them.
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const facts = { where, expected: `a finite ${name}`, got: String(value) };
      throw new StoreError('row', 'an attribute that is not finite', facts);
    }
  }
}

/** @throws StoreError `store-row`: another length, a number that is not finite, zeros where only the direction counts */
export function checkVector(vector: Float32Array, { dimension, metric }: StoreConfig, where: string): void {
  if (vector.length !== dimension) {
    const facts = { where, expected: `${dimension} numbers`, got: String(vector.length) };
    throw new StoreError('row', 'a vector of another length', facts);
  }
  const length = lengthOf(vector);
  if (!Number.isFinite(length)) throw new StoreError('row', 'a vector with a number that is not finite', { where });
  if (metric === 'cosine' && length === 0) throw new StoreError('row', 'a vector of zeros has no direction', { where });
}
