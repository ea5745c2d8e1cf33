/** @file The `DIR[:WEIGHT]` of a command line: a prepared data set and how often an epoch sees each of its photos. */
import { UsageError } from '../errors/errors.ts';

export interface WeightedDirectory {
  readonly directory: string;
  readonly weight: number;
}

/** Reads `DIR` (weight 1) or `DIR:WEIGHT`. A colon that no number follows belongs to the folder's name. */
export function parseWeightedDirectory(text: string): WeightedDirectory {
  const [, directory, number] = /^(.+):([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i.exec(text) ?? [];
  if (directory === undefined) return { directory: text, weight: 1 };
  const weight = Number(number);
  if (weight > 0 && weight <= 1000) return { directory, weight };
  throw new UsageError('a weight says how often an epoch sees each photo', {
    where: `--data ${text}`,
    expected: 'a number above 0 and at most 1000',
    got: number,
  });
}
