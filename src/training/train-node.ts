/** @file Joint training of a detector: the loop, what it keeps, and how it goes on after a stop. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WeightedDataset } from '../dataset/batches.ts';
import { type BatchSource, openBatches } from '../dataset/batches-node.ts';
import type { DatasetRecord } from '../dataset/dataset.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import type { DetectorConfig } from '../detector/config.ts';
import { Detector } from '../detector/detector.ts';
import { writeModel } from '../detector/model-directory-node.ts';
import { type DetectorNetwork, detectorNetwork } from '../detector/network.ts';
import type { TrainingShape } from '../detector/training-graph.ts';
import { DeepShopError } from '../errors/errors.ts';
import type { CocoSummary } from '../evaluation/evaluate-detections.ts';
import { noAugmentation } from '../image/augmentation-config.ts';
import { clipGradientNorm, updateAverage } from '../nn/optimizers.ts';
import { type Parameters, parametersFromOrInitial } from '../nn/parameters.ts';
import { isInFrozenStage, type TrunkName, trunks } from '../nn/trunks/trunk.ts';
import { compile } from '../onnx/session-node.ts';
import { seedFrom } from '../random/random.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint-node.ts';
import { detectorConfigOf, learningRateOf, optimizerOf, type Recipe } from './recipe.ts';
import { TrainingLog } from './training-log-node.ts';
import { compileStep, type StepResult, type TrainingStep } from './training-step.ts';
import { firstPhotos, type ValidationLosses, validateDetections, validateLosses } from './validate-node.ts';

export interface TrainingOptions {
  readonly recipe: Recipe;
  /** Prepared data sets and how often a photo of each is seen in an epoch. */
  readonly data: readonly { readonly directory: string; readonly weight: number }[];
  /** The folder of the run. */
  readonly out: string;
  /** Tensors to start from, by our names; those that do not fit are filled afresh. */
  readonly from: ReadonlyMap<string, Tensor>;
  readonly resume: boolean;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onValidation?: (validation: Validation) => void;
}

export interface StepProgress {
  readonly step: number;
  readonly steps: number;
  readonly losses: StepResult['losses'];
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** Milliseconds that the step waited for its batch. */
  readonly waitMs: number;
}

export interface Validation {
  readonly step: number;
  readonly losses: ValidationLosses;
  /** By folder of the data set. */
  readonly perDataset: Readonly<Record<string, CocoSummary>>;
  /** Mean of AP50 over the data sets: what the kept model is chosen by. */
  readonly score: number;
  readonly isBest: boolean;
}

/** A loss that is not a number: the run cannot go on. */
export class TrainingDivergedError extends DeepShopError {
  constructor(step: number, losses: object, checkpointStep: number, where: string) {
    super('training-diverged', `a loss is not finite at step ${step}`, {
      where,
      got: JSON.stringify(losses, (_, value) =>
        typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
      ),
      cure: `The last good checkpoint (step ${checkpointStep}) is kept. Lower the learning rate or lengthen the warm-up`,
    });
  }
}

const CHECKPOINT = 'checkpoint.safetensors';

/** Trains; returns the best validation. The folder then holds `best/` and `last/` (model directories), log and checkpoint. */
export async function train(options: TrainingOptions): Promise<Validation | null> {
  const { recipe, out } = options;
  await mkdir(out, { recursive: true });
  const sets = await Promise.all(
    options.data.map(
      async ({ directory, weight }): Promise<WeightedDataset> => ({
        dataset: await openDataset(directory, 'train'),
        weight,
      }),
    ),
  );
  const { classes } = sets[0]!.dataset;
  const config = detectorConfigOf(recipe, classes, 'recipe');
  const batches = openBatches(sets, {
    ...batchConfig(recipe),
    augmentation: recipe.augmentation,
    negatives: recipe.negatives,
  });
  const steps = recipe.steps ?? Math.round(recipe.epochs! * batches.stepsPerEpoch);
  const run = await Run.open(options, config, batches, sets, steps);
  try {
    return await run.train();
  } finally {
    await run.close();
    await batches.close();
  }
}

const batchConfig = ({ batchSize, canvases, preprocessing, seed }: Recipe) => ({
  batchSize,
  canvases,
  normalisation: { mean: preprocessing.mean, std: preprocessing.std },
  seed,
});

/** Everything that a run holds open. */
class Run {
  readonly #options: TrainingOptions;
  readonly #config: DetectorConfig;
  readonly #network: DetectorNetwork;
  readonly #batches: BatchSource;
  readonly #steps: number;
  readonly #frozen: Parameters;
  readonly #state: TrainingState;
  readonly #identity: string;
  readonly #log: TrainingLog;
  /** One compiled step a canvas. */
  readonly #stepOf = new Map<string, TrainingStep>();
  readonly #places: Pick<TrainingShape, 'groundTruths' | 'crowds'>;
  #lossStep: TrainingStep | null = null;

