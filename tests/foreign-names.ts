/** @file Weights under the names and in the layout of the Detectrons: the way back of what an import does. */
import type { Parameters } from '../src/nn/parameters.ts';
import { float32, sizeOf, type Tensor } from '../src/tensor/tensor.ts';
import type { StoredArray } from '../src/weights/stored-array.ts';
import type { WeightFile } from '../src/weights/weight-file.ts';

/** The same weights under names and in the layout of another library. */
export function rewritten(
  parameters: Parameters,
  change: (name: string, values: Tensor) => readonly [string, Tensor] | null,
  notes: WeightFile['notes'] = new Map(),
): WeightFile {
  const arrays = new Map<string, StoredArray>();
  for (const [name, values] of parameters) {
    const [theirs, given] = change(name, values) ?? [];
    if (theirs === undefined || given === undefined) continue;
    arrays.set(theirs, { stored: 'float32', shape: given.shape, read: () => given });
  }
  return { format: 'pickle', arrays, notes };
}

const rowsFrom = ({ shape, data }: Tensor, rows: readonly number[]): Tensor => {
  const width = sizeOf(shape.slice(1));
  const parts = rows.flatMap((row) => Array.from((data as Float32Array).subarray(row * width, (row + 1) * width)));
  return float32(parts, [rows.length, ...shape.slice(1)]);
};

/** Red and blue of the stem change places. */
function flipped({ shape, data }: Tensor): Tensor {
  const [size, channels] = [sizeOf(shape.slice(2)), shape[1]];
  const from = (at: number) => {
    const [row, rest] = [Math.floor(at / size), at % size];
    return (row - (row % channels) + channels - 1 - (row % channels)) * size + rest;
  };
  return float32(
    Float32Array.from({ length: data.length }, (_, at) => (data as Float32Array)[from(at)]),
    shape,
  );
}

const isStem = (name: string) => name === 'trunk.conv1.weight';
const layered = (form: string) => form.replace(/^trunk\.layer(\d)\./, (_whole, layer) => `res${Number(layer) + 1}.`);
const levelled = (form: string) =>
  form.replace(/^fpn\.(inner|layer)_blocks\.(\d)\.0/, (_whole, kind, level) => `fpn ${kind} ${Number(level) + 2}`);

export function detectron2Of(name: string, values: Tensor): readonly [string, Tensor] {
  const theirs = levelled(layered(name))
    .replace(/^trunk\./, 'stem.')
    .replace(/bn(\d)\./, 'conv$1.norm.')
    .replace('downsample.0.', 'shortcut.')
    .replace('downsample.1.', 'shortcut.norm.')
    .replace(/^(stem|res)/, 'backbone.bottom_up.$1')
    .replace(/^fpn inner (\d)/, 'backbone.fpn_lateral$1')
    .replace(/^fpn layer (\d)/, 'backbone.fpn_output$1')
    .replace('rpn.head.conv.0.0.', 'proposal_generator.rpn_head.conv.')
    .replace('rpn.head.cls_logits.', 'proposal_generator.rpn_head.objectness_logits.')
    .replace('rpn.head.bbox_pred.', 'proposal_generator.rpn_head.anchor_deltas.')
    .replace('fc6', 'fc1')
    .replace('fc7', 'fc2');
  if (isStem(name)) return [theirs, flipped(values)];
  if (theirs.includes('cls_score')) return [theirs, rowsFrom(values, [1, 2, 3, 0])];
  const rows = Array.from({ length: 12 }, (_, row) => row + 4);
  return [theirs, theirs.includes('box_predictor.bbox_pred') ? rowsFrom(values, rows) : values];
}

export function detectronOf(name: string, values: Tensor): readonly [string, Tensor] | null {
  if (name.includes('running_')) return null;
  const blob = levelled(layered(name))
    .replace(/^trunk\.bn1\./, 'res_conv1_bn.')
    .replace(/^trunk\./, '')
    .replace('downsample.0.', 'branch1.')
    .replace('downsample.1.', 'branch1_bn.')
    .replace(/^(res.*\.)conv(\d)\./, (_whole, start, index) => `${start}branch2${'abc'[index - 1]}.`)
    .replace(/^(res.*\.)bn(\d)\./, (_whole, start, index) => `${start}branch2${'abc'[index - 1]}_bn.`)
    .replace(/^fpn inner 5/, 'fpn_inner_res5_2_sum')
    .replace(/^fpn inner (\d)/, 'fpn_inner_res$1_3_sum_lateral')
    .replace(/^fpn layer (\d)/, 'fpn_res$1_2_sum')
    .replace('rpn.head.conv.0.0.', 'conv_rpn_fpn2.')
    .replace(/^rpn\.head\.(cls_logits|bbox_pred)\./, 'rpn_$1_fpn2.')
    .replace(/^roi_heads\.box_(head|predictor)\./, '');
  const theirs = blob
    .replace(/_bn\.weight$/, '_bn_s')
    .replace(/\.weight$/, '_w')
    .replace(/\.bias$/, '_b')
    .replaceAll('.', '_');
  return [theirs, isStem(name) ? flipped(values) : values];
}
