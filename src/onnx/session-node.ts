/** @file Sessions on ONNX Runtime for Node. */
import * as ort from 'onnxruntime-node';
import type { DType, Tensor } from '../tensor/tensor.ts';
import { encodeOnnx, type GraphDefinition } from './encode.ts';
import { type ExecutionProvider, type Session, SessionError, type SessionOptions, type Tensors } from './session.ts';

/** Writes a graph out and opens it. */
export async function compile(definition: GraphDefinition, options: SessionOptions = {}): Promise<Session> {
  return openSession(encodeOnnx(definition).bytes, options);
}

/**
 * Opens an ONNX file: its bytes, or its path where its weights lie in files beside it.
 *
 * @throws SessionError when the runtime refuses the model, or has no such execution provider on this machine
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  const { provider = 'cpu', threads = 0, memoryArena = true } = options;
  try {
    const session = await ort.InferenceSession.create(model as string, {
      executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
      graphOptimizationLevel: 'all',
      enableCpuMemArena: memoryArena,
      enableMemPattern: memoryArena,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return new NodeSession(session);
  } catch (cause) {
    throw new SessionError(
      `ONNX Runtime does not open this graph: ${(cause as Error).message}`,
      { cure: cureOf(provider) },
      cause,
    );
  }
}

function cureOf(provider: ExecutionProvider): string {
  if (provider === 'cpu')
    return 'If the file is yours, check it with an ONNX checker; if we wrote it, please report it';
  return `The execution provider "${provider}" (untested by our landings) may be absent on this machine; "cpu" always works`;
}

class NodeSession implements Session {
  readonly inputNames: readonly string[];
  readonly #session: ort.InferenceSession;

  constructor(session: ort.InferenceSession) {
    this.#session = session;
    this.inputNames = session.inputNames;
  }

  async run(feeds: Tensors, outputs?: readonly string[]): Promise<Record<string, Tensor>> {
    const ortFeeds: Record<string, ort.Tensor> = {};
    for (const [name, { dtype, shape, data }] of Object.entries(feeds)) {
      ortFeeds[name] = new ort.Tensor(dtype as 'float32', data, shape);
    }
    try {
      const results = await this.#session.run(ortFeeds, outputs ?? this.#session.outputNames);
      return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, fromOrt(result)]));
    } catch (cause) {
      const given = Object.entries(feeds).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`);
      throw new SessionError(
        `the run failed: ${(cause as Error).message}`,
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

function fromOrt(result: ort.Tensor): Tensor {
  return { dtype: result.type as DType, shape: result.dims, data: result.data as Float32Array };
}
