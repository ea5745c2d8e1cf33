/**
 * @file The first of a model's two graphs: a photo of any size to detections and feature maps. The second, from feature
 * maps and boxes to vectors, is `embedding/`'s.
 */
import { add, less, mul, not } from '../graph/arithmetic.ts';
import { expand, extentOf, reshape } from '../graph/layout.ts';
import { input, integers, UNKNOWN, type Value } from '../graph/value.ts';
import { alignRegions } from './align-regions.ts';
import { anchorsOfLevel } from './anchor-graph.ts';
import { alignRule, type DetectorConfig, proposalRule, regionStrides } from './config.ts';
import {
  calibrateScores,
  type DetectionValues,
  detect,
  judgeRegions,
  keepPromising,
  type RegionVerdicts,
  type ScoreCalibration,
  uncalibrated,
} from './detect-graph.ts';
import { type BoxHeadAnswer, concatLevels, type DetectorNetwork, type FeatureMaps, type RpnLevel } from './network.ts';
import { type Proposals, propose } from './propose.ts';

export interface InferenceGraph {
  /** `[1, 3, H, W]` float32, H and W multiples of 32. */
  readonly pixels: Value;
  /** `[1, 2]` float32: height and width without padding. */
  readonly imageSizes: Value;
  readonly detections: DetectionValues;
  readonly features: FeatureMaps;
  /** Answers before selection, of the first reading, for comparisons with other implementations. */
  readonly intermediate: { readonly rpn: RpnLevel; readonly proposals: Proposals; readonly boxHead: BoxHeadAnswer };
}

export function inferenceGraph(
  network: DetectorNetwork,
  config: DetectorConfig,
  calibration: ScoreCalibration = uncalibrated,
): InferenceGraph {
  const pixels = input('pixels', 'float32', [1, 3, UNKNOWN, UNKNOWN]);
  const imageSizes = input('imageSizes', 'float32', [1, 2]);
  const features = network.features(pixels);
  const levels = network.rpn(features.pyramid);
  const finest = regionStrides(config)[0];
  const anchors = features.pyramid.map((level, index) =>
    anchorsOfLevel(pixels, level, config.anchors, index, finest * 2 ** index),
  );
  const proposals = propose(levels, anchors, imageSizes, proposalRule(config, 'test'));
  const read = (boxes: Value): BoxHeadAnswer => {
    const zeros = expand(integers([0]), extentOf(boxes, 0));
    const pyramid = features.pyramid.slice(0, regionStrides(config).length);
    return network.boxHead(alignRegions(pyramid, boxes, zeros, alignRule(config)));
  };
  const regions = reshape(proposals.boxes, [-1, 4]);
  const boxHead = read(regions);
  const taken = reshape(not(less(proposals.scores, 0)), [-1]);
  let verdicts: RegionVerdicts = { ...judgeRegions(regions, boxHead, imageSizes, config.boxHead), taken };
  if (config.boxHead.readings === 2) {
    const { verdicts: first, surest } = keepPromising(verdicts, config.boxHead.scoreThreshold);
    const second = judgeRegions(surest, read(surest), imageSizes, config.boxHead);
    verdicts = { ...first, boxes: second.boxes, scores: mul(add(first.scores, second.scores), 0.5) };
  }
  const found = detect(verdicts, config.boxHead);
  const detections = { ...found, scores: calibrateScores(found.scores, calibration) };
  return { pixels, imageSizes, detections, features, intermediate: { rpn: concatLevels(levels), proposals, boxHead } };
}
