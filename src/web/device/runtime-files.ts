/** @file Where the build puts the files of ONNX Runtime: on the page's own server, named by what is in them. */
import webgpuModule from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import webgpuBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { WebBuild } from '../../onnx/session-web.ts';

export interface RuntimeFile {
  /** Addresses from the root of the server, or whole. */
  readonly moduleUrl: string;
  readonly binaryUrl: string;
}

export const runtimeFiles: { readonly [B in WebBuild]: RuntimeFile } = {
  wasm: { moduleUrl: wasmModule, binaryUrl: wasmBinary },
  webgpu: { moduleUrl: webgpuModule, binaryUrl: webgpuBinary },
};
