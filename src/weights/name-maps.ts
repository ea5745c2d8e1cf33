/**
 * @file From other libraries' parameter names to ours.
 *
 * Ours are theirs behind `trunk.` and `fpn.` (and torchvision's own `rpn.` and `roi_heads.`), so a map is a prefix.
 */
import type { Tensor } from '../tensor/tensor.ts';

/** Our name for a foreign one; null for what we do not keep. */
export type NameMap = (name: string) => string | null;

const isCounter = (name: string): boolean => name.endsWith('.num_batches_tracked');

/** A trunk alone, from timm (`tf_efficientnet_lite0`) or torchvision (`resnet50`): everything is the trunk. */
export const trunkNames: NameMap = (name) => (isCounter(name) ? null : `trunk.${name}`);

/** torchvision's `fasterrcnn_resnet50_fpn`, checkpoints of before 0.13 too (`inner_blocks.0.weight`). */
export const torchvisionFasterRcnnNames: NameMap = (name) => {
  if (isCounter(name)) return null;
  return name
    .replace(/^backbone\.body\./, 'trunk.')
    .replace(/^backbone\.fpn\./, 'fpn.')
    .replace(/^(fpn\.(?:inner|layer)_blocks\.\d+)\.(weight|bias)$/, '$1.0.$2')
    .replace(/^(rpn\.head\.conv)\.(weight|bias)$/, '$1.0.0.$2');
};

/** The tensors under our names. */
export function renameTensors(tensors: ReadonlyMap<string, Tensor>, nameMap: NameMap): Map<string, Tensor> {
  const renamed = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const ours = nameMap(name);
    if (ours !== null) renamed.set(ours, tensor);
  }
  return renamed;
}
