/** @file Flags of the commands that photograph garments of a data set again: to learn from them, or to measure with them. */
import type { Command } from 'commander';
import { parsePositiveInteger, parseSeed } from './command-runtime.ts';

export interface RephotographFlags {
  readonly grounds: readonly string[];
  readonly seed: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** @param seed what the seed is of */
export function addRephotographFlags(command: Command, { seed }: { readonly seed: string }): Command {
  return command
    .option('--grounds <set...>', 'prepared data sets whose photos lend their surroundings', [])
    .option('--seed <n>', `seed of ${seed}`, parseSeed, 1)
    .option('--threads <n>', 'threads of the network (default: one a core)', parsePositiveInteger)
    .option('--json', 'print one JSON document');
}
