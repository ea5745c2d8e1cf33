/** @file What a run begins with: its network, its photos and its state, fresh or from a checkpoint. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { WeightedDataset } from '../dataset/batches.ts';
import type { DatasetRecord } from '../dataset/dataset.ts';
import { DatasetError } from '../dataset/dataset-error.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import type { WeightedDirectory } from '../dataset/weighted-directory.ts';
import type { TrainingShape } from '../detector/training-graph.ts';
import { ParameterError, type Parameters, parametersFromOrInitial, tensorsOf } from '../nn/parameters.ts';
import type { ExecutionProvider, SessionOptions } from '../onnx/session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { baseline } from './baseline-node.ts';
import { readCheckpoint, type TrainingState } from './checkpoint-node.ts';
import { fasterRcnn } from './faster-rcnn-node.ts';
import { beginPhase } from './phases.ts';
import { baselineConfigOf, detectorConfigOf, type Recipe } from './recipe.ts';
import type { Trainable } from './trainable.ts';

/** What a run starts from; parameters that are not here, or have another shape, are filled afresh. */
export interface StartingWeights {
  /** By our names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What the weights were trained to tell apart; null for a trunk alone. */
  readonly classes: readonly string[] | null;
}

export interface StartOptions {
  readonly recipe: Recipe;
  readonly data: readonly WeightedDirectory[];
  /** The folder of the run. */
  readonly out: string;
  readonly from: StartingWeights;
  /** Go on from the checkpoint; where there is none yet, start. */
  readonly resume: boolean;
  /** Where steps run; left out: the CPU. Another one rounds otherwise, and may take over a run that it did not begin. */
  readonly provider?: ExecutionProvider;
}

export interface RunStart {
  readonly trainable: Trainable;
  readonly sets: readonly WeightedDataset[];
  /** All parameters before the first step. */
  readonly initial: Parameters;
  /** Those that stay as they are. */
  readonly frozen: Parameters;
  readonly state: TrainingState;
  /** A hash of all that decides the weights of every step. */
  readonly identity: string;
  /** Names of the parameters that the starting weights did not hold. */
  readonly initialised: readonly string[];
  /** Room in a batch for the fullest photo. */
  readonly places: Pick<TrainingShape, 'groundTruths' | 'crowds'>;
}

export const checkpointFile = 'checkpoint.safetensors';

export async function startRun({ recipe, data, out, from, resume, provider = 'cpu' }: StartOptions): Promise<RunStart> {
  const sets = await Promise.all(
    data.map(
      async ({ directory, weight }): Promise<WeightedDataset> => ({
        dataset: await openDataset(directory, 'train'),
        weight,
      }),
    ),
  );
  await requireDevPhotos(data);
  const { classes } = sets[0].dataset;
  const trainable = trainableOf(recipe, classes, { provider });
  const { parameters: initial, initialised } = parametersFromOrInitial(
    trainable.specs,
    usable(from, classes, trainable),
    recipe.seed,
    'starting weights',
  );
  if (from.tensors.size > 0 && initialised.length === trainable.specs.length) {
    throw new ParameterError('none of the starting weights are of this network', {
      where: 'starting weights',
      expected: `${trainable.specs[0].name} and others`,
      got: [...from.tensors.keys()].slice(0, 3).join(', '),
      cure: 'Start from a model of the same kind, or leave --from and --trunk-weights out.',
    });
  }
  const identity = identityOf(recipe, sets, initial);
  const frozen: Parameters = new Map(
    trainable.specs.filter((spec) => trainable.isFrozen(spec)).map(({ name }) => [name, initial.get(name)!]),
  );
  const checkpoint = resume ? await readCheckpoint(join(out, checkpointFile), identity) : null;
  const state = checkpoint ?? freshState(recipe, trainable, initial);
  const places = placesFor(
    sets.flatMap(({ dataset }) => dataset.records),
    recipe,
  );
  return { trainable, sets, initial, frozen, state, identity, places, initialised };
}

/** What a recipe trains, for the classes of its data. */
export function trainableOf(recipe: Recipe, classes: readonly string[], session: SessionOptions = {}): Trainable {
  return recipe.baseline === undefined
    ? fasterRcnn(recipe, detectorConfigOf(recipe, classes, 'recipe'), session)
    : baseline(recipe, baselineConfigOf(recipe, classes), session);
}

/** A run that could never be validated would fail after its first epoch. */
async function requireDevPhotos(data: readonly WeightedDirectory[]): Promise<void> {
  const folds = await Promise.all(data.map(({ directory }) => openDataset(directory, 'dev')));
  if (folds.some(({ records }) => records.length > 0)) return;
  throw new DatasetError('dataset-empty', 'no photo is held out to measure the model on', {
    where: data.map(({ directory }) => directory).join(', '),
    expected: 'a tenth of the photos, by whole senders',
    got: 'fewer than five photos, or senders who each have more than a tenth',
    cure: 'Add photos, or prepare the data set again from annotations without "sender".',
  });
}

/** The last layers tell classes apart: those of other classes are of no use, even where there are as many. */
function usable(
  { tensors, classes: trained }: StartingWeights,
  classes: readonly string[],
  { tellsClassesApart }: Trainable,
): ReadonlyMap<string, Tensor> {
  if (trained === null || trained.join('\n') === classes.join('\n')) return tensors;
  return new Map([...tensors].filter(([name]) => !tellsClassesApart(name)));
}

function freshState(recipe: Recipe, trainable: Trainable, initial: Parameters): TrainingState {
  const { phases, specs } = trainable;
  // Arrays move in place: what a later phase starts from again must not be one of them.
  const isNeededAgain = phases.length > 1;
  const parameters = new Map(
    specs
      .filter((spec) => !trainable.isFrozen(spec))
      .map(({ name }) => [name, isNeededAgain ? initial.get(name)!.data.slice() : initial.get(name)!.data]),
  );
  const optimizer = { stepCount: 0, slots: new Map<string, Float32Array>() };
  const state: TrainingState = { step: 0, parameters, kept: new Map(), optimizer, average: null, best: null };
  beginPhase(state, phases[0], initial, recipe);
  return state;
}

/** All parameters as they are served: the running average where there is one. */
export function servedParameters({ trainable, frozen, state }: RunStart): Parameters {
  const still = [...frozen].map(([name, { data }]) => [name, data] as const);
  return tensorsOf(trainable.specs, new Map([...still, ...state.parameters, ...(state.average ?? [])]));
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

/** A hash of all that decides the weights of every step: of the recipe, all but its remarks. */
function identityOf(recipe: Recipe, sets: readonly WeightedDataset[], parameters: Parameters): string {
  const hash = createHash('sha256').update(JSON.stringify({ ...recipe, description: '', notes: {} }));
  for (const { dataset, weight } of sets) hash.update(`${dataset.hash} ${weight}`);
  for (const [name, { data }] of parameters)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
