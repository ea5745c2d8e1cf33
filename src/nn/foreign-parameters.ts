/**
 * @file The parameters of our network out of another library's file: each array under its name, turned into our layout,
 * and an account of what was found, what was not, and what nobody asked for.
 */
import { sizeOf, type Tensor, tensor } from '../tensor/tensor.ts';
import { floatsFromHalves } from '../weights/float16.ts';
import type { Naming } from '../weights/name-maps.ts';
import type { StoredArray } from '../weights/stored-array.ts';
import type { ParameterSpec, Parameters } from './parameters.ts';

/** How the file's numbers differ from ours, beside their names. */
export interface ForeignLayout {
  /** Channels of the photo are blue, green, red. */
  readonly isBgr: boolean;
  /** The file's row of each of our labels, the background first; null where it has none. Left out: the same. */
  readonly classRows?: readonly number[] | undefined;
  /** The same for the boxes of each label: null gives a row of zeros. */
  readonly boxRows?: readonly (number | null)[] | undefined;
  /** Added to variances by whoever trained the weights, and by us. */
  readonly normEpsilon: { readonly theirs: number; readonly ours: number };
}

/** What became of the file and of the network. Names are in order. */
export interface ImportReport {
  readonly matched: readonly { readonly ours: string; readonly theirs: string; readonly shape: readonly number[] }[];
  /** Statistics of norms that the file has folded into their affine numbers. */
  readonly derived: readonly string[];
  /** In the file, and known to be of no use here. */
  readonly setAside: readonly { readonly theirs: string; readonly what: string }[];
  /** In the file, and nothing here has a place for it. */
  readonly leftOver: readonly { readonly theirs: string; readonly shape: readonly number[]; readonly why: string }[];
  /** In the network, and not in the file. */
  readonly missing: readonly string[];
}

const STEM_KERNEL = 'trunk.conv1.weight';
const CLASSIFIER = 'roi_heads.box_predictor.cls_score.';
const REGRESSOR = 'roi_heads.box_predictor.bbox_pred.';

/**
 * Reads out what the network has a place for; nothing else of the file is read.
 *
 * @returns only the parameters that were found
 */
export function foreignParameters(
  specs: readonly ParameterSpec[],
  arrays: ReadonlyMap<string, StoredArray>,
  naming: Naming,
  layout: ForeignLayout,
): { parameters: Parameters; report: ImportReport } {
  const wanted = new Map(specs.map((spec) => [spec.name, spec]));
  const parameters: Parameters = new Map();
  const matched: { ours: string; theirs: string; shape: readonly number[] }[] = [];
  const setAside: { theirs: string; what: string }[] = [];
  const leftOver: { theirs: string; shape: readonly number[]; why: string }[] = [];
  for (const [theirs, array] of arrays) {
    const { shape } = array;
    const aside = naming.setAside.find(([form]) => form.test(theirs));
    if (aside !== undefined) {
      setAside.push({ theirs, what: aside[1] });
      continue;
    }
    const ours = naming.nameOf(theirs);
    const spec = ours === null ? undefined : wanted.get(ours);
    const expected = spec && storedShape(spec, layout);
    if (spec === undefined || expected === undefined) {
      leftOver.push({ theirs, shape, why: 'no such parameter here' });
    } else if (parameters.has(spec.name)) {
      leftOver.push({ theirs, shape, why: `a second ${spec.name}` });
    } else if (shape.join() !== expected.join()) {
      leftOver.push({ theirs, shape, why: `the network has [${expected}]` });
    } else if (!isFloat(array)) {
      leftOver.push({ theirs, shape, why: `${array.stored}, not floating-point numbers` });
    } else {
      parameters.set(spec.name, tensor('float32', spec.shape, ourLayout(spec, floatsOf(array.read()), shape, layout)));
      matched.push({ ours: spec.name, theirs, shape });
    }
  }
  const derived = deriveStatistics(specs, parameters, layout.normEpsilon.ours);
  moveEpsilon(parameters, new Set(derived), layout.normEpsilon);
  const missing = specs.map(({ name }) => name).filter((name) => !parameters.has(name));
  return { parameters, report: { matched, derived, setAside, leftOver, missing } };
}

