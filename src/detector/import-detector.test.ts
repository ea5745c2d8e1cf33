import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detectron2Of, detectronOf, rewritten } from '../../tests/foreign-names.ts';
import { expectClose, howToRegenerate } from '../../tests/golden/expect-close.ts';
import golden from '../../tests/golden/foreign-weights.json' with { type: 'json' };
import { tinyPixels, tinyTrunk } from '../../tests/golden/tiny-detector.ts';
import { initialParameters } from '../nn/parameters.ts';
import { resnet } from '../nn/trunks/resnet.ts';
import type { Trunk } from '../nn/trunks/trunk.ts';
import { compile } from '../onnx/session-node.ts';
import { float32, sizeOf, type Tensor, tensor } from '../tensor/tensor.ts';
import { parseWeightFile, type WeightFile } from '../weights/weight-file.ts';
import { cocoClasses, cocoNumbers } from './coco-classes.ts';
import { type DetectorConfig, parseDetectorConfig } from './config.ts';
import { describeForeign, fillDetector, type ImportOptions, importDetector } from './import-detector.ts';
import { inferenceGraph } from './inference-graph.ts';
import { detectorNetwork } from './network.ts';

const path = new URL('../../tests/golden/tiny-torchvision.pth', import.meta.url);
const file = parseWeightFile(new Uint8Array(readFileSync(path)), 'tiny-torchvision.pth');
type SmallTrunk = Pick<Trunk, 'build' | 'channels'>;

/** As `importDetector`, into a network with a trunk and a configuration that are small. */
function importSmall(
  file: WeightFile,
  options: Omit<ImportOptions, 'arch'>,
  where: string,
  [trunk, shrink]: readonly [SmallTrunk, (config: DetectorConfig) => DetectorConfig],
) {
  const as = { ...options, arch: 'r50' } as const;
  const found = describeForeign(file, as, where);
  const foreign = { ...found, config: shrink(found.config) };
  return fillDetector(detectorNetwork(foreign.config, trunk), foreign, file, as, where);
}

/** The tiny trunk calls itself r50; what is tiny about the rest is the golden configuration's. */
function importTiny(file: WeightFile, options: Omit<ImportOptions, 'arch'> = {}, where = 'x') {
  const shrink = ({ classes, anchors, boxHead }: DetectorConfig) => {
    const config = parseDetectorConfig({ ...golden.config, trunk: 'r50', classes }, 'golden');
    const { rounding, offset } = anchors;
    const { aligned, samplingRatio, inclusiveEdges } = boxHead;
    const read = { aligned, samplingRatio, inclusiveEdges };
    return { ...config, anchors: { ...config.anchors, rounding, offset }, boxHead: { ...config.boxHead, ...read } };
  };
  return importSmall(file, options, where, [tinyTrunk, shrink]);
}

test("torchvision's weights detect what torchvision detects", async () => {
  const { config, parameters, report, kind, naming } = importTiny(file);
  expect([kind, naming, config.classes]).toEqual(['detector', 'torchvision', ['class1', 'class2', 'class3', 'class4']]);
  expect(report).toMatchObject({ missing: [], leftOver: [], derived: [] });
  const { detections } = inferenceGraph(detectorNetwork(config, tinyTrunk), config);
  const session = await compile({ outputs: { ...detections }, bindings: parameters });
  const imageSizes = tensor('float32', [1, 2], Float32Array.from(golden.imageSize));
  const found = await session.run({ pixels: tinyPixels(1, golden.height, golden.width), imageSizes });
  expect(Array.from(found.labels!.data as BigInt64Array, Number), howToRegenerate(golden)).toEqual(golden.labels);
  expectClose(found.scores!.data as Float32Array, golden.scores, 1e-4, golden);
  expectClose(found.boxes!.data as Float32Array, golden.boxes, 1e-2, golden);
});

