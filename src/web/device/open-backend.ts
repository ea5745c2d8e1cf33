/** @file The model on the fastest backend that answers as the server does. */
import type { DescriptorName } from '../../embedding/descriptor.ts';
import { describeCheck, type EngineCheck, findDisagreement } from '../../embedding/engine-check.ts';
import { createModelEngine, type IdentifiedModel, type OpenedEngine } from '../../embedding/model-engine.ts';
import { openWebRuntime, type WebBuild, type WebRuntimeFiles } from '../../onnx/session-web.ts';
import { DeviceError, graphicsError } from './device-error.ts';

export interface OpenedBackend {
  readonly engine: OpenedEngine;
  readonly backend: WebBuild;
  readonly threads: number;
}

export interface BackendOptions {
  /** Of the runtime's files; the one with WebGPU runs on wasm too. */
  readonly build: WebBuild;
  readonly backend: WebBuild;
  readonly files: WebRuntimeFiles;
  readonly threads: number;
  readonly descriptor: DescriptorName;
  readonly onCheck: () => void;
}

/**
 * Opens the model on one backend, and looks at the check picture with it.
 *
 * @throws DeviceError `device-disagrees` where wasm finds something else than the server; `device-graphics` where WebGPU
 *   does, or fails: the runtime is then of no use for wasm either, and another worker has to start anew
 */
export async function openBackend(
  model: IdentifiedModel,
  check: EngineCheck,
  { build, backend, files, threads, descriptor, onCheck }: BackendOptions,
): Promise<OpenedBackend> {
  try {
    const runtime = await openWebRuntime(build, files, threads);
    const engine = await createModelEngine(model, (definition) => runtime.compile(definition, backend));
    onCheck();
    const difference = findDisagreement(check, await describeCheck(engine, descriptor));
    if (difference === null) return { engine, backend, threads: runtime.threads };
    throw new DeviceError('disagrees', 'the model answers otherwise on this device than on the server', {
      expected: 'the boxes and vectors of the check picture',
      got: `${backend} differs from the server: ${difference}`,
      cure: 'Send photos to the server instead, and please report the browser and its version.',
    });
  } catch (cause) {
    if (backend === 'wasm') throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    const got = cause instanceof DeviceError ? cause.facts.got : `webgpu failed: ${why}`;
    throw graphicsError(got ?? why, cause);
  }
}
