/**
 * @file From other libraries' parameter names to ours.
 *
 * Ours are torchvision's and timm's behind `trunk.` and `fpn.` (and torchvision's own `rpn.` and `roi_heads.`), so their
 * maps are prefixes. Detectron's blobs and Detectron2's modules are renamed part by part. A map gives a name of the right
 * form for whatever fits its patterns: whether our network has such a parameter is seen later.
 *
 * References: torchvision `models/detection`, timm `models/efficientnet.py`, Detectron `modeling/{ResNet,FPN}.py`,
 * Detectron2 `checkpoint/c2_model_loading.py`
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

/** One way in which names may look, and what stands for them here: the first that fits is taken. */
type Pattern = readonly [form: RegExp, ours: (...parts: string[]) => string];

const mapBy =
  (patterns: readonly Pattern[]): NameMap =>
  (name) => {
    for (const [form, ours] of patterns) {
      const found = form.exec(name);
      if (found !== null) return ours(...found.slice(1));
    }
    return null;
  };

/** res2..res5 are layer1..layer4, and P2..P5 the levels 0..3. */
const layerOf = (stage: string): string => `layer${Number(stage) - 1}`;
const levelOf = (stage: string): string => String(Number(stage) - 2);

/** Ends of blobs: kernels and biases; affine numbers and, rarely, statistics of a norm. */
const kernelEnds: Record<string, string> = { w: 'weight', b: 'bias' };
const normEnds: Record<string, string> = { s: 'weight', b: 'bias', rm: 'running_mean', riv: 'running_var' };
const branches: Record<string, string> = { '2a': '1', '2b': '2', '2c': '3' };

/** Detectron's blobs. The RPN's layers are shared by all levels under the name of the finest. */
export const detectronNames: NameMap = mapBy([
  [/^conv1_w$/, () => 'trunk.conv1.weight'],
  [/^res_conv1_bn_(s|b|rm|riv)$/, (end) => `trunk.bn1.${normEnds[end!]}`],
  [/^res([2-5])_(\d+)_branch1_w$/, (stage, block) => `trunk.${layerOf(stage!)}.${block}.downsample.0.weight`],
  [
    /^res([2-5])_(\d+)_branch1_bn_(s|b|rm|riv)$/,
    (stage, block, end) => `trunk.${layerOf(stage!)}.${block}.downsample.1.${normEnds[end!]}`,
  ],
  [
    /^res([2-5])_(\d+)_branch(2[abc])_w$/,
    (stage, block, branch) => `trunk.${layerOf(stage!)}.${block}.conv${branches[branch!]}.weight`,
  ],
  [
    /^res([2-5])_(\d+)_branch(2[abc])_bn_(s|b|rm|riv)$/,
    (stage, block, branch, end) => `trunk.${layerOf(stage!)}.${block}.bn${branches[branch!]}.${normEnds[end!]}`,
  ],
  [
    /^fpn_inner_res([2-5])_\d+_sum(?:_lateral)?_([wb])$/,
    (stage, end) => `fpn.inner_blocks.${levelOf(stage!)}.0.${kernelEnds[end!]}`,
  ],
  [/^fpn_res([2-5])_\d+_sum_([wb])$/, (stage, end) => `fpn.layer_blocks.${levelOf(stage!)}.0.${kernelEnds[end!]}`],
  [/^conv_rpn_fpn2_([wb])$/, (end) => `rpn.head.conv.0.0.${kernelEnds[end!]}`],
  [/^rpn_cls_logits_fpn2_([wb])$/, (end) => `rpn.head.cls_logits.${kernelEnds[end!]}`],
  [/^rpn_bbox_pred_fpn2_([wb])$/, (end) => `rpn.head.bbox_pred.${kernelEnds[end!]}`],
  [/^(fc[67])_([wb])$/, (layer, end) => `roi_heads.box_head.${layer}.${kernelEnds[end!]}`],
  [/^(cls_score|bbox_pred)_([wb])$/, (layer, end) => `roi_heads.box_predictor.${layer}.${kernelEnds[end!]}`],
]);

/** Detectron2's modules: whole detectors, and trunks alone without `backbone.bottom_up.`. */
export const detectron2Names: NameMap = (name) => detectron2Modules(name.replace(/^backbone\.bottom_up\./, ''));

