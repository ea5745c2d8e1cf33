/** @file A recipe: everything that decides a training run besides the photos and the weights it starts from. */
import { z } from 'zod';
import { type BaselineConfig, baselineArchitectureSchema } from '../baseline/config.ts';
import { sideOf } from '../baseline/model.ts';
import type { BatchConfig } from '../dataset/batches.ts';
import { type DetectorConfig, type DetectorConfigInput, parseDetectorConfig } from '../detector/config.ts';
import { DeepShopError } from '../errors/errors.ts';
import { augmentationSchema } from '../image/augmentation-config.ts';
import { preprocessingSchema } from '../image/preprocess.ts';
import { adamW, type Optimizer, type ParameterGroup, sgd } from '../nn/optimizers.ts';
import { cosine, linearWarmup, multiStep, product, type Schedule } from '../nn/schedules.ts';

const count = z.int().positive();
const positive = z.number().positive();
const multipleOf32 = count.multipleOf(32);

const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sgd'),
    momentum: z.number().min(0).max(1).default(0.9),
    weightDecay: z.number().min(0).default(1e-4),
  }),
  z.strictObject({
    kind: z.literal('adamw'),
    betas: z.tuple([z.number(), z.number()]).default([0.9, 0.999]),
    epsilon: positive.default(1e-8),
    weightDecay: z.number().min(0).default(0.01),
  }),
]);

/** Of the base rate, where the warm-up begins: torch's LinearLR in torchvision's recipes; Detectron begins at a third. */
const warmupFactor = positive.max(1).default(0.001);

const learningRateSchema = z.discriminatedUnion('kind', [
  /** Half a cosine from the base rate to 0 over the whole run. */
  z.strictObject({ kind: z.literal('cosine'), warmupSteps: z.int().min(0).default(200), warmupFactor }),
  /** Multiplied by `gamma` at each milestone. */
  z.strictObject({
    kind: z.literal('multi-step'),
    warmupSteps: z.int().min(0).default(500),
    warmupFactor,
    milestones: z.array(count),
    gamma: positive.default(0.1),
  }),
]);

const recipeSchema = z.strictObject({
  formatVersion: z.literal(1),
  name: z.string().min(1),
  description: z.string().default(''),
  /** Remarks on settings by their key: where a number comes from. */
  notes: z.record(z.string(), z.string()).default({}),
  /** A Faster R-CNN: a `DetectorConfig` without `classes`, which are the data's. */
  detector: z.record(z.string(), z.unknown()).optional(),
  /** Instead of `detector`: the paper's five layers, and the alpha of its loss. */
  baseline: baselineArchitectureSchema.extend({ alpha: z.number().min(0) }).optional(),
  preprocessing: preprocessingSchema,
  /** How many stages of the trunk stay as they are: 0 none, 1 the stem, 3 the stem and all up to stride 8. */
  frozenStages: z.int().min(0).max(5),
  batchSize: count,
  /** One canvas for every batch, or several to choose from (`BatchConfig`); each has a training graph of its own. */
  canvases: z.array(z.strictObject({ height: multipleOf32, width: multipleOf32 })).min(1),
  /** All parts at once, or the four alternating steps, which share the run's steps evenly. */
  schedule: z.enum(['joint', 'alternating']).default('joint'),
  epochs: positive.nullable().default(null),
  /** Instead of `epochs`. */
  steps: count.nullable().default(null),
  optimizer: optimizerSchema,
  learningRate: positive,
  /** How the rate changes; each alternating step goes through all of it. */
  learningRateSchedule: learningRateSchema,
  /** Largest norm of all gradients together. */
  clipNorm: positive.nullable().default(10),
  /** Decay of the running average of the weights, which is what is validated and kept; null keeps the weights as they are. */
  averageDecay: z.number().min(0).max(1).nullable().default(null),
  augmentation: augmentationSchema.prefault({}),
  /** Photos without garments are trained on too. */
  negatives: z.boolean().default(true),
  /** Photos of classes that fewer than this share of the photos show are seen oftener, in place of others (`repeat-factors.ts`). */
  repeatThreshold: z.number().min(0).max(1).default(0),
  validateEveryEpochs: positive.default(1),
  /** At most so many dev photos of each data set are validated on. */
  validationPhotos: count.default(500),
  checkpointEverySteps: count.default(200),
  seed: z.int().default(1),
});

export type Recipe = z.output<typeof recipeSchema>;

/** The recipe cannot be used. */
export class RecipeError extends DeepShopError {
  constructor(summary: string, facts: ConstructorParameters<typeof DeepShopError>[2]) {
    super('recipe-invalid', summary, facts);
  }
}

