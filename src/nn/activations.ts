/** @file Activations beyond the operators in `graph/arithmetic.ts`. */
import { clip } from '../graph/arithmetic.ts';
import type { Layer } from './parameters.ts';

/** ReLU capped at 6, which keeps activations in the range of 8-bit numbers. The runtime fuses it into a convolution. */
export const relu6: Layer = (x) => clip(x, 0, 6);
