import { expect, test } from 'vitest';
import { float32 } from '../tensor/tensor.ts';
import {
  detectron2Names,
  detectronNames,
  namingOf,
  namings,
  renameTensors,
  torchvisionFasterRcnnNames,
  trunkNames,
} from './name-maps.ts';

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

test("Detectron's blobs, as its model builder names them", () => {
  const ours: Record<string, string | null> = {
    conv1_w: 'trunk.conv1.weight',
    res_conv1_bn_s: 'trunk.bn1.weight',
    res_conv1_bn_b: 'trunk.bn1.bias',
    res2_0_branch1_w: 'trunk.layer1.0.downsample.0.weight',
    res2_0_branch1_bn_s: 'trunk.layer1.0.downsample.1.weight',
    res2_0_branch2a_w: 'trunk.layer1.0.conv1.weight',
    res2_0_branch2a_bn_s: 'trunk.layer1.0.bn1.weight',
    res2_0_branch2a_bn_b: 'trunk.layer1.0.bn1.bias',
    res4_22_branch2b_w: 'trunk.layer3.22.conv2.weight',
    res5_2_branch2c_bn_riv: 'trunk.layer4.2.bn3.running_var',
    fpn_inner_res5_2_sum_w: 'fpn.inner_blocks.3.0.weight',
    fpn_inner_res4_5_sum_lateral_w: 'fpn.inner_blocks.2.0.weight',
    fpn_inner_res2_2_sum_lateral_b: 'fpn.inner_blocks.0.0.bias',
    fpn_res5_2_sum_w: 'fpn.layer_blocks.3.0.weight',
    fpn_res2_2_sum_b: 'fpn.layer_blocks.0.0.bias',
    conv_rpn_fpn2_w: 'rpn.head.conv.0.0.weight',
    rpn_cls_logits_fpn2_w: 'rpn.head.cls_logits.weight',
    rpn_bbox_pred_fpn2_b: 'rpn.head.bbox_pred.bias',
    fc6_w: 'roi_heads.box_head.fc6.weight',
    fc7_b: 'roi_heads.box_head.fc7.bias',
    cls_score_w: 'roi_heads.box_predictor.cls_score.weight',
    bbox_pred_b: 'roi_heads.box_predictor.bbox_pred.bias',
    conv_rpn_w: null,
    mask_fcn1_w: null,
  };
  for (const [name, wanted] of Object.entries(ours)) expect(detectronNames(name), name).toBe(wanted);
});

test("Detectron2's modules, with the prefix of a detector and without", () => {
  const ours: Record<string, string | null> = {
    'backbone.bottom_up.stem.conv1.weight': 'trunk.conv1.weight',
    'stem.conv1.norm.running_mean': 'trunk.bn1.running_mean',
    'backbone.bottom_up.res2.0.conv1.weight': 'trunk.layer1.0.conv1.weight',
    'backbone.bottom_up.res2.0.shortcut.norm.bias': 'trunk.layer1.0.downsample.1.bias',
    'res5.2.conv3.norm.weight': 'trunk.layer4.2.bn3.weight',
    'backbone.fpn_lateral2.weight': 'fpn.inner_blocks.0.0.weight',
    'backbone.fpn_output5.bias': 'fpn.layer_blocks.3.0.bias',
    'proposal_generator.rpn_head.conv.weight': 'rpn.head.conv.0.0.weight',
    'proposal_generator.rpn_head.objectness_logits.bias': 'rpn.head.cls_logits.bias',
    'proposal_generator.rpn_head.anchor_deltas.weight': 'rpn.head.bbox_pred.weight',
    'roi_heads.box_head.fc1.weight': 'roi_heads.box_head.fc6.weight',
    'roi_heads.box_predictor.bbox_pred.bias': 'roi_heads.box_predictor.bbox_pred.bias',
    'roi_heads.mask_head.deconv.weight': null,
  };
  for (const [name, wanted] of Object.entries(ours)) expect(detectron2Names(name), name).toBe(wanted);
});

test('whose names a file has is told by what only they have', () => {
  expect(namingOf(['fc6_w', 'conv1_w'])).toBe('detectron');
  expect(namingOf(['backbone.bottom_up.stem.conv1.weight'])).toBe('detectron2');
  expect(namingOf(['conv_stem.weight', 'bn1.weight'])).toBe('timm');
  expect(namingOf(['conv1.weight', 'layer1.0.conv1.weight'])).toBe('torchvision');
  expect(namingOf(['backbone.body.conv1.weight'])).toBe('torchvision');
  expect(namingOf(['encoder.0.weight'])).toBe(null);
});

test('what files hold beside the weights is set aside, never the weights', () => {
  const isAside = (naming: keyof typeof namings, name: string) =>
    namings[naming].setAside.some(([form]) => form.test(name));
  expect(isAside('detectron', 'res2_0_branch2a_w_momentum')).toBe(true);
  expect(isAside('detectron', 'pred_w')).toBe(true);
  expect(isAside('detectron', 'bbox_pred_w')).toBe(false);
  expect(isAside('detectron2', 'proposal_generator.anchor_generator.cell_anchors.0')).toBe(true);
  expect(isAside('detectron2', 'roi_heads.box_head.fc1.weight')).toBe(false);
  expect(isAside('torchvision', 'fc.weight')).toBe(true);
  expect(isAside('timm', 'classifier.weight')).toBe(true);
});
