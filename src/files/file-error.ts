/** @file The error of a file or folder that cannot be used now. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

export class FileError extends DeepShopError {
  /** @param code `file-locked`, `lock-lost`... */
  constructor(code: string, summary: string, facts: ErrorFacts, options?: { cause?: unknown }) {
    super(code, summary, facts, options);
  }
}
