import { expect, test } from 'vitest';
import { float32 } from '../tensor/tensor.ts';
import { renameTensors, torchvisionFasterRcnnNames, trunkNames } from './name-maps.ts';

test('a trunk goes under trunk, without its counters', () => {
  expect(trunkNames('blocks.0.0.conv_dw.weight')).toBe('trunk.blocks.0.0.conv_dw.weight');
  expect(trunkNames('bn1.num_batches_tracked')).toBe(null);
});

test("torchvision's detector loses its backbone prefix, in the old naming and the new", () => {
  const ours: Record<string, string> = {
    'backbone.body.layer1.0.conv1.weight': 'trunk.layer1.0.conv1.weight',
    'backbone.fpn.inner_blocks.0.0.weight': 'fpn.inner_blocks.0.0.weight',
    'backbone.fpn.layer_blocks.3.bias': 'fpn.layer_blocks.3.0.bias',
    'rpn.head.conv.weight': 'rpn.head.conv.0.0.weight',
    'rpn.head.conv.0.0.bias': 'rpn.head.conv.0.0.bias',
    'roi_heads.box_predictor.cls_score.bias': 'roi_heads.box_predictor.cls_score.bias',
  };
  for (const [name, wanted] of Object.entries(ours)) expect(torchvisionFasterRcnnNames(name)).toBe(wanted);
});

test('renaming keeps the tensors and drops what has no name', () => {
  const kept = float32([1]);
  const tensors = new Map([
    ['conv1.weight', kept],
    ['bn1.num_batches_tracked', float32([5])],
  ]);
  expect(renameTensors(tensors, trunkNames)).toEqual(new Map([['trunk.conv1.weight', kept]]));
});
