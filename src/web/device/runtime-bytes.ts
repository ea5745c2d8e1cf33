/** @file How large the runtime is, apart from where it lies: a page says it before anything of it is fetched. */
import type { ModelAnswer } from '../../api/model.ts';
import type { WebBuild } from '../../onnx/session-web.ts';

/** Of the `.wasm` of onnxruntime-web 1.30.0: a compressed answer does not say it. */
export const runtimeBytes: { readonly [B in WebBuild]: number } = { wasm: 14_239_897, webgpu: 16_758_545 };

/** Of model and runtime, unpacked. */
export function totalBytesOf({ files }: Pick<ModelAnswer, 'files'>, build: WebBuild): number {
  const ofModel = files.filter(({ name }) => name === 'model.json' || name === 'weights.safetensors');
  return ofModel.reduce((total, { bytes }) => total + (bytes ?? 0), runtimeBytes[build]);
}
