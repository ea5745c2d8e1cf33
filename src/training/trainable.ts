/**
 * @file What `train()` can train: all that differs between kinds of models. The loop, checkpoints, schedules, validation
 * and logs know no more of a model than is written here.
 *
 * To add a kind: a file that makes one of these from a recipe and classes (`faster-rcnn-node.ts` and `baseline-node.ts` are
 * such), and a branch in `start-node.ts` that chooses it.
 */
import type { DetectedGarments } from '../detector/detector.ts';
import type { DetectionBatch } from '../detector/training-feeds.ts';
import type { TrainingShape } from '../detector/training-graph.ts';
import type { Arrays } from '../nn/optimizers.ts';
import type { ParameterSpec, Parameters } from '../nn/parameters.ts';

/** Losses by name, and what is minimised. */
export type Losses = Readonly<Record<string, number>> & { readonly total: number };

export interface StepResult {
  readonly losses: Losses;
  /** What was classified (sampled regions), and how much of it rightly; 0 where nothing was. */
  readonly regions: number;
  readonly correctRegions: number;
  /** By parameter name; empty where none were asked for. */
  readonly gradients: Arrays;
}

/** A compiled step for one canvas. */
export interface TrainingStep {
  /**
   * @param parameters those that the step was not compiled with
   * @param seed of what the step draws
   */
  run(batch: DetectionBatch, parameters: Arrays, seed: number): Promise<StepResult>;
  release(): Promise<void>;
}

/** A stretch of a run in which the same parameters move. Joint training is one of them. */
export interface Phase {
  readonly name: string;
  /** Whether a parameter moves; all others keep their bytes. */
  readonly trains: (parameter: string) => boolean;
  /** Whether it is first set back to what it was when the run began. */
  readonly restarts: (parameter: string) => boolean;
  /** Whether it is also held as it was when the phase began: a step may read both. */
  readonly keeps: (parameter: string) => boolean;
  /** Whether all parameters together are a model: validated, and kept if it is the best. */
  readonly isWhole: boolean;
}

export interface StepRequest {
  readonly shape: TrainingShape;
  /** What is trained; null: all losses as validation wants them, no gradients. */
  readonly phase: Phase | null;
  /** Parameters that do not change while the step is in use. */
  readonly fixed: Parameters;
  /** What the phase keeps, and all else as it is in `fixed`. */
  readonly kept: Parameters;
}

/** What validation runs over photos. */
export interface FileDetector {
  /** In the order of the files. */
  detectFiles(paths: readonly string[]): Promise<DetectedGarments[]>;
  release(): Promise<void>;
}

export interface Trainable {
  readonly specs: readonly ParameterSpec[];
  /** One after the other, each as many steps. */
  readonly phases: readonly Phase[];
  /** Whether no phase trains a parameter. */
  isFrozen(spec: ParameterSpec): boolean;
  /** Whether a parameter is of no use to other classes than those it was trained for. */
  tellsClassesApart(parameter: string): boolean;
  compileStep(request: StepRequest): Promise<TrainingStep>;
  /** A detector of these parameters, for validation. */
  openDetector(parameters: Parameters): Promise<FileDetector>;
  /** A model directory of these parameters. */
  writeModel(directory: string, parameters: Parameters, metrics: unknown): Promise<void>;
}

/** All parameters, all the time. */
export const jointPhase: Phase = {
  name: 'joint',
  trains: () => true,
  restarts: () => false,
  keeps: () => false,
  isWhole: true,
};