describe("the Detectrons' files", () => {
  const config = parseDetectorConfig(
    {
      trunk: 'r50',
      classes: ['class1', 'class2', 'class3'],
      fpn: { width: 4 },
      boxHead: { hidden: [6, 5], pooledSize: 2 },
    },
    'test',
  );
  /** A ResNet of one thin bottleneck a stage. */
  const trunk: SmallTrunk = {
    channels: [256, 512, 1024, 2048],
    build: (scope, { strideOn = '3x3' }) =>
      resnet(scope, { blocks: [1, 1, 1, 1], groups: 1, widthPerGroup: 1, strideOn }),
  };
  const { specs } = detectorNetwork(config, trunk);
  const parameters = initialParameters(specs, 3);
  for (const [name, { data }] of parameters) {
    if (name.endsWith('running_var')) data.fill(1 - 1e-5);
    // A box of the background: Detectron2 has none.
    if (name.includes('box_predictor.bbox_pred')) data.fill(0, 0, (data.length / 16) * 4);
  }
  const options = { arch: 'r50' } as const;
  const importThin = (file: WeightFile) =>
    importSmall(file, {}, 'x', [
      trunk,
      (given) => {
        const { width } = config.fpn!;
        return {
          ...given,
          fpn: { ...given.fpn!, width },
          boxHead: { ...given.boxHead, hidden: [6, 5], pooledSize: 2 },
        };
      },
    ]);

  test.each([
    ['detectron', detectronOf],
    ['detectron2', detectron2Of],
  ] as const)('%s: the same numbers arrive under our names, in our order of channels and classes', (naming, change) => {
    const found = importThin(rewritten(parameters, change));
    expect([found.naming, found.kind, found.report.missing, found.report.leftOver]).toEqual([
      naming,
      'detector',
      [],
      [],
    ]);
    // Not toEqual: it would look at millions of numbers one by one.
    const differing = [...parameters].filter(([name, { data }]) => {
      const arrived = found.parameters.get(name)!.data;
      return arrived.length !== data.length || arrived.some((value, at) => value !== data[at]);
    });
    expect(differing.map(([name]) => name)).toEqual([]);
    expect(found.report.derived.length).toBe(
      naming === 'detectron' ? specs.filter(({ name }) => name.includes('running_')).length : 0,
    );
  });

  test('their ways of seeing become data of the model', () => {
    const { preprocessing, config: theirs } = describeForeign(rewritten(parameters, detectronOf), options, 'x');
    expect(preprocessing.mean.map((mean) => mean * 255)).toEqual(
      [122.7717, 115.9465, 102.9801].map((mean) => expect.closeTo(mean, 4)),
    );
    expect(preprocessing.std.map((std) => std * 255)).toEqual([1, 1, 1]);
    expect(theirs).toMatchObject({
      trunkStride: '1x1',
      anchors: { rounding: 'detectron', offset: 0.5 },
      boxHead: { inclusiveEdges: true, aligned: false, samplingRatio: 2 },
    });
    const stated = new Map([['cfg', 'RESNETS:\n  STRIDE_1X1: false\n']]);
    const restated = describeForeign(rewritten(parameters, detectronOf, stated), options, 'x');
    expect(restated.config.trunkStride).toBe('3x3');
    expect(describeForeign(rewritten(parameters, detectron2Of), options, 'x').config).toMatchObject({
      anchors: { rounding: 'none', offset: 0 },
      boxHead: { aligned: true, samplingRatio: 0 },
    });
  });

  test("Detectron2's own mean and deviation are read where the file has them", () => {
    const file = rewritten(parameters, detectron2Of);
    const [mean, std] = [
      [10, 20, 30],
      [1, 2, 4],
    ].map((values) => float32(values, [3, 1, 1])) as [Tensor, Tensor];
    const more = [['pixel_mean', mean] as const, ['pixel_std', std] as const].map(
      ([name, values]) => [name, { stored: 'float32', shape: values.shape, read: () => values }] as const,
    );
    const arrays = new Map([...file.arrays, ...more]);
    const { preprocessing } = describeForeign({ ...file, arrays }, options, 'x');
    expect(preprocessing.mean.map((value) => value * 255)).toEqual(
      [30, 20, 10].map((value) => expect.closeTo(value, 6)),
    );
    expect(preprocessing.std.map((value) => value * 255)).toEqual([4, 2, 1].map((value) => expect.closeTo(value, 6)));
  });
});

