/** @file What is wrong with an ONNX file. */
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';

type Reason = 'missing' | 'truncated' | 'damaged' | 'unsupported' | 'external-data';

/** An ONNX file that cannot be read. */
export class OnnxFileError extends DeepShopError {
  constructor(reason: Reason, summary: string, facts: ErrorFacts, options?: { cause?: unknown }) {
    super(`onnx-${reason}`, summary, { cure: 'Export or fetch the file again.', ...facts }, options);
  }
}