/** The shape that the file's array must have: ours, but for the rows of classes. */
function storedShape({ name, shape }: ParameterSpec, { classRows, boxRows }: ForeignLayout): readonly number[] {
  const [rows, ...rest] = shape;
  if (name.startsWith(CLASSIFIER) && classRows !== undefined) return [countRows(classRows, rows!), ...rest];
  if (name.startsWith(REGRESSOR) && boxRows !== undefined) return [4 * countRows(boxRows, rows! / 4), ...rest];
  return shape;
}

/** How many rows the file has: one more than the last that is read, or as many as are read where none is passed over. */
function countRows(rows: readonly (number | null)[], ours: number): number {
  const last = rows.reduce<number>((highest, row) => Math.max(highest, row ?? -1), -1);
  return rows.length === ours ? last + 1 : -1;
}

const isFloat = ({ stored }: StoredArray): boolean => /(^|[^a-z])b?float\d+$/.test(stored);

function floatsOf({ dtype, data }: Tensor): Float32Array {
  if (dtype === 'float16') return floatsFromHalves(data as Uint16Array);
  return dtype === 'float32' ? (data as Float32Array) : Float32Array.from(data as Float64Array);
}

function ourLayout(
  { name }: ParameterSpec,
  values: Float32Array,
  shape: readonly number[],
  { isBgr, classRows, boxRows }: ForeignLayout,
): Float32Array {
  if (name === STEM_KERNEL && isBgr) return flippedChannels(values, shape);
  const width = sizeOf(shape.slice(1));
  if (name.startsWith(CLASSIFIER) && classRows !== undefined) return gatherRows(values, classRows, width);
  if (name.startsWith(REGRESSOR) && boxRows !== undefined) return gatherRows(values, boxRows, 4 * width);
  return values;
}

/** Input channels of a `[out, in, kh, kw]` kernel in the opposite order. */
function flippedChannels(values: Float32Array, [outputs, inputs, ...kernel]: readonly number[]): Float32Array {
  const size = sizeOf(kernel);
  const flipped = new Float32Array(values.length);
  for (let row = 0; row < outputs! * inputs!; row++) {
    const [output, channel] = [Math.floor(row / inputs!), row % inputs!];
    const from = (output * inputs! + inputs! - 1 - channel) * size;
    flipped.set(values.subarray(from, from + size), row * size);
  }
  return flipped;
}

function gatherRows(values: Float32Array, rows: readonly (number | null)[], width: number): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (const [to, from] of rows.entries()) {
    if (from !== null) gathered.set(values.subarray(from * width, (from + 1) * width), to * width);
  }
  return gathered;
}

/** Where a norm has affine numbers alone (`y = s x + b`), statistics that leave them alone: mean 0, variance 1 - epsilon. */
function deriveStatistics(specs: readonly ParameterSpec[], parameters: Parameters, epsilon: number): string[] {
  const derived: string[] = [];
  for (const { name, shape } of specs) {
    const [, norm, statistic] = /^(.*)\.running_(mean|var)$/.exec(name) ?? [];
    if (norm === undefined || parameters.has(name)) continue;
    const isAffine = parameters.has(`${norm}.weight`) && parameters.has(`${norm}.bias`);
    const hasHalf = parameters.has(`${norm}.running_${statistic === 'mean' ? 'var' : 'mean'}`);
    if (!isAffine || (hasHalf && !derived.includes(`${norm}.running_mean`))) continue;
    const value = statistic === 'mean' ? 0 : 1 - epsilon;
    parameters.set(name, tensor('float32', shape, new Float32Array(sizeOf(shape)).fill(value)));
    derived.push(name);
  }
  return derived;
}

/** A gain over sqrt(variance + theirs) as one over sqrt(variance + ours). */
function moveEpsilon(
  parameters: Parameters,
  derived: ReadonlySet<string>,
  { theirs, ours }: ForeignLayout['normEpsilon'],
): void {
  if (theirs === ours) return;
  for (const [name, variance] of parameters) {
    const gain = name.endsWith('.running_var') ? parameters.get(name.replace(/running_var$/, 'weight')) : undefined;
    if (gain === undefined || derived.has(name)) continue;
    const moved = gain.data.map(
      (value, at) => value * Math.sqrt((variance.data[at] + ours) / (variance.data[at] + theirs)),
    );
    parameters.set(name.replace(/running_var$/, 'weight'), tensor('float32', gain.shape, moved));
  }
}