describe('classes', () => {
  const headed = (rows: number): WeightFile => {
    const { parameters } = importTiny(file);
    return rewritten(parameters, (name, values) => {
      const theirs = name.replace(/^trunk\./, 'backbone.body.').replace(/^fpn\./, 'backbone.fpn.');
      if (!name.startsWith('roi_heads.box_predictor.')) return [theirs, values];
      const count = name.includes('cls_score') ? rows : rows * 4;
      const shape = [count, ...values.shape.slice(1)];
      return [
        theirs,
        float32(
          Float32Array.from({ length: sizeOf(shape) }, (_, at) => at),
          shape,
        ),
      ];
    });
  };

  test("torchvision's 91 rows become COCO's 80 classes; the rows of the gaps are passed over", () => {
    const { config, parameters, report } = importTiny(headed(91));
    expect(config.classes).toEqual(cocoClasses);
    expect([config.classes.length, config.classes[11], cocoNumbers[11], cocoNumbers[79]]).toEqual([
      80,
      'stop sign',
      13,
      90,
    ]);
    const bias = parameters.get('roi_heads.box_predictor.cls_score.bias')!.data;
    expect([bias[0], bias[1], bias[12], bias[80]]).toEqual([0, 1, 13, 90]);
    const boxes = parameters.get('roi_heads.box_predictor.bbox_pred.bias')!.data;
    expect([...boxes.subarray(48, 52)]).toEqual([52, 53, 54, 55]);
    expect(report.missing).toEqual([]);
  });

  test('names for all 90 keep every row, under torchvision’s own list too', () => {
    const names = ['__background__', ...Array.from({ length: 90 }, (_, at) => (at === 11 ? 'N/A' : `name${at + 1}`))];
    const { config, parameters } = importTiny(headed(91), { classes: names });
    expect(config.classes.slice(10, 13)).toEqual(['name11', 'unused-12', 'name13']);
    expect(parameters.get('roi_heads.box_predictor.cls_score.bias')!.data.length).toBe(91);
  });

  test('a list of another length is refused', () => {
    expect(() => importTiny(file, { classes: ['top', 'skirt'] }, 'x.pth')).toThrow(/expected 4 names; got 2/);
  });
});

test('an epsilon of norms that differs from ours is moved into their gains', () => {
  const [ours, theirs] = [importTiny(file), importTiny(file, { normEpsilon: 0 })];
  const [gain, moved] = [ours, theirs].map(({ parameters }) => parameters.get('trunk.layer1.bn1.weight')!.data);
  const variance = ours.parameters.get('trunk.layer1.bn1.running_var')!.data;
  moved!.forEach((value, at) => {
    expect(value / Math.sqrt(variance[at] + 1e-5)).toBeCloseTo(gain![at] / Math.sqrt(variance[at]), 5);
  });
});

test('what has no place and what is not there is told, and a trunk of another kind is refused', () => {
  const arrays = new Map(file.arrays);
  arrays.delete('rpn.head.cls_logits.bias');
  const extra = float32([1]);
  arrays.set('roi_heads.mask_head.weight', { stored: 'float32', shape: [1], read: () => extra });
  const { report, initialised } = importTiny({ ...file, arrays });
  expect(report.leftOver).toEqual([
    { theirs: 'roi_heads.mask_head.weight', shape: [1], why: 'no such parameter here' },
  ]);
  expect([report.missing, initialised]).toEqual([['rpn.head.cls_logits.bias'], ['rpn.head.cls_logits.bias']]);
  expect(() => importDetector(file, { arch: 'r50' }, 'x.pth')).toThrow(
    /x\.pth: the trunk is no r50.*parameters are not there/,
  );
  const nameless = { ...file, arrays: new Map([['weird', arrays.get('roi_heads.mask_head.weight')!]]) };
  expect(() => importTiny(nameless)).toThrow(/names are of no library.*got 1 array: weird/);
});
