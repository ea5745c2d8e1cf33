/**
 * @file Sessions on ONNX Runtime for browsers: its wasm build (SIMD, threads where the page is isolated) or, where it is
 * asked for, its build with WebGPU.
 *
 * Of the builds of 1.30.0 the plain one is the smallest (14.2 MB, 3.7 MB in gzip); of those with WebGPU it is the one
 * that waits by JSPI (16.8 and 4.1 MB, against 26.8 and 6.6 for the one that does without). Both run the whole model on wasm too.
 */
import type { InferenceSession, TensorConstructor } from 'onnxruntime-web';
import { encodeOnnx, type GraphDefinition } from './encode.ts';
import { messageOf, RuntimeSession } from './runtime-session.ts';
import { type Session, SessionError } from './session.ts';

export type WebBuild = 'wasm' | 'webgpu';

/** A build of the runtime, fetched from the page's own server. */
export interface WebRuntimeFiles {
  /** Address of the `.mjs`, which each thread loads for itself. */
  readonly moduleUrl: string;
  /** The bytes of the `.wasm`. */
  readonly binary: ArrayBuffer;
}

export interface WebRuntime {
  /** 1 where the page is not isolated (headers COOP and COEP): it has no shared memory. */
  readonly threads: number;
  /** Writes a graph out and opens it. @throws SessionError when the runtime refuses it, or has no such provider here */
  compile(definition: GraphDefinition, provider: WebBuild): Promise<Session>;
}

/** Beyond four, a photo of 384 pixels has too little work for each. */
const maxThreads = 4;

/**
 * The runtime, which can be set up once a page or worker.
 *
 * @param threads 0 for as many as there are cores, four at most
 */
export async function openWebRuntime(
  build: WebBuild,
  { moduleUrl, binary }: WebRuntimeFiles,
  threads = 0,
): Promise<WebRuntime> {
  const { env, InferenceSession, Tensor }: RuntimeModule =
    build === 'webgpu' ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/wasm');
  const wanted = threads === 0 ? Math.min(maxThreads, navigator.hardwareConcurrency) : threads;
  const numThreads = globalThis.crossOriginIsolated ? wanted : 1;
  env.logLevel = 'error';
  env.wasm.numThreads = numThreads;
  env.wasm.wasmPaths = { mjs: moduleUrl };
  env.wasm.wasmBinary = binary;
  return {
    threads: numThreads,
    async compile(definition, provider) {
      try {
        const session = await InferenceSession.create(encodeOnnx(definition).bytes, {
          executionProviders: provider === 'webgpu' ? ['webgpu', 'wasm'] : ['wasm'],
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
          // Threads that wait by running empty would drain a phone, and starve the page on a busy machine.
          extra: { session: { intra_op: { allow_spinning: '0' } } },
        });
        return new RuntimeSession(session, Tensor);
      } catch (cause) {
        const cure =
          provider === 'webgpu' ? '"wasm" works everywhere.' : 'The device may be out of memory; close other pages.';
        throw new SessionError(`ONNX Runtime does not open this graph: ${messageOf(cause)}`, { cure }, cause);
      }
    },
  };
}

/** The part of either build that is used. */
interface RuntimeModule {
  readonly env: {
    logLevel?: 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
    readonly wasm: {
      numThreads?: number;
      wasmPaths?: string | { mjs?: string | URL };
      wasmBinary?: ArrayBufferLike | Uint8Array;
    };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** Whether this browser has what the build with WebGPU takes: a graphics unit of its own, and JSPI. */
export async function hasWebGpu(): Promise<boolean> {
  if (!('gpu' in navigator) || !('Suspending' in WebAssembly)) return false;
  const { gpu } = navigator as { gpu: { requestAdapter(): Promise<unknown> } };
  return (await gpu.requestAdapter().catch(() => null)) !== null;
}