const detectron2Modules = mapBy([
  [/^stem\.conv1\.weight$/, () => 'trunk.conv1.weight'],
  [/^stem\.conv1\.norm\.(weight|bias|running_mean|running_var)$/, (end) => `trunk.bn1.${end}`],
  [/^res([2-5])\.(\d+)\.shortcut\.weight$/, (stage, block) => `trunk.${layerOf(stage!)}.${block}.downsample.0.weight`],
  [
    /^res([2-5])\.(\d+)\.shortcut\.norm\.(weight|bias|running_mean|running_var)$/,
    (stage, block, end) => `trunk.${layerOf(stage!)}.${block}.downsample.1.${end}`,
  ],
  [
    /^res([2-5])\.(\d+)\.conv([123])\.weight$/,
    (stage, block, conv) => `trunk.${layerOf(stage!)}.${block}.conv${conv}.weight`,
  ],
  [
    /^res([2-5])\.(\d+)\.conv([123])\.norm\.(weight|bias|running_mean|running_var)$/,
    (stage, block, conv, end) => `trunk.${layerOf(stage!)}.${block}.bn${conv}.${end}`,
  ],
  [/^backbone\.fpn_lateral([2-5])\.(weight|bias)$/, (stage, end) => `fpn.inner_blocks.${levelOf(stage!)}.0.${end}`],
  [/^backbone\.fpn_output([2-5])\.(weight|bias)$/, (stage, end) => `fpn.layer_blocks.${levelOf(stage!)}.0.${end}`],
  [/^proposal_generator\.rpn_head\.conv\.(weight|bias)$/, (end) => `rpn.head.conv.0.0.${end}`],
  [/^proposal_generator\.rpn_head\.objectness_logits\.(weight|bias)$/, (end) => `rpn.head.cls_logits.${end}`],
  [/^proposal_generator\.rpn_head\.anchor_deltas\.(weight|bias)$/, (end) => `rpn.head.bbox_pred.${end}`],
  [
    /^roi_heads\.box_head\.fc([12])\.(weight|bias)$/,
    (layer, end) => `roi_heads.box_head.fc${Number(layer) + 5}.${end}`,
  ],
  [
    /^roi_heads\.box_predictor\.(cls_score|bbox_pred)\.(weight|bias)$/,
    (layer, end) => `roi_heads.box_predictor.${layer}.${end}`,
  ],
]);

/** Whose names a file has. */
export type NamingName = 'torchvision' | 'timm' | 'detectron' | 'detectron2';

export interface Naming {
  /** A name that files of this kind have and others lack. */
  readonly sign: RegExp;
  readonly nameOf: NameMap;
  /** What files hold beside the weights of a detector, and what it is: no loss when it is not read. */
  readonly setAside: readonly (readonly [form: RegExp, what: string])[];
}

const counters = [/\.num_batches_tracked$/, 'counts batches'] as const;

/** In the order in which they are looked for. */
export const namings: { readonly [N in NamingName]: Naming } = {
  detectron: {
    sign: /^(conv1_w|res2_0_branch2a_w)$/,
    nameOf: detectronNames,
    setAside: [
      [/_momentum$/, "the optimizer's"],
      [/^(fc1000|pred|fc)_[wb]$/, "ImageNet's classifier"],
      [/^conv1_b$/, 'a bias that Detectron does not read'],
    ],
  },
  detectron2: {
    sign: /^(backbone\.bottom_up\.)?(stem\.conv1|res2\.0\.conv1)\.weight$/,
    nameOf: detectron2Names,
    setAside: [
      counters,
      [/^pixel_(mean|std)$/, 'read as preprocessing'],
      [/anchor_generator\.cell_anchors\.\d+$/, 'worked out from the configuration'],
      [/^((backbone\.bottom_up\.)?(stem\.)?(fc|linear|fc1000))\.(weight|bias)$/, "ImageNet's classifier"],
      [/^(backbone\.bottom_up\.)?stem\.conv1\.bias$/, 'a bias that Detectron2 does not read'],
    ],
  },
  timm: {
    sign: /^(conv_stem|blocks\.0\.0\.conv_dw)\.weight$/,
    nameOf: trunkNames,
    setAside: [counters, [/^(conv_head|bn2|classifier)\./, "ImageNet's classifier"]],
  },
  torchvision: {
    sign: /^(backbone\.body\.)?(conv1|layer1\.0\.conv1)\.weight$/,
    nameOf: (name) =>
      (name.startsWith('backbone.') || /^(rpn|roi_heads)\./.test(name) ? torchvisionFasterRcnnNames : trunkNames)(name),
    setAside: [counters, [/^fc\.(weight|bias)$/, "ImageNet's classifier"]],
  },
};

/** Whose names these are; null where no library's signs are found. */
export function namingOf(names: readonly string[]): NamingName | null {
  const order = Object.keys(namings) as NamingName[];
  return order.find((naming) => names.some((name) => namings[naming].sign.test(name))) ?? null;
}