  private constructor(fields: {
    options: TrainingOptions;
    config: DetectorConfig;
    network: DetectorNetwork;
    batches: BatchSource;
    steps: number;
    frozen: Parameters;
    state: TrainingState;
    identity: string;
    log: TrainingLog;
    places: Pick<TrainingShape, 'groundTruths' | 'crowds'>;
  }) {
    this.#options = fields.options;
    this.#config = fields.config;
    this.#network = fields.network;
    this.#batches = fields.batches;
    this.#steps = fields.steps;
    this.#frozen = fields.frozen;
    this.#state = fields.state;
    this.#identity = fields.identity;
    this.#log = fields.log;
    this.#places = fields.places;
  }

  static async open(
    options: TrainingOptions,
    config: DetectorConfig,
    batches: BatchSource,
    sets: readonly WeightedDataset[],
    steps: number,
  ): Promise<Run> {
    const { recipe, out, resume, from } = options;
    const network = detectorNetwork(config);
    const { parameters } = parametersFromOrInitial(network.specs, from, recipe.seed, 'starting weights');
    const trunk = trunks[config.trunk as TrunkName];
    const isTrained = (name: string, kind: string) =>
      kind === 'trainable' && !isInFrozenStage(trunk, recipe.frozenStages, name);
    const frozen: Parameters = new Map();
    const trained = new Map<string, Float32Array>();
    for (const { name, kind } of network.specs) {
      if (isTrained(name, kind)) trained.set(name, parameters.get(name)!.data);
      else frozen.set(name, parameters.get(name)!);
    }
    const identity = identityOf(recipe, sets, parameters);
    const log = new TrainingLog(join(out, 'log.jsonl'));
    let state: TrainingState;
    if (resume) {
      state = await readCheckpoint(join(out, CHECKPOINT), identity);
      await log.truncate(state.step);
    } else {
      const average =
        recipe.averageDecay === null ? null : new Map([...trained].map(([name, data]) => [name, data.slice()]));
      state = { step: 0, parameters: trained, optimizer: optimizerOf(recipe).init(trained), average, best: null };
      await log.append({
        kind: 'start',
        step: 0,
        recipe,
        data: options.data,
        steps,
        stepsPerEpoch: batches.stepsPerEpoch,
        trained: trained.size,
        run: identity,
      });
    }
    const places = placesFor(
      sets.flatMap(({ dataset }) => dataset.records),
      recipe,
    );
    return new Run({ options, config, network, batches, steps, frozen, state, identity, log, places });
  }

