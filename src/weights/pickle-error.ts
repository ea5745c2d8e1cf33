/** @file Why a pickle was not read. Nothing of a pickle is ever run: what it asks for is looked up in a table or refused. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

/** `refused`: it asks for more than arrays; `damaged`: it is no pickle, or cut; `limit`: it is a bomb, or absurd. */
export type PickleFault = 'refused' | 'damaged' | 'limit';

export class PickleError extends DeepShopError {
  readonly fault: PickleFault;
  readonly summary: string;

  constructor(fault: PickleFault, summary: string, facts: ErrorFacts = {}, options?: { cause?: unknown }) {
    super(`pickle-${fault}`, summary, facts, options);
    this.fault = fault;
    this.summary = summary;
  }
}

const refusedCure =
  'The file holds more than weights, perhaps code; nothing of it was run. Save the weights alone, as ' +
  'torch.save(model.state_dict(), FILE), or as safetensors.';

/** The pickle asks for something that is not built here. @param asked the name that it tried to import, or the like */
export function refused(asked: string, why = 'tries to import what is not allowed here'): PickleError {
  return new PickleError('refused', `${why}: ${shortened(asked)}`, {
    expected: 'arrays, numbers, strings, lists, dicts and tuples alone',
    cure: refusedCure,
  });
}

/** The pickle is cut or was never one. */
export function damaged(summary: string, facts: ErrorFacts = {}): PickleError {
  return new PickleError('damaged', summary, { cure: 'The file is damaged or no pickle; fetch it again.', ...facts });
}

/** The pickle would take more than any file of weights does. */
export function beyondLimit(what: string, limit: number): PickleError {
  return new PickleError('limit', `${what} beyond the limit`, {
    expected: `at most ${limit}`,
    cure: 'No file of weights needs so many; it may have been made to exhaust memory.',
  });
}

/** The same fault, with the file in its message. */
export function inFile<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PickleError) || error.facts.where !== undefined) throw error;
    throw new PickleError(error.fault, error.summary, { ...error.facts, where }, { cause: error });
  }
}

/** Names come from the file: they may be as long as it. */
export function shortened(text: string, length = 120): string {
  return text.length <= length ? text : `${text.slice(0, length)}...`;
}
