/** @file `--report FILE`: what failed as JSON lines, written as it happens, so that a run that is killed leaves them too. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Failure } from '../retrieval/index-catalogue-node.ts';

export interface FailureFile {
  readonly add: (failure: Failure) => void;
  readonly close: () => void;
}

/** @throws where the file cannot be written */
export function openFailureFile(path: string): FailureFile {
  const file = openSync(path, 'w');
  return {
    add: ({ source, reason }) => writeSync(file, `${JSON.stringify({ source, reason })}\n`),
    close: () => closeSync(file),
  };
}
