/**
 * @file What a compiled graph is, whatever runs it. `session-node.ts` makes one on ONNX Runtime for Node,
 * `session-web.ts` for browsers.
 */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import type { Tensor } from '../tensor/tensor.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** A graph ready to run. */
export interface Session {
  /** Names that every run must feed. */
  readonly inputNames: readonly string[];
  /** One run: all outputs, or those named. Feeds are not copied and must not change before the run ends. */
  run(feeds: Tensors, outputs?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Frees the runtime's memory; the session cannot run after it. */
  release(): Promise<void>;
}

/** Where a graph runs. Only `cpu` is tested on every landing. */
export const executionProviders = ['cpu', 'webgpu', 'cuda'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];

export interface SessionOptions {
  readonly provider?: ExecutionProvider;
  /** Threads of one operator; 0 or left out: one a core. */
  readonly threads?: number;
  /** Keeps freed memory for the next run: faster, and holds the peak. Default true. */
  readonly memoryArena?: boolean;
}

/** The runtime refused a graph or a run. */
export class SessionError extends DeepShopError {
  constructor(summary: string, facts: ErrorFacts, cause: unknown) {
    super('session-failed', summary, facts, { cause });
  }
}
