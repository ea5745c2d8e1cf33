/**
 * @file What a model says about its descriptors: how vectors are read out of its feature maps, and the id of the space
 * that they lie in. The graphs that make the vectors are `embedding/`'s.
 */
import { z } from 'zod';
import type { PreprocessingConfig } from '../image/preprocess.ts';
import type { Parameters } from '../nn/parameters.ts';
import { type TrunkName, trunkStrides, trunks } from '../nn/trunks/trunk.ts';
import { halvesFromFloats } from '../weights/float16.ts';
import { type DetectorConfig, regionStrides } from './config.ts';
import type { FeatureName } from './detector.ts';
import { type MatchCalibration, matchCalibrationSchema } from './match-calibration.ts';

const featureName = z.custom<FeatureName>(
  (name) => typeof name === 'string' && /^[CP][2-9]$/.test(name),
  'expected a feature map: C or P and a level from 2 to 9',
);

/** A box is read from each map by RoIAlign, averaged to one number a channel, and each map's part given length 1. */
const regionsDescriptorSchema = z.strictObject({
  kind: z.literal('regions'),
  maps: z.array(featureName).min(1),
  /** Maps that are read once more with their places kept one by one, so that a collar is not a hem. */
  keptMaps: z.array(featureName).min(1).optional(),
  /** The box head's last hidden layer as one more part, of this length: what tells a shoe from a skirt. */
  head: z
    .strictObject({
      /** The levels that regions are read from. */
      maps: z.array(featureName).min(1),
      length: z.number().positive(),
    })
    .optional(),
  /** Places along each side of a box. */
  size: z.int().min(1).max(32).default(3),
  /** Samples of each place along each axis. */
  samplingRatio: z.int().min(1).max(8).default(2),
});

/**
 * A small network of its own over a box's part of the maps, place by place, and the box head's last hidden layer
 * (`vector-head.ts`); its weights lie with the model's.
 */
const learnedDescriptorSchema = z.strictObject({
  kind: z.literal('learned'),
  maps: z.array(featureName).min(1),
  /** The levels that the box head's regions are read from. */
  head: z.strictObject({ maps: z.array(featureName).min(1) }),
  /** Places along each side of a box. */
  size: z.int().min(1).max(14).default(4),
  /** Samples of each place along each axis. */
  samplingRatio: z.int().min(1).max(8).default(2),
  /** Numbers a place after the first layer. */
  width: z.int().min(1).max(1024),
  /** How many weighted means over the places are taken, each with weights that it learned. */
  looks: z.int().min(1).max(64),
  /** Numbers a place that are kept in their places. */
  keptWidth: z.int().min(1).max(256),
  /** Numbers read from the box head's hidden layer. */
  classWidth: z.int().min(1).max(1024),
  /** Numbers a vector. */
  dimension: z.int().min(2).max(4096),
});

/** One map of the whole photo, squashed to a square. The paper's. */
const pictureDescriptorSchema = z.strictObject({
  kind: z.literal('picture'),
  map: featureName,
  /** Of the square, in pixels. */
  side: z.int().multipleOf(32).min(32).max(1024).default(64),
});

/** What is said of a descriptor beside its definition, and does not change its vectors. */
const about = {
  spaceId: z.string().regex(/^[0-9a-f]{32}$/),
  calibration: matchCalibrationSchema.optional(),
};

export const descriptorsSchema = z.strictObject({
  garment: z
    .discriminatedUnion('kind', [regionsDescriptorSchema.extend(about), learnedDescriptorSchema.extend(about)])
    .optional(),
  paper: pictureDescriptorSchema.extend(about).optional(),
});

export type RegionsDescriptor = z.output<typeof regionsDescriptorSchema>;
export type PictureDescriptor = z.output<typeof pictureDescriptorSchema>;
export type LearnedDescriptor = z.output<typeof learnedDescriptorSchema>;
/** How boxes become vectors. */
export type GarmentDescriptor = RegionsDescriptor | LearnedDescriptor;
export type DescriptorDefinition = GarmentDescriptor | PictureDescriptor;
/** By name, with space ids and, where they were measured, calibrations of matches. */
export type ModelDescriptors = z.output<typeof descriptorsSchema>;

/** Of the form of vectors: raised when the same definition comes to give other numbers. */
const SPACE_VERSION = 1;

/** Scope of the parameters of a learned descriptor. */
export const vectorHeadScope = 'garment_vector';

/** Parameters of the box head's hidden layers. */
const boxHeadScope = 'roi_heads.box_head.';

