/** @file The error of a graph that cannot be built: it names the operator and the shapes. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

export class GraphError extends DeepShopError {
  constructor(summary: string, facts: ErrorFacts = {}) {
    super('graph-invalid', summary, facts);
  }
}
