/** @file The model on the fastest backend that answers as the server does. */
import type { DescriptorName } from '../../embedding/descriptor.ts';
import { describeCheck, type EngineCheck, findDisagreement } from '../../embedding/engine-check.ts';
import { createModelEngine, type IdentifiedModel, type OpenedEngine } from '../../embedding/model-engine.ts';
import { openWebRuntime, type WebBuild, type WebRuntimeFiles } from '../../onnx/session-web.ts';
import { DeviceError } from './device-error.ts';

export interface OpenedBackend {
  readonly engine: OpenedEngine;
  readonly backend: WebBuild;
  readonly threads: number;
  /** What was wrong with the backend that was preferred; null where nothing was. */
  readonly fallback: string | null;
}

export interface BackendOptions {
  /** Of the runtime's files; the one with WebGPU runs on wasm too. */
  readonly build: WebBuild;
  readonly files: WebRuntimeFiles;
  readonly threads: number;
  readonly descriptor: DescriptorName;
  readonly onCheck: () => void;
}

/**
 * Opens the model, and looks at the check picture with it.
 *
 * @throws DeviceError `device-disagrees` where wasm, too, finds something else than the server
 */
export async function openBackend(
  model: IdentifiedModel,
  check: EngineCheck,
  { build, files, threads, descriptor, onCheck }: BackendOptions,
): Promise<OpenedBackend> {
  const runtime = await openWebRuntime(build, files, threads);
  let fallback: string | null = null;
  for (const backend of build === 'webgpu' ? (['webgpu', 'wasm'] as const) : (['wasm'] as const)) {
    let engine: OpenedEngine | undefined;
    try {
      engine = await createModelEngine(model, (definition) => runtime.compile(definition, backend));
      onCheck();
      const difference = findDisagreement(check, await describeCheck(engine, descriptor));
      if (difference === null) return { engine, backend, threads: runtime.threads, fallback };
      fallback = `${backend} differs from the server: ${difference}`;
    } catch (error) {
      if (backend === 'wasm') throw error;
      fallback = `${backend} failed: ${error instanceof Error ? error.message : String(error)}`;
    }
    await engine?.release();
  }
  throw new DeviceError('disagrees', 'the model answers otherwise on this device than on the server', {
    expected: 'the boxes and vectors of the check picture',
    got: fallback ?? '',
    cure: 'Send photos to the server instead, and please report the browser and its version.',
  });
}