/**
 * What a detector offers unless its author says otherwise. The maps of a Lite's `garment` were chosen on
 * garments photographed again (docs/experiments.md); wider trunks do without the kept places, which would be thousands of numbers.
 * `paper` needs a P6: a detector without a pyramid has none, and offers `garment` alone.
 */
export function defaultDescriptors(config: DetectorConfig): {
  garment: RegionsDescriptor;
  paper?: PictureDescriptor;
} {
  const { trunk, fpn } = config;
  const read = { kind: 'regions', size: 3, samplingRatio: 2 } as const;
  const head = { maps: regionMaps(config), length: 1.5 };
  const deepest: FeatureName[] = fpn === null ? [] : ['C5'];
  const garment: RegionsDescriptor = trunk.startsWith('lite')
    ? { ...read, maps: ['C3', 'C4', ...deepest], keptMaps: ['C3'], head }
    : { ...read, maps: [...(fpn === null ? (['C3'] as const) : []), 'C4', ...deepest], head };
  // At 64 x 64, P6 is one place: as many numbers as the pyramid is wide.
  return pyramidNames(fpn).at(-1) === 'P6' ? { garment, paper: { kind: 'picture', map: 'P6', side: 64 } } : { garment };
}

/**
 * The learned descriptor that `deepshop train-vector` gives a detector: every map of the trunk, and the box head. Widths
 * were chosen on the dev fold (docs/experiments.md) within what a download of 12 MB leaves.
 */
export function defaultLearnedDescriptor(config: DetectorConfig): LearnedDescriptor {
  return {
    kind: 'learned',
    maps: ['C2', 'C3', 'C4', ...(config.fpn === null ? [] : (['C5'] as const))],
    head: { maps: regionMaps(config) },
    ...{ size: 4, samplingRatio: 2, width: 64, looks: 2, keptWidth: 8, classWidth: 64, dimension: 128 },
  };
}

/** The maps that a definition reads, each once. */
export function mapsOf(definition: DescriptorDefinition): readonly FeatureName[] {
  if (definition.kind === 'picture') return [definition.map];
  if (definition.kind === 'learned') return [...new Set([...definition.maps, ...definition.head.maps])];
  return [...new Set([...definition.maps, ...(definition.keptMaps ?? []), ...(definition.head?.maps ?? [])])];
}

/** How many channels a feature map has. */
export function channelsOf(map: FeatureName, { trunk, fpn }: DetectorConfig): number {
  if (map.startsWith('P') && fpn !== null) return fpn.width;
  return trunks[trunk as TrunkName].channels[trunkStrides.indexOf((2 ** Number(map.slice(1))) as 4)];
}

/** How many numbers a vector has. */
export function descriptorDimension(definition: DescriptorDefinition, config: DetectorConfig): number {
  if (definition.kind === 'learned') return definition.dimension;
  if (definition.kind === 'regions') {
    const { maps, keptMaps = [], size, head } = definition;
    const sum = (names: readonly FeatureName[]) => names.reduce((total, map) => total + channelsOf(map, config), 0);
    return sum(maps) + sum(keptMaps) * size * size + (head === undefined ? 0 : config.boxHead.hidden.at(-1)!);
  }
  const { map, side } = definition;
  return channelsOf(map, config) * Math.ceil(side / 2 ** Number(map.slice(1))) ** 2;
}

/** Whether the network has every map of a definition. */
export function hasMapsOf(definition: DescriptorDefinition, { fpn }: DetectorConfig): boolean {
  const names = new Set<string>(['C2', 'C3', 'C4', ...(fpn === null ? [] : ['C5']), ...pyramidNames(fpn)]);
  return mapsOf(definition).every((map) => names.has(map));
}

/**
 * From a definition to the id of the space of its vectors: a hash of all that decides them (definition, preprocessing,
 * the trunk, the pyramid and the box head's hidden layers where they are read), and of nothing else: classes, the last
 * layers, thresholds may change. The parameters must stay as they are while the function is in use: each is hashed once.
 *
 * Weights count as rounded to half precision, so that a model stored in halves has the space of the one it was made
 * from; their vectors agree far beyond what a neighbour's rank depends on.
 *
 * @returns gives 32 hexadecimal digits
 */
