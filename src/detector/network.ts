/**
 * @file The learned parts of Faster R-CNN, for any trunk: trunk, pyramid (or C4 alone), RPN head, box head.
 *
 * Parameter names are torchvision's behind `trunk.`, `fpn.`, `rpn.head.`, `roi_heads.`.
 *
 * Shapes: N images, A anchors of all levels, R regions, K classes with the background.
 * Reference: https://arxiv.org/abs/1506.01497, torchvision's `FasterRCNN`
 */
import { relu, sub } from '../graph/arithmetic.ts';
import { concat, reshape, slice, transpose } from '../graph/layout.ts';
import { UNKNOWN, type Value } from '../graph/value.ts';
import { convolution, separableConvolution } from '../nn/convolution.ts';
import { featurePyramid, withSubsampledLevel } from '../nn/fpn.ts';
import { constantInit, kaimingUniform, normalInit } from '../nn/initialisers.ts';
import { linear } from '../nn/linear.ts';
import { ParameterScope, type ParameterSpec } from '../nn/parameters.ts';
import { type Trunk, type TrunkName, trunkStrides, trunks } from '../nn/trunks/trunk.ts';
import { countAnchorsPerPlace, countClasses, type DetectorConfig, regionStrides } from './config.ts';

export interface FeatureMaps {
  /** C2..C5 of the trunk; C2..C4 where there is no pyramid. */
  readonly trunk: readonly Value[];
  /** Fine to coarse; the last is the subsampled level where the configuration has one. C4 where there is no pyramid. */
  readonly pyramid: readonly Value[];
}

export interface RpnLevel {
  /** `[N, A_l]` logits, in the order of the anchors. */
  readonly objectness: Value;
  /** `[N, A_l, 4]`. */
  readonly deltas: Value;
}

export interface BoxHeadAnswer {
  /** `[R, K]`. */
  readonly classLogits: Value;
  /** `[R, K, 4]`. */
  readonly boxDeltas: Value;
  /** `[R, D]`: the last hidden layer, which both are read from. */
  readonly hidden: Value;
}

export interface DetectorNetwork {
  readonly specs: readonly ParameterSpec[];
  /** From `[N, 3, H, W]`, H and W multiples of 32. */
  features(pixels: Value): FeatureMaps;
  /** One answer a level. */
  rpn(pyramid: readonly Value[]): readonly RpnLevel[];
  /** From `[R, C, S, S]` aligned features. */
  boxHead(regions: Value): BoxHeadAnswer;
}

/**
 * Declares every parameter of a detector.
 *
 * @param trunk the one that the configuration names, or one of your own
 * @param root where; another than the default gives a second network of the same kind its own names
 */
export function detectorNetwork(
  config: DetectorConfig,
  trunk: Pick<Trunk, 'build' | 'channels'> = trunks[config.trunk as TrunkName],
  root: ParameterScope = ParameterScope.root(),
): DetectorNetwork {
  const { fpn, norm, trunkPadding: padding, trunkStride: strideOn } = config;
  const body = trunk.build(root.child('trunk'), { padding, norm, strideOn, deepest: fpn === null ? 'C4' : 'C5' });
  const used = regionStrides(config).map((stride) => trunkStrides.indexOf(stride as 4));
  const inputs = used.map((level) => trunk.channels[level]);
  const pyramidOf =
    fpn === null
      ? (maps: readonly Value[]) => maps
      : featurePyramid(root.child('fpn'), { width: fpn.width, separable: fpn.separable, norm, inputs });
  const width = fpn?.width ?? inputs[0];
  return {
    get specs() {
      return root.specs;
    },
    features(pixels) {
      const maps = body(pixels);
      const pyramid = pyramidOf(used.map((level) => maps[level] as Value));
      return { trunk: maps, pyramid: fpn?.pooledLevel === true ? withSubsampledLevel(pyramid) : pyramid };
    },
    rpn: rpnHead(root.child('rpn').child('head'), config, width),
    boxHead: boxHead(root.child('roi_heads'), config, width),
  };
}

