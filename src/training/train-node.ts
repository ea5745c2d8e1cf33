/** @file Training: the loop, what it keeps, and how it goes on after a stop. What is trained: `trainable.ts`. */
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { openBatches } from '../dataset/batches-node.ts';
import { DeepShopError } from '../errors/errors.ts';
import { acquireLock } from '../files/lock-file-node.ts';
import { clipFactor, commonNorm, updateAverage } from '../nn/optimizers.ts';
import { seedFrom } from '../random/random.ts';
import { writeCheckpoint } from './checkpoint-node.ts';
import { beginPhase, spanAt, spansOf } from './phases.ts';
import { batchConfigOf, learningRateOf, optimizerOf, parseRecipe, type Recipe } from './recipe.ts';
import { recipeDifference } from './recipe-differences.ts';
import { checkpointFile, type RunStart, type StartOptions, servedParameters, startRun } from './start-node.ts';
import { StepSet } from './step-set-node.ts';
import type { Losses } from './trainable.ts';
import { type LogRecord, TrainingLog } from './training-log-node.ts';
import { type Validation, validateRun } from './validate-node.ts';

export interface TrainingOptions extends StartOptions {
  /** Once the state of the run is known: step 0, or where a checkpoint goes on. */
  readonly onStart?: (start: Pick<RunStart, 'initial' | 'initialised' | 'state'>) => void;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onValidation?: (validation: Validation) => void;
}

export interface StepProgress {
  /** Steps done, of so many. */
  readonly step: number;
  readonly steps: number;
  /** Name of the phase; null where there is only one. */
  readonly phase: string | null;
  readonly losses: Losses;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** Milliseconds that the step waited for its batch. */
  readonly waitMs: number;
  /** The step that `--resume` would go on from. */
  readonly checkpointStep: number;
}

/** A loss that is not a number: the run cannot go on. */
export class TrainingDivergedError extends DeepShopError {
  constructor(step: number, figures: object, checkpointStep: number, where: string) {
    super('training-diverged', `a loss or gradient is not finite at step ${step}`, {
      where,
      expected: 'finite numbers',
      got: Object.entries(figures)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
      cure: `The checkpoint of step ${checkpointStep} is kept. Start again with a lower learning rate or a longer warm-up.`,
    });
  }
}

/**
 * Trains, and returns the last validation. The folder of the run then holds `best/` and `last/` (model directories),
 * `log.jsonl` and the checkpoint. One process at a time may write it.
 */
export async function train(options: TrainingOptions): Promise<Validation | null> {
  const { out } = options;
  await mkdir(out, { recursive: true });
  const lock = await acquireLock(join(out, 'run.lock'));
  try {
    return await trainLocked(options);
  } finally {
    await lock.release();
  }
}

