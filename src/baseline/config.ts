/** @file Everything that varies between baselines, as data: part of their model directories and recipes. */
import { z } from 'zod';

const count = z.int().min(1).max(8192);

/** Without classes, which are the data's, and the side of the picture, which is the preprocessing's. */
export const baselineArchitectureSchema = z.strictObject({
  /** Of the five convolution layers. */
  channels: z.tuple([count, count, count, count, count]).default([32, 64, 128, 256, 256]),
  /** Width of the fully connected layer. */
  hidden: count.default(512),
});

export type BaselineArchitecture = z.output<typeof baselineArchitectureSchema>;

export interface BaselineConfig extends BaselineArchitecture {
  /** Names of labels 1, 2...; label 0 is the background. */
  readonly classes: readonly string[];
  /** Height and width of the squashed photo, a multiple of 32: every convolution halves it. */
  readonly side: number;
}
