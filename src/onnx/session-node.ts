/** @file Sessions on ONNX Runtime for Node. */
import * as ort from 'onnxruntime-node';
import { encodeOnnx, type GraphDefinition } from './encode.ts';
import { messageOf, RuntimeSession } from './runtime-session.ts';
import { type ExecutionProvider, type Session, SessionError, type SessionOptions } from './session.ts';

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
    return new RuntimeSession(session, ort.Tensor);
  } catch (cause) {
    throw new SessionError(
      `ONNX Runtime does not open this graph: ${messageOf(cause)}`,
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
