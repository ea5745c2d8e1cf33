/** @file What a run begins with: its network, its photos and its state, fresh or from a checkpoint. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { WeightedDataset } from '../dataset/batches.ts';
import type { DatasetRecord } from '../dataset/dataset.ts';
import { DatasetError } from '../dataset/dataset-error.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import type { WeightedDirectory } from '../dataset/weighted-directory.ts';
import type { DetectorConfig } from '../detector/config.ts';
import { type DetectorNetwork, detectorNetwork } from '../detector/network.ts';
import type { TrainingShape } from '../detector/training-graph.ts';
import { type ParameterSpec, type Parameters, parametersFromOrInitial } from '../nn/parameters.ts';
import { isInFrozenStage, type TrunkName, trunks } from '../nn/trunks/trunk.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { readCheckpoint, type TrainingState } from './checkpoint-node.ts';
import { detectorConfigOf, optimizerOf, type Recipe } from './recipe.ts';

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
}

export interface RunStart {
  readonly network: DetectorNetwork;
  readonly config: DetectorConfig;
  readonly sets: readonly WeightedDataset[];
  /** Parameters that stay as they are. */
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

export async function startRun({ recipe, data, out, from, resume }: StartOptions): Promise<RunStart> {
  const sets = await Promise.all(
    data.map(
      async ({ directory, weight }): Promise<WeightedDataset> => ({
        dataset: await openDataset(directory, 'train'),
        weight,
      }),
    ),
  );
  await requireDevPhotos(data);
  const config = detectorConfigOf(recipe, sets[0]!.dataset.classes, 'recipe');
  const network = detectorNetwork(config);
  const { parameters, initialised } = parametersFromOrInitial(
    network.specs,
    usable(from, config.classes),
    recipe.seed,
    'starting weights',
  );
  const identity = identityOf(recipe, sets, parameters);
  const trunk = trunks[config.trunk as TrunkName];
  const isFrozen = ({ name, kind }: ParameterSpec) =>
    kind === 'frozen' || isInFrozenStage(trunk, recipe.frozenStages, name);
  const frozen: Parameters = new Map();
  const trained = new Map<string, Float32Array>();
  for (const spec of network.specs) {
    const values = parameters.get(spec.name)!;
    if (isFrozen(spec)) frozen.set(spec.name, values);
    else trained.set(spec.name, values.data);
  }
  const checkpoint = resume ? await readCheckpoint(join(out, checkpointFile), identity) : null;
  const state = checkpoint ?? freshState(recipe, trained);
  const places = placesFor(
    sets.flatMap(({ dataset }) => dataset.records),
    recipe,
  );
  return { network, config, sets, frozen, state, identity, places, initialised };
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
): ReadonlyMap<string, Tensor> {
  if (trained === null || trained.join('\n') === classes.join('\n')) return tensors;
  return new Map([...tensors].filter(([name]) => !name.startsWith('roi_heads.box_predictor.')));
}

function freshState(recipe: Recipe, parameters: Map<string, Float32Array>): TrainingState {
  const average =
    recipe.averageDecay === null ? null : new Map([...parameters].map(([name, data]) => [name, data.slice()]));
  return { step: 0, parameters, optimizer: optimizerOf(recipe).init(parameters), average, best: null };
}

/** All parameters as they are served: the running average where there is one. */
export function servedParameters({ network, frozen, state }: RunStart): Parameters {
  const served = state.average ?? state.parameters;
  return new Map(
    network.specs.map(({ name, shape }) => {
      const trained = served.get(name);
      return [name, trained === undefined ? frozen.get(name)! : tensor('float32', shape, trained)];
    }),
  );
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
