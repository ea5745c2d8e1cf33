/** @file The phases of a run: which steps belong to each, and what happens between two. */
import type { Arrays } from '../nn/optimizers.ts';
import type { Parameters } from '../nn/parameters.ts';
import type { TrainingState } from './checkpoint-node.ts';
import { optimizerOf, type Recipe } from './recipe.ts';
import type { Phase } from './trainable.ts';

/** Steps `first` to `end - 1` of a run. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly first: number;
  readonly end: number;
}

/** All phases one after the other, each as many steps as the others (to one). */
export function spansOf(phases: readonly Phase[], steps: number): readonly PhaseSpan[] {
  const boundary = (index: number) => Math.round((steps * index) / phases.length);
  return phases.map((phase, index) => ({ phase, first: boundary(index), end: boundary(index + 1) }));
}

/** The span that a step lies in; the last one for the end of the run. */
export function spanAt(spans: readonly PhaseSpan[], step: number): PhaseSpan {
  return spans.find(({ end }) => step < end) ?? spans[spans.length - 1];
}

/**
 * Makes the state one of a phase about to begin: what the phase before learnt is its running average, where there is
 * one; the optimizer and the average start anew for what now moves.
 *
 * @param initial what the run began with
 */
export function beginPhase(state: TrainingState, phase: Phase, initial: Parameters, recipe: Recipe): void {
  for (const [name, mean] of state.average ?? []) state.parameters.get(name)!.set(mean);
  state.kept = copiesOf(state.parameters, phase.keeps);
  for (const [name, values] of state.parameters) if (phase.restarts(name)) values.set(initial.get(name)!.data);
  state.optimizer = optimizerOf(recipe).init(movingIn(state, phase));
  state.average = recipe.averageDecay === null ? null : copiesOf(state.parameters, phase.trains);
}

/** The parameters that move in a phase. */
export function movingIn({ parameters }: Pick<TrainingState, 'parameters'>, phase: Phase): Arrays {
  return new Map([...parameters].filter(([name]) => phase.trains(name)));
}

function copiesOf(arrays: Arrays, chosen: (name: string) => boolean): Map<string, Float32Array> {
  return new Map([...arrays].flatMap(([name, values]) => (chosen(name) ? [[name, values.slice()] as const] : [])));
}
