/** @file Activations. ONNX Runtime fuses both into the convolution before them. */
import { clip } from '../graph/arithmetic.ts';
import type { Layer } from './parameters.ts';

export { relu } from '../graph/arithmetic.ts';

/** ReLU capped at 6, which keeps activations in the range of 8-bit numbers. */
export const relu6: Layer = (x) => clip(x, 0, 6);
