/** @file `npx tsx scripts/write-api.ts`: docs/openapi.json and the client's types, from the table of endpoints. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiFiles } from './api-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const [path, content] of apiFiles(root)) writeFileSync(`${root}/${path}`, content);
