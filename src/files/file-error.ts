/** @file The error of a file or folder that cannot be used now. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

export class FileError extends DeepShopError {
  /** @param code `file-locked`, `lock-lost`... */
  constructor(code: string, summary: string, facts: ErrorFacts, options?: { cause?: unknown }) {
    super(code, summary, facts, options);
  }
}

/** No space, no quota, or a file larger than the system allows. */
const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a failed write tells a person: a full disk by name; other faults as they are. */
export function asWriteError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (!fullCodes.has(code)) return error;
  const facts = { where: path, cure: 'Make room and run again; what was there before is intact.' };
  return new FileError('disk-full', `there is no room to write (${code})`, facts, { cause: error });
}
