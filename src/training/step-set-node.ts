/** @file The compiled steps of a run: one for each canvas, made when first needed, and one for losses alone. */
import type { DetectionBatch } from '../detector/training-feeds.ts';
import { type Parameters, tensorsOf } from '../nn/parameters.ts';
import { movingIn } from './phases.ts';
import type { Recipe } from './recipe.ts';
import { type RunStart, servedParameters } from './start-node.ts';
import type { Phase, StepResult, TrainingStep } from './trainable.ts';

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

  /** Losses and gradients of what moves in a phase. Steps of one phase are of no use to another: {@link release}. */
  async run(batch: CanvasBatch, phase: Phase, seed: number): Promise<StepResult> {
    const step = await this.#stepFor(batch, phase);
    return step.run(batch, movingIn(this.#run.state, phase), seed);
  }

  /** Losses of the parameters as they are served. */
  async measure(batch: CanvasBatch, seed: number): Promise<StepResult> {
    const step = await this.#stepFor(batch, null);
    const served = servedParameters(this.#run);
    const trained = new Map([...this.#run.state.parameters.keys()].map((name) => [name, served.get(name)!.data]));
    return step.run(batch, trained, seed);
  }

  async release(): Promise<void> {
    for (const step of this.#steps.values()) await (await step).release();
    this.#steps.clear();
  }

  #stepFor({ height, width }: CanvasBatch, phase: Phase | null): Promise<TrainingStep> {
    const key = `${height}x${width} ${phase?.name}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const { trainable, frozen, places, state } = this.#run;
    const shape = { batchSize: this.#batchSize, height, width, ...places };
    const moves = (name: string) => phase === null || phase.trains(name);
    const fixed: Parameters = new Map([
      ...frozen,
      ...tensorsOf(trainable.specs, new Map([...state.parameters].filter(([name]) => !moves(name)))),
    ]);
    const kept: Parameters = new Map([...frozen, ...tensorsOf(trainable.specs, state.kept)]);
    const made = trainable.compileStep({ shape, phase, fixed, kept });
    this.#steps.set(key, made);
    return made;
  }
}