export function spaceIds(
  config: DetectorConfig,
  preprocessing: PreprocessingConfig,
  parameters: Parameters,
): (definition: DescriptorDefinition) => Promise<string> {
  const digests = new Map<string, string>();
  const digestOf = async (name: string): Promise<string> => {
    const { shape, data } = parameters.get(name)!;
    const digest = digests.get(name) ?? (await sha256(new Uint8Array(halvesFromFloats(data).buffer as ArrayBuffer)));
    digests.set(name, digest);
    return `${name} [${shape}] ${digest}`;
  };
  return async (definition) => {
    const readsPyramid = mapsOf(definition).some((map) => map.startsWith('P'));
    const { mean, std } = preprocessing;
    // A picture is squashed to its own square whatever the photo's rule of size is.
    const seen = definition.kind === 'picture' ? { mean, std } : preprocessing;
    const readsHead = definition.kind !== 'picture' && definition.head !== undefined;
    const { hidden, pooledSize, samplingRatio, aligned, inclusiveEdges } = config.boxHead;
    const fpn = readsPyramid ? givenKeys({ ...config.fpn }, { separable: false }) : null;
    const trunk = givenKeys(
      { norm: config.norm, trunkPadding: config.trunkPadding, trunkStride: config.trunkStride },
      { norm: 'frozen-batch', trunkPadding: 'symmetric', trunkStride: '3x3' },
    );
    const head = readsHead
      ? {
          ...{ hidden, pooledSize, samplingRatio, aligned, levels: config.levelAssignment },
          ...givenKeys({ inclusiveEdges }, { inclusiveEdges: false }),
        }
      : null;
    const facts = [definition, seen, config.trunk, fpn, head, ...(Object.keys(trunk).length > 0 ? [trunk] : [])];
    const lines = [JSON.stringify([SPACE_VERSION, ...facts.map(sortedKeys)])];
    const own = definition.kind === 'learned' ? [`${vectorHeadScope}.`] : [];
    const read = ['trunk.', ...(readsPyramid ? ['fpn.'] : []), ...(readsHead ? [boxHeadScope] : []), ...own];
    for (const name of [...parameters.keys()].sort()) {
      if (read.some((prefix) => name.startsWith(prefix))) lines.push(await digestOf(name));
    }
    return (await sha256(new TextEncoder().encode(lines.join('\n')))).slice(0, 32);
  };
}

/** A definition that is to be written; a space id that is stated says which one a calibration was measured in. */
type Written<D> = D & { readonly spaceId?: string | undefined; readonly calibration?: MatchCalibration | undefined };

/** What a model is written with. */
export interface WrittenDescriptors {
  readonly garment?: Written<RegionsDescriptor> | Written<LearnedDescriptor> | undefined;
  readonly paper?: Written<PictureDescriptor> | undefined;
}

/**
 * Definitions with their space ids, as a model directory states them. A calibration is kept, unless it was measured in
 * another space: similarities mean something else there.
 */
export async function withSpaceIds(
  { garment, paper }: WrittenDescriptors,
  config: DetectorConfig,
  preprocessing: PreprocessingConfig,
  parameters: Parameters,
): Promise<ModelDescriptors> {
  const idOf = spaceIds(config, preprocessing, parameters);
  const stamped = async (written: Written<RegionsDescriptor | LearnedDescriptor | PictureDescriptor>) => {
    const { spaceId: measuredIn, calibration, ...definition } = written;
    const spaceId = await idOf(definition);
    const isValid = calibration !== undefined && (measuredIn === undefined || measuredIn === spaceId);
    return { ...definition, spaceId, ...(isValid ? { calibration } : {}) };
  };
  return descriptorsSchema.parse({
    ...(garment === undefined ? {} : { garment: await stamped(garment) }),
    ...(paper === undefined ? {} : { paper: await stamped(paper) }),
  });
}

function pyramidNames(fpn: DetectorConfig['fpn']): FeatureName[] {
  if (fpn === null) return [];
  const first = Math.log2(fpn.strides[0]);
  const levels = fpn.strides.length + (fpn.pooledLevel ? 1 : 0);
  return Array.from({ length: levels }, (_, level): FeatureName => `P${first + level}`);
}

/** The maps that regions are read from. */
function regionMaps(config: DetectorConfig): FeatureName[] {
  const { fpn } = config;
  return regionStrides(config).map((stride): FeatureName => `${fpn === null ? 'C' : 'P'}${Math.log2(stride)}`);
}

/**
 * Without the keys that the format did not have at first, where they say what was true before: ids of models that exist
 * stay what they are.
 */
function givenKeys(facts: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([key, value]) => !(key in before) || value !== before[key]));
}

/** The same value with the keys of objects in order, so that equal values have equal texts. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedKeys(inner)]));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
