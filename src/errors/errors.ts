/**
 * @file The base of every error that a caller can act on.
 *
 * Outside data (files, flags, feeds, weights) fails with a `DeepShopError`; a broken expectation of our own is an
 * `AssertionError` from `assert.ts`. Only `cli/` prints and exits.
 */

/** What a message must tell: expected, got, where, cure. Each is a phrase; missing ones are left out. */
export interface ErrorFacts {
  readonly expected?: string;
  readonly got?: string;
  /** File, tensor, row or flag. */
  readonly where?: string;
  /** What the reader can do about it. */
  readonly cure?: string;
}

/** Base class: a stable `code` (`image-truncated`, `store-space-mismatch`...) and a message in one form. */
export class DeepShopError extends Error {
  readonly code: string;
  readonly facts: ErrorFacts;

  constructor(code: string, summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(composeMessage(summary, facts), options);
    this.name = new.target.name;
    this.code = code;
    this.facts = facts;
  }
}

/** What helps whoever used a command wrongly. */
export const commandCure = 'deepshop COMMAND --help tells more.';

/** A flag or argument that cannot be used: exit code 2 on the command line. */
export class UsageError extends DeepShopError {
  constructor(summary: string, facts: ErrorFacts = {}) {
    super('usage', summary, { cure: commandCure, ...facts });
  }
}

/** The text of any thrown thing, for reports and `{"error": {"code", "message"}}`. */
export function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof DeepShopError) return { code: error.code, message: error.message };
  if (error instanceof Error)
    return { code: (error as NodeJS.ErrnoException).code ?? 'internal', message: error.message };
  return { code: 'internal', message: String(error) };
}

function composeMessage(summary: string, { expected, got, where, cure }: ErrorFacts): string {
  const parts = [where === undefined ? summary : `${where}: ${summary}`];
  if (expected !== undefined) parts.push(`expected ${expected}`);
  if (got !== undefined) parts.push(`got ${got}`);
  const text = parts.join('; ');
  return cure === undefined ? text : `${text}. ${cure}`;
}
