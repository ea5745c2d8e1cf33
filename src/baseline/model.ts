/** @file The files of a baseline's model directory as text and bytes; `detector/model-directory.ts` has the detector's. */
import { z } from 'zod';
import { type CardRow, composeCard, describeCount, describeSize, escapeCell } from '../detector/model-card.ts';
import { commonModelSchema, ModelError, modelFormatVersion, parseModelJson } from '../detector/model-directory.ts';
import type { PreprocessingConfig } from '../image/preprocess.ts';
import { parametersFrom } from '../nn/parameters.ts';
import { parseSafetensors } from '../weights/safetensors.ts';
import type { BaselineParts } from './baseline-detector.ts';
import { baselineArchitectureSchema } from './config.ts';
import { baselineNetwork } from './network.ts';

const modelSchema = commonModelSchema.extend({
  kind: z.literal('baseline'),
  architecture: baselineArchitectureSchema,
  /** A detection under it is not shown. */
  minScore: z.number().min(0).max(1),
});

/** A baseline as it is used. */
export interface BaselineModel extends BaselineParts {
  readonly name: string;
  readonly minScore: number;
}

/** @throws ModelError, SafetensorsError or ParameterError saying which file and key or tensor is wrong */
export function parseBaseline(json: string, weights: Uint8Array, directory: string): BaselineModel {
  const where = `${directory}/model.json`;
  const parsed = parseModelJson(json, { kind: 'baseline', schema: modelSchema, where });
  const { name, minScore, preprocessing, classes, architecture } = parsed;
  const config = { ...architecture, classes, side: sideOf(preprocessing, where) };
  const file = `${directory}/weights.safetensors`;
  const parameters = parametersFrom(baselineNetwork(config).specs, parseSafetensors(weights, file).tensors, file);
  return { name, minScore, preprocessing, config, parameters };
}

/** The text of `model.json`. */
export function serialiseBaselineJson({ name, minScore, preprocessing, config }: BaselineModel): string {
  const { classes, side: _, ...architecture } = config;
  const facts = { formatVersion: modelFormatVersion, kind: 'baseline', name, architecture, classes, preprocessing };
  return `${JSON.stringify({ ...facts, minScore }, null, 2)}\n`;
}

/**
 * The side of the picture that a network of this preprocessing sees.
 *
 * @throws ModelError where photos are not squashed, or not to a multiple of 32
 */
export function sideOf({ resize, divisibleBy }: PreprocessingConfig, where: string): number {
  if (resize.kind === 'squash' && resize.side % 32 === 0 && resize.side % divisibleBy === 0) return resize.side;
  throw new ModelError('damaged', 'a baseline sees photos squashed to one size', {
    where: `${where}, preprocessing`,
    expected: '"resize": {"kind": "squash", "side": 128}, or another multiple of 32 and of divisibleBy',
    got: JSON.stringify({ resize, divisibleBy }),
    cure: 'Take preprocessing from recipes/baseline.json.',
  });
}

/** Markdown for people. */
export function describeBaseline({ name, minScore, preprocessing, config }: BaselineModel, metrics: unknown): string {
  const rows: CardRow[] = [
    ['classes', config.classes.map(escapeCell).join(', ')],
    ['network', `five convolutions (${config.channels.join(', ')}), one fully connected layer (${config.hidden})`],
    ['parameters', describeCount(baselineNetwork(config).specs)],
    ['photos', describeSize(preprocessing)],
    ['shown from score', String(minScore)],
  ];
  const intent =
    'The five-layer baseline of the paper: one detection a photo, no vectors. `deepshop detect PHOTO --model DIR`.';
  return composeCard({ name, intent, rows, metrics });
}
