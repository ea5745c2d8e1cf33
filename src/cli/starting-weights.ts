/** @file What training starts from: `--from` a model, `--trunk-weights` of a file, or neither. */
import { UsageError } from '../errors/errors.ts';
import type { StartingWeights } from '../training/start-node.ts';

export interface StartFlags {
  readonly from?: string;
  readonly trunkWeights?: string;
}

/** @throws {UsageError} where both are given */
export async function startingWeights({ from, trunkWeights }: StartFlags): Promise<StartingWeights> {
  if (from !== undefined && trunkWeights !== undefined) {
    throw new UsageError('a run starts from one set of weights', {
      where: '--from and --trunk-weights',
      cure: 'Give one of them.',
    });
  }
  if (from !== undefined) {
    const { readAnyModel } = await import('../baseline/model-node.ts');
    const { parameters, config } = (await readAnyModel(from)).model;
    return { tensors: parameters, classes: config.classes };
  }
  if (trunkWeights === undefined) return { tensors: new Map(), classes: null };
  const { readSafetensors } = await import('../weights/safetensors-node.ts');
  const { renameTensors, trunkNames } = await import('../weights/name-maps.ts');
  return { tensors: renameTensors((await readSafetensors(trunkWeights)).tensors, trunkNames), classes: null };
}
