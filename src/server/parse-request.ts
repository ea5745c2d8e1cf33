/** @file Outside data is checked here, once: what it should be is a schema of `api/`. */
import type { z } from 'zod';
import { ApiError } from './api-error.ts';

/** @throws ApiError `request-invalid` that names the field */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [where, ...(issue?.path ?? [])].map(String).join('.');
  throw new ApiError('request-invalid', 'the request is not understood', {
    where: path.slice(0, 200),
    expected: (issue?.message ?? 'another form').slice(0, 500),
    cure: 'docs/openapi.json describes every request.',
  });
}

/** @throws ApiError `request-invalid` */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('request-invalid', 'not JSON', { where, expected: 'JSON', got: 'something else' });
  }
}