  async train(): Promise<Validation | null> {
    const { recipe, onStep, onValidation, out } = this.#options;
    const optimizer = optimizerOf(recipe);
    const rateAt = learningRateOf(recipe, this.#steps);
    const state = this.#state;
    const validateEvery = Math.max(1, Math.round(recipe.validateEveryEpochs * this.#batches.stepsPerEpoch));
    let checkpointStep = state.step;
    let latest: Validation | null = null;
    while (state.step < this.#steps) {
      const started = performance.now();
      const step = state.step;
      const { batch, waitMs } = await this.#batches.batchAt(step);
      const compiled = await this.#compiled(batch.height, batch.width);
      const result = await compiled.run(batch, state.parameters, seedFrom(recipe.seed, 'step', step));
      if (!Object.values(result.losses).every(Number.isFinite)) {
        throw new TrainingDivergedError(step, result.losses, checkpointStep, out);
      }
      const norm = clipGradientNorm(result.gradients, recipe.clipNorm ?? Number.POSITIVE_INFINITY);
      if (!Number.isFinite(norm)) throw new TrainingDivergedError(step, { gradientNorm: norm }, checkpointStep, out);
      const learningRate = rateAt(step);
      optimizer.step(state.parameters, result.gradients, state.optimizer, learningRate);
      state.step = step + 1;
      // A young average follows more closely, so that it does not remember the start.
      if (state.average !== null)
        updateAverage(state.average, state.parameters, Math.min(recipe.averageDecay!, (1 + step) / (10 + step)));
      const imagesPerSecond = (recipe.batchSize * 1000) / (performance.now() - started);
      onStep?.({ step: state.step, steps: this.#steps, losses: result.losses, learningRate, imagesPerSecond, waitMs });
      if (state.step % 10 === 0) {
        await this.#log.append({
          kind: 'step',
          step: state.step,
          ...result.losses,
          roiAccuracy: result.correctRegions / result.regions,
          gradientNorm: norm,
          learningRate,
          imagesPerSecond,
          waitMs,
        });
      }
      const isLast = state.step === this.#steps;
      const validates = isLast || state.step % validateEvery === 0;
      if (validates) {
        latest = await this.#validate();
        onValidation?.(latest);
      }
      if (validates || state.step % recipe.checkpointEverySteps === 0) {
        await writeCheckpoint(join(out, CHECKPOINT), state, this.#identity);
        checkpointStep = state.step;
      }
    }
    await this.#keep('last', latest);
    await this.#log.append({ kind: 'end', step: state.step, best: state.best });
    return latest;
  }

  async close(): Promise<void> {
    for (const step of this.#stepOf.values()) await step.release();
    await this.#lossStep?.release();
  }

  async #compiled(height: number, width: number): Promise<TrainingStep> {
    const key = `${height}x${width}`;
    const known = this.#stepOf.get(key);
    if (known !== undefined) return known;
    const made = await this.#compile(
      { batchSize: this.#options.recipe.batchSize, height, width, ...this.#places },
      true,
    );
    this.#stepOf.set(key, made);
    return made;
  }

  #compile(shape: TrainingShape, withGradients: boolean): Promise<TrainingStep> {
    const [network, config, frozen] = [this.#network, this.#config, this.#frozen];
    return compileStep({ network, config, shape, frozen, withGradients, compile: (definition) => compile(definition) });
  }

  async #validate(): Promise<Validation> {
    const { recipe, data } = this.#options;
    const state = this.#state;
    const sets = await Promise.all(
      data.map(async ({ directory }) => firstPhotos(await openDataset(directory, 'dev'), recipe.validationPhotos)),
    );
    const used = sets.filter(({ records }) => records.length > 0);
    const canvases = recipe.canvases.slice(0, 1);
    const { height, width } = canvases[0]!;
    const batches = openBatches(
      used.map((dataset) => ({ dataset, weight: 1 })),
      { ...batchConfig(recipe), canvases, augmentation: noAugmentation, negatives: true },
      { workers: 0, batches: 0 },
    );
    this.#lossStep ??= await this.#compile({ batchSize: recipe.batchSize, height, width, ...this.#places }, false);
    const losses = await validateLosses(this.#lossStep, state.average ?? state.parameters, batches);
    await batches.close();
    const detector = await Detector.create(
      { config: this.#config, preprocessing: recipe.preprocessing, parameters: this.#weights() },
      compile,
    );
    const perDataset: Record<string, CocoSummary> = {};
    for (const dataset of used) perDataset[dataset.directory] = await validateDetections(detector, dataset);
    await detector.release();
    const scores = Object.values(perDataset).map(({ AP50 }) => AP50);
    const score = scores.reduce((sum, value) => sum + value, 0) / scores.length;
    const isBest = state.best === null || score > state.best.score;
    const validation = { step: state.step, losses, perDataset, score, isBest };
    if (isBest) {
      state.best = { step: state.step, score };
      await this.#keep('best', validation);
    }
    await this.#log.append({ kind: 'validation', ...validation });
    return validation;
  }

  /** All parameters as they are served: the average where there is one. */
  #weights(): Parameters {
    const served = this.#state.average ?? this.#state.parameters;
    return new Map(
      this.#network.specs.map(({ name, shape }) => {
        const trained = served.get(name);
        return [name, trained === undefined ? this.#frozen.get(name)! : tensor('float32', shape, trained)];
      }),
    );
  }

  async #keep(folder: 'best' | 'last', validation: Validation | null): Promise<void> {
    const { recipe, out } = this.#options;
    await writeModel(join(out, folder), {
      name: recipe.name,
      config: this.#config,
      preprocessing: recipe.preprocessing,
      parameters: this.#weights(),
      recipe,
      metrics: validation,
    });
  }
}

/** Room for the fullest photo, and for what augmentation adds: pasted garments, and boxes that become regions to ignore. */
function placesFor(
  records: readonly DatasetRecord[],
  { augmentation }: Recipe,
): Pick<TrainingShape, 'groundTruths' | 'crowds'> {
  const pasted = augmentation.copyPaste?.garments ?? 0;
  const most = (count: (record: DatasetRecord) => number) =>
    records.reduce((highest, record) => Math.max(highest, count(record)), 0);
  const groundTruths = most(({ labels }) => labels.length) + pasted;
  return {
    groundTruths: Math.max(1, groundTruths),
    crowds: Math.max(1, groundTruths + most(({ crowdBoxes }) => crowdBoxes.length / 4)),
  };
}

/** A hash of all that decides the weights of every step. */
function identityOf(recipe: Recipe, sets: readonly WeightedDataset[], parameters: Parameters): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  for (const { dataset, weight } of sets) hash.update(`${dataset.hash} ${weight}`);
  for (const [name, { data }] of parameters)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
