/** @file A session of any ONNX Runtime, for Node or for browsers, as a {@link Session}. */
import type { InferenceSession, Tensor as RuntimeTensor, TensorConstructor } from 'onnxruntime-node';
import type { DType, Tensor } from '../tensor/tensor.ts';
import { type Session, SessionError, type Tensors } from './session.ts';

export class RuntimeSession implements Session {
  readonly inputNames: readonly string[];
  readonly #session: InferenceSession;
  readonly #newTensor: TensorConstructor;

  /** @param newTensor the runtime's own class of tensors */
  constructor(session: InferenceSession, newTensor: TensorConstructor) {
    this.#session = session;
    this.#newTensor = newTensor;
    this.inputNames = session.inputNames;
  }

  async run(feeds: Tensors, outputs?: readonly string[]): Promise<Record<string, Tensor>> {
    const runtimeFeeds: Record<string, RuntimeTensor> = {};
    for (const [name, { dtype, shape, data }] of Object.entries(feeds)) {
      runtimeFeeds[name] = new this.#newTensor(dtype as 'float32', data, shape);
    }
    try {
      const results = await this.#session.run(runtimeFeeds, outputs ?? this.#session.outputNames);
      return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, fromRuntime(result)]));
    } catch (cause) {
      const given = Object.entries(feeds).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`);
      throw new SessionError(
        `the run failed: ${messageOf(cause)}`,
        {
          expected: `inputs ${this.inputNames.join(', ')} of the model's types and shapes`,
          got: given.length > 8 ? `${given.slice(0, 8).join(', ')} and ${given.length - 8} more` : given.join(', '),
          cure: 'Compare them with the model; where they fit, the machine may be out of memory.',
        },
        cause,
      );
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function fromRuntime(result: RuntimeTensor): Tensor {
  return { dtype: result.type as DType, shape: result.dims, data: result.data as Float32Array };
}

/** Of what a runtime throws, which in browsers may be a number. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
