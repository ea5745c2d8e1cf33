/** @file Types of the client from the OpenAPI document: one a schema, and what each operation takes and gives. */

type Json = { readonly [key: string]: unknown };

const header = `/**
 * @file The API's types, made from docs/openapi.json. Not written by hand: \`npx tsx scripts/write-api.ts\`.
 */
`;

/** @param document as \`openApiDocument\` gives it */
export function apiTypes(document: Json): string {
  const { schemas } = document.components as { schemas: { [name: string]: Json } };
  const types = Object.entries(schemas).map(
    ([name, schema]) => `${docOf(schema)}export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(document.paths as { [path: string]: { [method: string]: Json } }).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const shapes = operations.map(
    ({ operation }) =>
      `${docOf({ description: operation.summary }, '  ')}  ${operation.operationId}: ${shapeOf(operation)};\n`,
  );
  const routes = operations.map(({ path, method, operation }) => {
    return `  ${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}', form: ${formOf(operation)} },\n`;
  });
  return [
    header,
    ...types,
    `/** What each operation takes and gives. */\nexport interface Operations {\n${shapes.join('')}}\n`,
    `/** Where each operation is. A form has a part for files, and perhaps one of JSON. */\nexport const routes = {\n${routes.join('')}} as const;\n`,
  ].join('\n');
}

function shapeOf(operation: Json): string {
  const parameters = (operation.parameters ?? []) as readonly Json[];
  const fields = (place: string) =>
    parameters
      .filter((each) => each.in === place)
      .map(({ name, required, schema }) => `readonly ${String(name)}${required ? '' : '?'}: ${typeOf(schema as Json)}`);
  const [path, query] = [fields('path'), fields('query')];
  const content = (operation.requestBody as { content?: { [type: string]: { schema: Json } } } | undefined)?.content;
  const json = content?.['application/json']?.schema;
  const responses = operation.responses as { [status: string]: { content?: { [type: string]: { schema?: Json } } } };
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content ?? {};
  const answer = success['application/json']?.schema;
  const parts = [
    `params: ${path.length === 0 ? 'null' : `{ ${path.join('; ')} }`}`,
    `query: ${query.length === 0 ? 'null' : `{ ${query.join('; ')} }`}`,
    `body: ${json === undefined ? 'null' : typeOf(json)}`,
    `answer: ${answer === undefined ? 'Response' : typeOf(answer)}`,
  ];
  return `{ ${parts.join('; ')} }`;
}

function formOf(operation: Json): string {
  const content = (operation.requestBody as { content?: { [type: string]: { schema: Json } } } | undefined)?.content;
  const properties = content?.['multipart/form-data']?.schema.properties as { [name: string]: Json } | undefined;
  if (properties === undefined) return 'null';
  const names = Object.keys(properties);
  const isFile = (name: string) => JSON.stringify(properties[name]).includes('image/*');
  const file = names.find(isFile);
  const json = names.find((name) => !isFile(name));
  return `{ file: '${file}', json: ${json === undefined ? 'null' : `'${json}'`} }`;
}

/** A JSON schema as a type of TypeScript. */
function typeOf(schema: Json): string {
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? 'unknown';
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return [...new Set(choices.map((choice: Json) => typeOf(choice)))].join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'array':
      return arrayType(schema);
    case 'object':
      return objectType(schema);
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      return 'unknown';
  }
}

function arrayType({ prefixItems, items }: Json): string {
  if (Array.isArray(prefixItems)) return `readonly [${prefixItems.map((each: Json) => typeOf(each)).join(', ')}]`;
  return `ReadonlyArray<${typeOf((items ?? {}) as Json)}>`;
}

function objectType({ properties, required, additionalProperties }: Json): string {
  const names = new Set(Array.isArray(required) ? required : []);
  const fields = Object.entries((properties ?? {}) as { [name: string]: Json }).map(([name, field]) => {
    return `${docOf(field, '  ')}  readonly ${JSON.stringify(name)}${names.has(name) ? '' : '?'}: ${typeOf(field)};\n`;
  });
  if (fields.length > 0) return `{\n${fields.join('')}}`;
  const values =
    typeof additionalProperties === 'object' && additionalProperties !== null
      ? typeOf(additionalProperties as Json)
      : 'unknown';
  return `{ readonly [name: string]: ${values} }`;
}

function docOf({ description }: Json, indent = ''): string {
  return typeof description === 'string' ? `${indent}/** ${description.replaceAll('*/', '* /')} */\n` : '';
}