/** @param width channels of the maps */
function rpnHead(scope: ParameterScope, config: DetectorConfig, width: number): DetectorNetwork['rpn'] {
  const headWidth = config.rpn.headWidth === 'fpn' ? width : config.rpn.headWidth;
  const perPlace = countAnchorsPerPlace(config);
  const init = { weightInit: normalInit(0.01), biasInit: constantInit(0) };
  const { separable, numConvs } = config.rpn;
  const [tower, towerInit] = separable
    ? [separableConvolution, { ...init, weightInit: kaimingUniform(1) }]
    : [convolution, init];
  const towers = Array.from({ length: numConvs }, (_, index) =>
    tower(scope.child('conv').child(index).child(0), {
      inputs: index === 0 ? width : headWidth,
      outputs: headWidth,
      kernel: 3,
      ...towerInit,
    }),
  );
  const isSoftmax = config.rpn.objectness === 'softmax';
  const classifier = convolution(scope.child('cls_logits'), {
    inputs: headWidth,
    outputs: isSoftmax ? 2 * perPlace : perPlace,
    kernel: 1,
    ...init,
  });
  const deltasOf = convolution(scope.child('bbox_pred'), {
    inputs: headWidth,
    outputs: perPlace * 4,
    kernel: 1,
    ...init,
  });
  // Background of every anchor, then object of every anchor, as py-faster-rcnn lays them out.
  const objectnessOf = (hidden: Value): Value => {
    const answer = classifier(hidden);
    if (!isSoftmax) return answer;
    return sub(slice(answer, { axis: 1, start: perPlace }), slice(answer, { axis: 1, start: 0, end: perPlace }));
  };
  return (pyramid) =>
    pyramid.map((level) => {
      const hidden = towers.reduce((x, tower) => relu(tower(x)), level);
      const [batch, , height, columns] = level.shape as [number, number, number, number];
      const places = height === UNKNOWN || columns === UNKNOWN ? -1 : height * columns * perPlace;
      // Channels (a, coordinate) move behind the places: the order of the anchors.
      const objectness = reshape(transpose(objectnessOf(hidden), [0, 2, 3, 1]), [batch, places]);
      const deltas = reshape(transpose(deltasOf(hidden), [0, 2, 3, 1]), [batch, places, 4]);
      return { objectness, deltas };
    });
}

/** @param width channels of the maps */
function boxHead(scope: ParameterScope, config: DetectorConfig, width: number): DetectorNetwork['boxHead'] {
  const { hidden, pooledSize } = config.boxHead;
  const classes = countClasses(config);
  const flat = width * pooledSize * pooledSize;
  // torchvision numbers these layers from 6, after the fully connected layers of VGG.
  const layers = hidden.map((outputs, index) =>
    linear(scope.child('box_head').child(`fc${6 + index}`), { inputs: hidden[index - 1] ?? flat, outputs }),
  );
  const inputs = hidden[hidden.length - 1];
  const classifier = linear(scope.child('box_predictor').child('cls_score'), { inputs, outputs: classes });
  const regressor = linear(scope.child('box_predictor').child('bbox_pred'), { inputs, outputs: classes * 4 });
  return (regions) => {
    const represented = layers.reduce((x, layer) => relu(layer(x)), reshape(regions, [-1, flat]));
    return {
      classLogits: classifier(represented),
      boxDeltas: reshape(regressor(represented), [-1, classes, 4]),
      hidden: represented,
    };
  };
}

/** Objectness and deltas of all levels, in the order of the anchors. */
export function concatLevels(levels: readonly RpnLevel[]): RpnLevel {
  return {
    objectness: concat(
      levels.map(({ objectness }) => objectness),
      1,
    ),
    deltas: concat(
      levels.map(({ deltas }) => deltas),
      1,
    ),
  };
}
