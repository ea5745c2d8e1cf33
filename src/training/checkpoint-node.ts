/**
 * @file A checkpoint: all that a run needs to go on as if it had never stopped, in one file written atomically.
 *
 * Names: `parameter/NAME`, `kept/NAME`, `slot/SLOT/NAME` (the optimizer's), `average/NAME`.
 */
import { access } from 'node:fs/promises';
import { z } from 'zod';
import { DeepShopError } from '../errors/errors.ts';
import type { OptimizerState } from '../nn/optimizers.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { readSafetensors, writeSafetensors } from '../weights/safetensors-node.ts';

/** What changes during a run. Arrays are changed in place. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  /** All parameters that some phase trains. */
  readonly parameters: Map<string, Float32Array>;
  /** Parameters as they were when the phase began, where it reads them. */
  kept: Map<string, Float32Array>;
  optimizer: OptimizerState;
  /** The running average of the parameters that move, where the recipe keeps one. */
  average: Map<string, Float32Array> | null;
  /** The best validation so far: what the kept model reached. */
  best: { readonly step: number; readonly score: number } | null;
}

const metaSchema = z.strictObject({
  formatVersion: z.literal('1'),
  step: z.coerce.number().int().min(0),
  optimizerSteps: z.coerce.number().int().min(0),
  best: z.string(),
  /** Identifies recipe, data and starting weights: a checkpoint of another run does not fit. */
  run: z.string(),
});

export async function writeCheckpoint(path: string, state: TrainingState, run: string): Promise<void> {
  const tensors = new Map<string, Tensor>();
  const put = (prefix: string, arrays: ReadonlyMap<string, Float32Array>) => {
    for (const [name, data] of arrays) tensors.set(`${prefix}/${name}`, tensor('float32', [data.length], data));
  };
  put('parameter', state.parameters);
  put('kept', state.kept);
  put('slot', state.optimizer.slots);
  if (state.average !== null) put('average', state.average);
  await writeSafetensors(path, tensors, {
    formatVersion: '1',
    step: String(state.step),
    optimizerSteps: String(state.optimizer.stepCount),
    best: JSON.stringify(state.best),
    run,
  });
}

/**
 * The state in a checkpoint; null where there is none yet.
 *
 * @param run what the checkpoint must belong to
 */
export async function readCheckpoint(path: string, run: string): Promise<TrainingState | null> {
  if (!(await exists(path))) return null;
  const { tensors, metadata } = await readSafetensors(path);
  const parsed = metaSchema.safeParse(Object.fromEntries(metadata));
  if (!parsed.success) {
    throw new DeepShopError('checkpoint-invalid', 'this is not a checkpoint of this version', {
      where: path,
      expected: 'format version 1',
      got: parsed.error.issues.map(({ path: key, message }) => `${key.join('.')}: ${message}`).join('; '),
      cure: 'Start the run again in another folder; --from takes the model of this one.',
    });
  }
  const { step, optimizerSteps, best, run: owner } = parsed.data;
  if (owner !== run) {
    throw new DeepShopError('checkpoint-of-another-run', 'the checkpoint belongs to a run of other data or weights', {
      where: path,
      expected: 'the recipe, --data and --from or --trunk-weights that the run was started with',
      got: 'others: the hash over recipe, photos, labels and first weights differs',
      cure: 'log.jsonl names the recipe and the data sets in its first line. Resume with these, or start a new run.',
    });
  }
  const take = (prefix: string): Map<string, Float32Array> =>
    new Map(
      [...tensors].flatMap(([name, { data }]) =>
        name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), data as Float32Array] as const] : [],
      ),
    );
  const average = take('average');
  return {
    step,
    parameters: take('parameter'),
    kept: take('kept'),
    optimizer: { stepCount: optimizerSteps, slots: take('slot') },
    average: average.size > 0 ? average : null,
    best: JSON.parse(best),
  };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