async function trainLocked(options: TrainingOptions): Promise<Validation | null> {
  const { recipe, out, resume, onStart, onStep, onValidation } = options;
  const log = new TrainingLog(join(out, 'log.jsonl'));
  const records = await log.read();
  if (resume) refuseOtherRecipe(records, recipe, out);
  else refuseOldRun(records, out);
  const run = await startRun(options);
  const { state, identity, trainable } = run;
  let latest = lastValidation(records, state.step);
  // A finished run stays as it is, to the byte.
  if (records.some(({ kind, step }) => kind === 'end' && step === state.step)) return latest;
  const batches = openBatches(run.sets, batchConfigOf(recipe));
  const steps = recipe.steps ?? Math.round(recipe.epochs! * batches.stepsPerEpoch);
  const validateEvery = Math.max(1, Math.round(recipe.validateEveryEpochs * batches.stepsPerEpoch));
  const compiled = new StepSet(run, recipe);
  const optimizer = optimizerOf(recipe);
  const spans = spansOf(trainable.phases, steps);
  let checkpointStep = state.step;
  let longestWaitMs = 0;
  if (resume) await log.truncate(state.step);
  else
    await log.append({
      kind: 'start',
      step: 0,
      recipe,
      data: run.sets.map(({ dataset, weight }) => ({
        name: basename(resolve(dataset.directory)),
        photos: dataset.records.length,
        weight,
      })),
      steps,
      phases: spans.map(({ phase, end }) => ({ name: phase.name, end })),
      stepsPerEpoch: batches.stepsPerEpoch,
      run: identity,
      initialised: run.initialised,
    });
  onStart?.(run);
  try {
    while (state.step < steps) {
      const started = performance.now();
      const step = state.step;
      const { phase, first, end } = spanAt(spans, step);
      const { batch, waitMs } = await batches.batchAt(step);
      longestWaitMs = Math.max(longestWaitMs, waitMs);
      const result = await compiled.run(batch, phase, seedFrom(recipe.seed, 'step', step));
      const { losses, gradients, regions, correctRegions } = result;
      const norm = commonNorm(gradients);
      if (![norm, ...Object.values(losses)].every(Number.isFinite)) {
        throw new TrainingDivergedError(step, { ...losses, gradientNorm: norm }, checkpointStep, out);
      }
      const learningRate = learningRateOf(recipe, end - first, steps)(step - first);
      const factor = recipe.clipNorm === null ? 1 : clipFactor(norm, recipe.clipNorm);
      optimizer.step(state.parameters, gradients, state.optimizer, learningRate, factor);
      if (state.average !== null) updateAverage(state.average, state.parameters, averageDecayAt(recipe, step - first));
      state.step = step + 1;

      const imagesPerSecond = (recipe.batchSize * 1000) / (performance.now() - started);
      const phaseName = spans.length > 1 ? phase.name : null;
      onStep?.({
        step: state.step,
        steps,
        phase: phaseName,
        losses,
        learningRate,
        imagesPerSecond,
        waitMs,
        checkpointStep,
      });
      if (state.step % LOG_EVERY === 0) {
        await log.append({
          kind: 'step',
          step: state.step,
          ...(phaseName === null ? {} : { phase: phaseName }),
          ...losses,
          ...(regions > 0 ? { roiAccuracy: correctRegions / regions } : {}),
          gradientNorm: norm,
          learningRate,
          imagesPerSecond,
          waitMs,
          longestWaitMs,
        });
        longestWaitMs = 0;
      }
      const validates = phase.isWhole && (state.step === end || state.step % validateEvery === 0);
      const isSaved = validates || state.step % recipe.checkpointEverySteps === 0;
      // The last good checkpoint holds numbers alone.
      const parameterNorm = isSaved ? commonNorm(state.parameters) : 0;
      if (!Number.isFinite(parameterNorm)) {
        throw new TrainingDivergedError(step, { ...losses, parameterNorm }, checkpointStep, out);
      }
      if (validates) {
        latest = await validateRun(run, recipe, compiled);
        if (latest.isBest) {
          state.best = { step: state.step, score: latest.score };
          await trainable.writeModel(join(out, 'best'), servedParameters(run), latest);
        }
        await log.append({ kind: 'validation', ...latest });
        onValidation?.(latest);
      }
      if (state.step === end && state.step < steps) {
        beginPhase(state, spanAt(spans, end).phase, run.initial, recipe);
        await compiled.release();
      }
      if (isSaved) {
        await writeCheckpoint(join(out, checkpointFile), state, identity);
        checkpointStep = state.step;
      }
    }
    await trainable.writeModel(join(out, 'last'), servedParameters(run), latest);
    await log.append({ kind: 'end', step: state.step, best: state.best });
    return latest;
  } finally {
    await compiled.release();
    await batches.close();
  }
}

const LOG_EVERY = 10;

/** The last validation that a log tells of, up to a step. */
function lastValidation(records: readonly LogRecord[], upTo: number): Validation | null {
  const last = records.filter(({ kind, step }) => kind === 'validation' && step <= upTo).at(-1);
  if (last === undefined) return null;
  const { kind: _kind, ...validation } = last;
  // This loop wrote it.
  return validation as Omit<LogRecord, 'kind'> & Validation;
}

/** A young average follows more closely, so that it does not remember the start. */
const averageDecayAt = ({ averageDecay }: Recipe, step: number): number =>
  Math.min(averageDecay!, (1 + step) / (10 + step));

/** What else a run keeps to, data and starting weights, its checkpoint knows. */
function refuseOtherRecipe(records: readonly LogRecord[], recipe: Recipe, out: string): void {
  const started = records.find(({ kind }) => kind === 'start')?.recipe;
  if (typeof started !== 'object' || started === null) return;
  // A version before may not have known every setting: what it left out has its default.
  const difference = recipeDifference(parseRecipe(started, out), recipe);
  if (difference === null) return;
  throw new DeepShopError('run-of-another-recipe', 'the run was started with another recipe', {
    where: out,
    ...difference,
    cure: 'Resume with the recipe that it was started with, or train into another folder.',
  });
}

function refuseOldRun(records: readonly LogRecord[], out: string): void {
  if (records.length === 0) return;
  throw new DeepShopError('run-exists', 'the folder holds a run already', {
    where: out,
    expected: 'a new or empty folder',
    cure: 'Go on with it by --resume, or choose another folder.',
  });
}
