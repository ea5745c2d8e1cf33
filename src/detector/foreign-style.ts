/**
 * @file How other libraries' detectors differ from the defaults of ours beside their names: what a photo looks like to
 * them, where strides, anchors and regions lie. All of it becomes data in `model.json`.
 */
import type { PreprocessingConfig } from '../image/preprocess.ts';
import type { TrunkName } from '../nn/trunks/trunk.ts';
import type { NamingName } from '../weights/name-maps.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { type DetectorConfig, detectorConfigSchema, lite0DetectorConfig } from './config.ts';

/**
 * What a network was trained to see. `rgb`: 0..1, ImageNet's mean and deviation. `bgr`: blue first, 0..255 less Caffe's
 * mean (Detectron2 has another by half a level). `bgr-std`: that over a deviation too, as Detectron2's X-101-32x8d. `lite`: 0..255 less 127 over 128.
 */
export type InputStyle = 'rgb' | 'bgr' | 'bgr-std' | 'lite';

/** Red, green, blue. In 0..255 where the network saw bytes. */
const inputs: { readonly [S in InputStyle]: Pick<PreprocessingConfig, 'mean' | 'std'> } = {
  rgb: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  bgr: { mean: inUnits(122.7717, 115.9465, 102.9801), std: inUnits(1, 1, 1) },
  'bgr-std': { mean: inUnits(123.675, 116.28, 103.53), std: inUnits(58.395, 57.12, 57.375) },
  lite: { mean: [0.498, 0.498, 0.498], std: [0.50196, 0.50196, 0.50196] },
};

export interface ForeignStyle {
  readonly isBgr: boolean;
  readonly preprocessing: PreprocessingConfig;
  readonly config: DetectorConfig;
  /** Which end of the classifier's rows the background has. */
  readonly background: 'first' | 'last';
}

/** What the file does not say, where it is known better. */
export interface StyleOverrides {
  readonly input?: InputStyle | undefined;
  readonly trunkStride?: DetectorConfig['trunkStride'] | undefined;
}

/** The style of a file by its names, its own notes and the architecture. */
export function foreignStyle(
  naming: NamingName,
  arch: TrunkName,
  file: WeightFile,
  classes: readonly string[],
  overrides: StyleOverrides = {},
): ForeignStyle {
  const input = overrides.input ?? inputOf(naming, arch, file);
  const background = naming === 'detectron2' ? 'last' : 'first';
  const stated = overrides.input === undefined ? statedInput(file) : null;
  const isBgr = stated?.isBgr ?? input.startsWith('bgr');
  const resize = naming === 'timm' ? longSide : torchvisionSize;
  const seen =
    stated ??
    (naming === 'detectron2' && input === 'bgr' ? { ...inputs['bgr-std'], std: inputs.bgr.std } : inputs[input]);
  const preprocessing = { resize, mean: seen.mean, std: seen.std, divisibleBy: 32 };
  if (arch.startsWith('lite')) {
    const config = { ...lite0DetectorConfig(classes), trunk: arch };
    return { isBgr, preprocessing, background, config };
  }
  const trunkStride = overrides.trunkStride ?? strideOf(naming, arch, file);
  const config = detectorConfigSchema.parse({ trunk: arch, trunkStride, classes: [...classes], ...heads[naming] });
  return { isBgr, preprocessing, background, config };
}

/** The sizes that all three libraries train their FPNs at. */
const torchvisionSize = { kind: 'torchvision', minSide: 800, maxSide: 1333 } as const;
/** The bundled model's, whose anchors {@link lite0DetectorConfig} has. */
const longSide = { kind: 'long-side', longSide: 384 } as const;

/** Settings of anchors and of reading regions. Detectron's proposals: 1000 a level and in all, as torchvision's. */
const heads: { readonly [N in NamingName]: Partial<Record<'anchors' | 'rpn' | 'boxHead', object>> } = {
  torchvision: {},
  timm: {},
  detectron: {
    anchors: { rounding: 'detectron', offset: 0.5 },
    rpn: { minSize: 0 },
    boxHead: { inclusiveEdges: true },
  },
  detectron2: {
    anchors: { rounding: 'none' },
    rpn: { minSize: 0 },
    boxHead: { aligned: true, samplingRatio: 0 },
  },
};

/** ResNeXts were trained with the stride on the 3x3; the ResNets of both Detectrons are Caffe's. */
function strideOf(naming: NamingName, arch: TrunkName, { notes }: WeightFile): DetectorConfig['trunkStride'] {
  if (naming === 'torchvision' || naming === 'timm' || notes.get('__author__') === 'torchvision') return '3x3';
  const stated = /STRIDE_1X1: (true|false)/i.exec(notes.get('cfg') ?? '')?.[1];
  if (stated !== undefined) return stated.toLowerCase() === 'true' ? '1x1' : '3x3';
  return arch.startsWith('x101') ? '3x3' : '1x1';
}

function inputOf(naming: NamingName, arch: TrunkName, { notes }: WeightFile): InputStyle {
  if (naming === 'timm') return 'lite';
  if (naming === 'torchvision' || notes.get('__author__') === 'torchvision') return 'rgb';
  return naming === 'detectron2' && arch.startsWith('x101') ? 'bgr-std' : 'bgr';
}

/** Older checkpoints of Detectron2 hold their mean and deviation, in the order of their channels: red's mean is the largest. */
function statedInput({ arrays }: WeightFile): (Pick<PreprocessingConfig, 'mean' | 'std'> & { isBgr: boolean }) | null {
  const [mean, std] = ['pixel_mean', 'pixel_std'].map((name) => {
    const array = arrays.get(name);
    return array?.shape.join() === '3,1,1' && array.stored === 'float32' ? array.read().data : null;
  });
  if (!mean || !std) return null;
  const isBgr = mean[0] < mean[2];
  const triple = (values: ArrayLike<number | bigint>): [number, number, number] => {
    const [first, second, third] = Array.from(values, Number) as [number, number, number];
    return isBgr ? inUnits(third, second, first) : inUnits(first, second, third);
  };
  return { isBgr, mean: triple(mean), std: triple(std) };
}

function inUnits(red: number, green: number, blue: number): [number, number, number] {
  return [red / 255, green / 255, blue / 255];
}
