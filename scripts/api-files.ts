/** @file The files that are made from the table of endpoints. */
import { readFileSync } from 'node:fs';
import { openApiDocument } from '../src/api/openapi.ts';
import { apiTypes } from './api-types.ts';

/** By path from the root. */
export function apiFiles(root: string): ReadonlyMap<string, string> {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const document = openApiDocument(version);
  return new Map([
    ['docs/openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    ['src/client/api-types.ts', apiTypes(JSON.parse(JSON.stringify(document)))],
  ]);
}
