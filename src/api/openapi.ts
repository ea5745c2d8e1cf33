/** @file The OpenAPI 3.1 document of the endpoints. Its schemas are JSON Schema 2020-12, as zod writes it. */
import { z } from 'zod';
import { type Endpoint, endpoints } from './endpoints.ts';
import { errorBody, errorCodes } from './error-codes.ts';
import { batchOperation } from './item.ts';

type Json = { [key: string]: unknown };

/** Errors that any endpoint may answer beside its own success. */
const commonStatuses = [400, 401, 403, 429, 500, 503] as const;

export function openApiDocument(version: string): Json {
  const schemas: Json = {};
  const paths: { [path: string]: Json } = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    paths[endpoint.path] ??= {};
    paths[endpoint.path][endpoint.method.toLowerCase()] = operation(name, endpoint, schemas);
  }
  schemaOf(batchOperation, 'input', schemas);
  const error = schemaOf(errorBody, 'output', schemas);
  const statuses = [...new Set(Object.values(errorCodes).map(([status]) => status))].sort((a, b) => a - b);
  const responses = Object.fromEntries(statuses.map((status) => [`Error${status}`, errorResponse(status, error)]));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deep Shopping',
      version,
      description:
        'Visual fashion search: a photo goes in, garments and similar items of a shop come out. Written by `npx tsx scripts/write-api.ts`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of `deepshop keys create`.' },
      },
    },
  };
}

function operation(name: string, endpoint: Endpoint, schemas: Json): Json {
  const { summary, scope, params, query, status = 200 } = endpoint;
  const parameters = [...parametersOf(params, 'path', schemas), ...parametersOf(query, 'query', schemas)];
  const body = bodyOf(endpoint, schemas);
  return {
    operationId: name,
    summary,
    ...(scope === null ? { security: [] } : { security: [{}, { key: [] }], 'x-scope': scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      [status]: { description: 'Success.', content: answerOf(endpoint, schemas) },
      ...Object.fromEntries(commonStatuses.map((each) => [each, { $ref: `#/components/responses/Error${each}` }])),
      default: { $ref: '#/components/responses/Error500' },
    },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query', schemas: Json): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const isOptional = z.safeParse(z.object({ [name]: field }), {}).success;
    return { name, in: place, required: place === 'path' || !isOptional, schema: schemaOf(field, 'input', schemas) };
  });
}

function bodyOf({ body, form }: Endpoint, schemas: Json): Json | null {
  if (body === undefined) return null;
  const json = schemaOf(body, 'input', schemas);
  const content: Json = { 'application/json': { schema: json } };
  if (form !== undefined) {
    const { name, max, isRequired } = form.files;
    // In OpenAPI 3.1 a part without a schema is bytes.
    const file = { description: 'JPEG, PNG, WebP or AVIF.', contentMediaType: 'image/*' };
    const properties = {
      [name]: max === 1 ? file : { type: 'array', maxItems: max, items: file },
      ...(form.json === null ? {} : { [form.json]: json }),
    };
    content['multipart/form-data'] = {
      schema: { type: 'object', properties, ...(isRequired ? { required: [name] } : {}) },
      ...(form.json === null ? {} : { encoding: { [form.json]: { contentType: 'application/json' } } }),
    };
  }
  return { required: true, content };
}

function answerOf({ answer }: Endpoint, schemas: Json): Json {
  if ('mediaTypes' in answer) return Object.fromEntries(answer.mediaTypes.map((type) => [type, {}]));
  return { 'application/json': { schema: schemaOf(answer, 'output', schemas) } };
}

function errorResponse(status: number, schema: Json): Json {
  const codes = Object.entries(errorCodes).filter(([, [each]]) => each === status);
  return {
    description: codes.map(([code, [, meaning]]) => `\`${code}\`: ${meaning}`).join('\n\n'),
    content: { 'application/json': { schema } },
  };
}

/** The schema, whose named parts go to the components. Newer servers may answer with more, so answers stay open. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const { $schema, $defs, ...whole } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  }) as Json;
  for (const [name, part] of Object.entries(($defs ?? {}) as Json)) schemas[name] = withComponents(part);
  const id = schema.meta()?.id;
  if (id === undefined) return withComponents(whole) as Json;
  schemas[id] ??= withComponents(whole);
  return { $ref: `#/components/schemas/${id}` };
}

/** References to definitions become those to components; ids go, since they are the names already. */
function withComponents(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withComponents);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).flatMap(([key, value]) => {
      if (key === 'id' && typeof value === 'string') return [];
      if (key === '$ref' && typeof value === 'string')
        return [[key, value.replace('#/$defs/', '#/components/schemas/')]];
      return [[key, withComponents(value)]];
    }),
  );
}
