/**
 * @file Gives a detector a learned garment vector: views of garments, through the detector as it is, and a head that is
 * trained on what it says of them. Boxes, classes and scores stay what they are.
 */
import { type DatasetRecord, isMaskedGarment } from '../dataset/dataset.ts';
import { DatasetError } from '../dataset/dataset-error.ts';
import { openDataset } from '../dataset/dataset-node.ts';
import { defaultLearnedDescriptor, type LearnedDescriptor } from '../detector/descriptors.ts';
import type { Model } from '../detector/model-directory.ts';
import type { Parameters } from '../nn/parameters.ts';
import { garmentViews } from './garment-views.ts';
import { type LearningConfig, type LearningProgress, learnVector, type SeenGarment } from './learn-vector-node.ts';
import { openFeatureReader, ViewFeatures } from './view-features-node.ts';
import { makeViews } from './views-node.ts';

export interface VectorTraining {
  /** Prepared data sets with masks, or with items on several photos; their training side without the dev fold is learned from. */
  readonly data: readonly string[];
  /** Prepared data sets whose photos lend their surroundings beside those of `data` that have a mask. */
  readonly grounds: readonly string[];
  /** New pictures of each garment with a mask, beside its own photo. */
  readonly views: number;
  readonly learning: LearningConfig;
  /** Left out: {@link defaultLearnedDescriptor}. */
  readonly definition?: LearnedDescriptor;
  /** Threads of the training step. Views are read with one: another thread makes them meanwhile. */
  readonly threads?: number;
  readonly onView?: (done: number, total: number) => void;
  readonly onStep?: (progress: LearningProgress) => void;
}

export interface TrainedVector {
  readonly definition: LearnedDescriptor;
  /** The model's, and the head's. */
  readonly parameters: Parameters;
  readonly numGarments: number;
}

/** How a vector is trained unless said otherwise: chosen on the dev fold (docs/experiments.md). */
export const standardLearning: LearningConfig = {
  steps: 600,
  batchSize: 256,
  learningRate: 2e-3,
  warmupSteps: 50,
  weightDecay: 0.02,
  averageDecay: 0.99,
  temperature: 0.07,
  classTemperature: 0.1,
  classWeight: 1,
  seed: 1,
};

/**
 * The same arguments give the same bits.
 *
 * @throws DatasetError where too few garments are seen twice, or the classes are not the model's
 */
export async function trainVector(model: Model, training: VectorTraining): Promise<TrainedVector> {
  const { data, grounds, views: numViews, learning, onView, onStep, threads = 0 } = training;
  const { config, preprocessing } = model;
  const definition = training.definition ?? defaultLearnedDescriptor(config);
  const sets = await Promise.all(data.map((directory) => openTraining(directory, config.classes)));
  const garments = garmentViews(sets, numViews);
  if (garments.length < 2) {
    throw new DatasetError('dataset-empty', 'there are too few garments to learn from', {
      where: data.join(', '),
      expected: 'photos of one whole garment each, with masks, or items that are on several photos',
      got: `${garments.length}`,
      cure: 'Prepare a data set of flat lays with --masks, or one whose pair_id and style name its items.',
    });
  }
  const records = sets.flat();
  const lent = await Promise.all(grounds.map((directory) => openDataset(directory, 'train')));
  const source = {
    records,
    grounds: [...records.filter(isMaskedGarment), ...lent.flatMap((set) => set.records)],
    seed: learning.seed,
    preprocessing,
  };
  const requests = garments.flatMap((garment) => garment.views);
  const views = new ViewFeatures(definition, model);
  const reader = await openFeatureReader(model, definition, { threads: 1 });
  for await (const { prepared, box } of makeViews(source, requests)) {
    views.add(await reader.read(prepared, box));
    onView?.(views.count, requests.length);
  }
  await reader.release();
  let read = 0;
  const seen = garments.map(
    ({ label, views: ofGarment }): SeenGarment => ({ label, views: ofGarment.map(() => read++) }),
  );
  const head = await learnVector({ definition, config, views, garments: seen }, learning, {
    threads,
    ...(onStep === undefined ? {} : { onStep }),
  });
  return { definition, parameters: new Map([...model.parameters, ...head]), numGarments: garments.length };
}

async function openTraining(directory: string, classes: readonly string[]): Promise<readonly DatasetRecord[]> {
  const set = await openDataset(directory, 'train');
  if (set.classes.join('\n') === classes.join('\n')) return set.records;
  throw new DatasetError('dataset-classes-differ', "the data set's classes are not the model's", {
    where: directory,
    expected: classes.join(', '),
    got: set.classes.join(', '),
    cure: 'Prepare it with the same --relabel file.',
  });
}
