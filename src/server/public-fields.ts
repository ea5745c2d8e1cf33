/** @file Which fields of rows may be asked about: where a picture lies on the server's disk is nobody's business. */
import type { SearchRequest } from '../api/search.ts';
import type { AnswerOptions } from '../retrieval/answer-garment.ts';
import { factsSchema } from '../retrieval/garment-facts.ts';
import { typeOfField } from '../stores/filter.ts';
import { parseFilter } from '../stores/parse-filter.ts';
import type { AttributeSchema } from '../stores/row.ts';
import type { VectorStore } from '../stores/vector-store.ts';
import { ApiError } from './api-error.ts';

const hidden: ReadonlySet<string> = new Set(['file', ...Object.keys(factsSchema)]);

export function publicSchema(schema: AttributeSchema): AttributeSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !hidden.has(name)));
}

/** @throws FilterError, or ApiError `store-field` */
export function answerOptions(
  { top, offset, filter, facets, diverse, anyCategory, exact }: SearchRequest,
  { config }: VectorStore,
): AnswerOptions {
  const schema = publicSchema(config.schema);
  const unknown = facets.find((field) => typeOfField(field, schema) === undefined);
  if (unknown !== undefined) {
    const facts = { where: 'facets', expected: `one of ${Object.keys(schema).join(', ')}`, got: unknown };
    throw new ApiError('store-field', 'a facet of a field that items do not have', facts);
  }
  return {
    top,
    offset,
    facets,
    isDiverse: diverse,
    search: { filter: filter === undefined ? undefined : parseFilter(filter, schema), anyCategory, exact },
  };
}
