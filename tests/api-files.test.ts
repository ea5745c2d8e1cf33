import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { apiFiles } from '../scripts/api-files.ts';
import { endpoints } from '../src/api/endpoints.ts';
import { errorCodes } from '../src/api/error-codes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = apiFiles(root);

test.each([...files])('%s is what the endpoints say (npx tsx scripts/write-api.ts writes it anew)', (path, content) => {
  expect(readFileSync(`${root}/${path}`, 'utf8')).toBe(content);
});

test('every reference of the document leads somewhere, and every endpoint and error code is in it', () => {
  const text = files.get('docs/openapi.json') ?? '';
  const document = JSON.parse(text);
  for (const [, section, name] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g))
    expect(document.components[section], name).toHaveProperty(name);
  for (const [name, { path, method }] of Object.entries(endpoints))
    expect(document.paths[path][method.toLowerCase()].operationId).toBe(name);
  for (const code of Object.keys(errorCodes)) expect(text).toContain(`\`${code}\``);
});
