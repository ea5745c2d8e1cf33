/** @file A detector small enough for tests: the real trunk, narrow heads, random weights that give confident answers. */
import { type DetectorConfig, detectorConfigSchema } from '../src/detector/config.ts';
import type { DetectorParts } from '../src/detector/detector.ts';
import { detectorNetwork } from '../src/detector/network.ts';
import type { Photo } from '../src/image/photo.ts';
import { initialParameters, type Parameters } from '../src/nn/parameters.ts';
import { Random } from '../src/random/random.ts';

/** Three classes on an EfficientNet-Lite0 with a pyramid of 8 channels. */
export const tinyConfig: DetectorConfig = detectorConfigSchema.parse({
  trunk: 'lite0',
  classes: ['tee', 'trousers', 'hat'],
  fpn: { strides: [8, 16, 32], width: 8 },
  anchors: { sizes: [[12], [24], [48], [96]] },
  rpn: { preNmsTop: { train: 60, test: 60 }, postNmsTop: { train: 30, test: 30 } },
  boxHead: { hidden: [16], batchSize: 16, detectionsPerImage: 10 },
});

export function tinyParts(seed = 2): DetectorParts {
  return {
    config: tinyConfig,
    preprocessing: {
      resize: { kind: 'long-side', longSide: 96 },
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      divisibleBy: 32,
    },
    parameters: confident(initialParameters(detectorNetwork(tinyConfig).specs, seed)),
  };
}

/** Fresh heads answer the same everywhere; larger weights in their last layers make answers differ. */
function confident(parameters: Parameters): Parameters {
  for (const [name, { data }] of parameters) {
    if (/cls_logits|cls_score/.test(name) && name.endsWith('weight'))
      for (let i = 0; i < data.length; i++) data[i] *= 3;
  }
  return parameters;
}

/** Coloured rectangles on a plain ground. */
export function tinyPhoto(seed: number, width = 120, height = 90): Photo {
  const random = new Random(seed);
  const pixels = new Uint8Array(width * height * 3).fill(200);
  for (let shape = 0; shape < 5; shape++) {
    const [x1, y1] = [random.below(width - 20), random.below(height - 20)];
    const [x2, y2] = [x1 + 10 + random.below(40), y1 + 10 + random.below(40)];
    const colour = [random.below(256), random.below(256), random.below(256)];
    for (let y = y1; y < Math.min(y2, height); y++) {
      for (let x = x1; x < Math.min(x2, width); x++) pixels.set(colour, 3 * (y * width + x));
    }
  }
  return { width, height, pixels };
}
