/** @file The compiled steps of a run: one for each canvas, made when first needed, and one for losses alone. */
import type { DetectionBatch } from '../detector/training-feeds.ts';
import { compile } from '../onnx/session-node.ts';
import type { Recipe } from './recipe.ts';
import { type RunStart, servedParameters } from './start-node.ts';
import { compileStep, type StepResult, type TrainingStep } from './training-step.ts';

export interface CanvasBatch extends DetectionBatch {
  readonly height: number;
  readonly width: number;
}

export class StepSet {
  readonly #run: RunStart;
  readonly #batchSize: number;
  readonly #steps = new Map<string, Promise<TrainingStep>>();

  constructor(run: RunStart, { batchSize }: Recipe) {
    this.#run = run;
    this.#batchSize = batchSize;
  }

  /** Losses and gradients. */
  async run(batch: CanvasBatch, seed: number): Promise<StepResult> {
    const step = await this.#stepFor(batch, true);
    return step.run(batch, this.#run.state.parameters, seed);
  }

  /** Losses of the parameters as they are served. */
  async measure(batch: CanvasBatch, seed: number): Promise<StepResult> {
    const step = await this.#stepFor(batch, false);
    const served = servedParameters(this.#run);
    const trained = new Map([...this.#run.state.parameters.keys()].map((name) => [name, served.get(name)!.data]));
    return step.run(batch, trained, seed);
  }

  async release(): Promise<void> {
    for (const step of this.#steps.values()) await (await step).release();
    this.#steps.clear();
  }

  #stepFor({ height, width }: CanvasBatch, withGradients: boolean): Promise<TrainingStep> {
    const key = `${height}x${width} ${withGradients}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const { network, config, frozen, places } = this.#run;
    const shape = { batchSize: this.#batchSize, height, width, ...places };
    const made = compileStep({ network, config, shape, frozen, withGradients, compile });
    this.#steps.set(key, made);
    return made;
  }
}