/** A recipe from outside, defaults filled in. @param where the file, for the message */
export function parseRecipe(value: unknown, where: string): Recipe {
  const result = recipeSchema.safeParse(withLearningRateSchedule(value));
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
    throw new RecipeError('the recipe cannot be used', {
      where,
      expected: 'a recipe of format version 1',
      got: faults.join('; '),
      cure: 'Compare it with recipes/lite0-street13.json.',
    });
  }
  refuseMisfits(result.data, where);
  const { epochs, steps } = result.data;
  if ((epochs === null) === (steps === null)) {
    throw new RecipeError('a run has either epochs or steps', {
      where,
      expected: 'one of the two',
      got: `epochs ${epochs}, steps ${steps}`,
      cure: 'Leave the other out.',
    });
  }
  if (result.data.schedule === 'alternating' && steps !== null && steps < 4) {
    throw new RecipeError('there are fewer steps than alternating training has', {
      where,
      expected: 'at least 4',
      got: `steps ${steps}`,
      cure: 'Raise steps, or train jointly ("schedule": "joint").',
    });
  }
  return result.data;
}

/** Settings that are fine each, and not together. */
function refuseMisfits(recipe: Recipe, where: string): void {
  const { detector, baseline, schedule, frozenStages, optimizer, canvases, preprocessing } = recipe;
  const refuse = (key: string, expected: string, got: unknown) => {
    const facts = { where: `${where}, ${key}`, expected, got: JSON.stringify(got) };
    throw new RecipeError('the settings of the recipe do not go together', facts);
  };
  if ((detector === undefined) === (baseline === undefined)) {
    refuse('detector and baseline', 'one of them', detector === undefined ? 'neither' : 'both');
  }
  const { resize } = preprocessing;
  const misfit = canvases.find(
    ({ height, width }) => resize.kind === 'squash' && !(height === resize.side && width === resize.side),
  );
  if (misfit !== undefined) refuse('canvases', 'squares as large as the squashed photos', misfit);
  if (baseline === undefined) return;
  if (resize.kind !== 'squash')
    refuse('preprocessing.resize', '{"kind": "squash", "side": 128} for a baseline', resize);
  if (schedule !== 'joint') refuse('schedule', '"joint" for a baseline: it has no parts to alternate', schedule);
  if (frozenStages !== 0) refuse('frozenStages', '0 for a baseline: it has no trunk', frozenStages);
  const { weightDecay } = optimizer;
  if (weightDecay !== 0)
    refuse('optimizer.weightDecay', '0 for a baseline: alpha in its loss is the decay', weightDecay);
}

/** Recipes of the first version called it `schedule`. */
function withLearningRateSchedule(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('schedule' in value)) return value;
  const { schedule, ...rest } = value;
  return typeof schedule === 'object' ? { learningRateSchedule: schedule, ...rest } : value;
}

/** The detector that a recipe trains, for the classes of its data. */
export function detectorConfigOf(recipe: Recipe, classes: readonly string[], where: string): DetectorConfig {
  const config: DetectorConfigInput = { ...(recipe.detector as DetectorConfigInput), classes: [...classes] };
  return parseDetectorConfig(config, where);
}

/** The baseline that a recipe trains, for the classes of its data. */
export function baselineConfigOf({ baseline, preprocessing }: Recipe, classes: readonly string[]): BaselineConfig {
  const { channels, hidden } = baseline!;
  return { channels, hidden, classes, side: sideOf(preprocessing, 'recipe') };
}

/** What its batches hold. Photos that a model sees by torchvision's rule of size, or squashed, are trained on by the same. */
export function batchConfigOf(recipe: Recipe): BatchConfig {
  const { batchSize, canvases, preprocessing, augmentation, negatives, repeatThreshold, seed } = recipe;
  const { resize, mean, std } = preprocessing;
  return {
    batchSize,
    canvases,
    resize: resize.kind === 'long-side' ? undefined : resize,
    normalisation: { mean, std },
    augmentation,
    negatives,
    repeatThreshold,
    seed,
  };
}

export function optimizerOf({ optimizer }: Recipe): Optimizer {
  const groupOf = (): ParameterGroup => ({ weightDecay: optimizer.weightDecay });
  return optimizer.kind === 'sgd'
    ? sgd({ momentum: optimizer.momentum, groupOf })
    : adamW({ betas: optimizer.betas, epsilon: optimizer.epsilon, groupOf });
}

/**
 * Learning rate of every step of a stretch of so many steps, which goes through the whole schedule.
 *
 * @param whole steps of the whole run, which warm-up and milestones are stated for
 */
export function learningRateOf(
  { learningRate, learningRateSchedule: schedule }: Recipe,
  steps: number,
  whole = steps,
): Schedule {
  const within = (step: number) => Math.round((step * steps) / whole);
  const decay =
    schedule.kind === 'cosine' ? cosine({ to: steps }) : multiStep(schedule.milestones.map(within), schedule.gamma);
  const factor = product(linearWarmup(within(schedule.warmupSteps), schedule.warmupFactor), decay);
  return (step) => learningRate * factor(step);
}
