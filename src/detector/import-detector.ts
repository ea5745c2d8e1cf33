/**
 * @file A detector of ours from another library's file of weights: whole Faster R-CNNs with FPN, or trunks alone, whose
 * heads are then filled afresh.
 */
import { DeepShopError, type ErrorFacts, UsageError } from '../errors/errors.ts';
import { type ForeignLayout, foreignParameters, type ImportReport } from '../nn/foreign-parameters.ts';
import { ParameterScope, type Parameters, parametersFromOrInitial } from '../nn/parameters.ts';
import { type TrunkName, trunks } from '../nn/trunks/trunk.ts';
import { plural } from '../text/plural.ts';
import { type NamingName, namingOf, namings } from '../weights/name-maps.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { cocoClasses, cocoNumbers } from './coco-classes.ts';
import { type ForeignStyle, foreignStyle, type StyleOverrides } from './foreign-style.ts';
import { type DetectorNetwork, detectorNetwork } from './network.ts';

export interface ImportOptions extends StyleOverrides {
  readonly arch: TrunkName;
  /** Names of the file's classes; left out: COCO's where their number fits. */
  readonly classes?: readonly string[] | undefined;
  /** Added to the variances of norms by whoever trained; left out: what the library does now. */
  readonly normEpsilon?: number | undefined;
  /** Decides what is filled afresh. */
  readonly seed?: number;
}

/** What a file holds, told from its names, shapes and notes. */
export interface ForeignDetector extends Pick<ForeignStyle, 'config' | 'preprocessing'> {
  readonly naming: NamingName;
  readonly kind: 'detector' | 'trunk';
  /** How the file's numbers are laid out. */
  readonly layout: ForeignLayout;
}

export interface ImportedDetector extends Omit<ForeignDetector, 'layout'> {
  readonly parameters: Parameters;
  readonly report: ImportReport;
  /** Parameters with random numbers: all heads of a trunk alone, and what a detector's file lacks. */
  readonly initialised: readonly string[];
}

/** Weights that do not make a detector of this kind. */
export class ImportError extends DeepShopError {
  constructor(reason: 'names' | 'architecture', summary: string, facts: ErrorFacts) {
    super(`import-${reason}`, summary, facts);
  }
}

/** @param where names the file in errors */
export function importDetector(file: WeightFile, options: ImportOptions, where: string): ImportedDetector {
  const foreign = describeForeign(file, options, where);
  return fillDetector(detectorNetwork(foreign.config), foreign, file, options, where);
}

/** The detector that a file is of, before any of its numbers are read. */
export function describeForeign(file: WeightFile, options: ImportOptions, where: string): ForeignDetector {
  const { arch } = options;
  const naming = namingOf([...file.arrays.keys()]);
  if (naming === null) throw unknownNames(file, where);
  const shapes = shapesOf(file, naming);
  const kind = [...shapes.keys()].some((name) => /^(fpn|rpn|roi_heads)\./.test(name)) ? 'detector' : 'trunk';
  const labels = labelsOf(shapes.get('roi_heads.box_predictor.cls_score.bias')?.[0], options.classes, where);
  const { config, preprocessing, isBgr, background } = foreignStyle(naming, arch, file, labels.classes, options);
  const ours = arch.startsWith('lite') ? 1e-3 : 1e-5;
  const normEpsilon = { theirs: options.normEpsilon ?? ours, ours };
  return { naming, kind, config, preprocessing, layout: { isBgr, ...rowsOf(labels, background), normEpsilon } };
}

/** The numbers of a file for a network of the configuration that it was described with. */
export function fillDetector(
  { specs }: Pick<DetectorNetwork, 'specs'>,
  { layout, ...foreign }: ForeignDetector,
  file: WeightFile,
  { arch, seed = 1 }: Pick<ImportOptions, 'arch' | 'seed'>,
  where: string,
): ImportedDetector {
  const { naming, kind } = foreign;
  const expected = specs.filter(({ name }) => kind === 'detector' || name.startsWith('trunk.'));
  const { parameters: found, report } = foreignParameters(expected, file.arrays, namings[naming], layout);
  checkTrunk(report, namings[naming].nameOf, shapesOf(file, naming), arch, where);
  const { parameters, initialised } = parametersFromOrInitial(specs, found, seed, where);
  return { ...foreign, parameters, report, initialised };
}

/** Shapes by our names; arrays that have none share the empty one. */
function shapesOf({ arrays }: WeightFile, naming: NamingName): ReadonlyMap<string, readonly number[]> {
  const { nameOf } = namings[naming];
  return new Map([...arrays].map(([name, { shape }]) => [nameOf(name) ?? '', shape] as const));
}

interface Labels {
  readonly classes: readonly string[];
  /** The file's row of each of our labels, if its background came first. */
  readonly rows: readonly number[];
  /** Rows of the file, the background among them; null where it has no classifier. */
  readonly count: number | null;
}

/** What classes of whom nothing is known are called. */
const trunkClasses = ['garment'];

/**
 * Which labels a file has. COCO's 91 rows of torchvision become 80 classes: the ten rows of numbers that no class has
 * were never trained, and annotation files know nothing of them. Names for all 90 keep all rows.
 */
function labelsOf(count: number | undefined, given: readonly string[] | undefined, where: string): Labels {
  if (count === undefined) {
    const classes = given === undefined ? trunkClasses : namesOf(given, given.length);
    return { classes, rows: [], count: null };
  }
  const hasGaps = count === 91 && (given === undefined || given.length === cocoClasses.length);
  if (hasGaps) return { classes: given ?? cocoClasses, rows: [0, ...cocoNumbers], count };
  const rows = Array.from({ length: count }, (_, row) => row);
  if (given === undefined) {
    const numbered = rows.slice(1).map((row) => `class${row}`);
    return { classes: count === cocoClasses.length + 1 ? cocoClasses : numbered, rows, count };
  }
  const classes = namesOf(given, count - 1);
  if (classes.length === count - 1) return { classes, rows, count };
  throw new UsageError('the list of classes is not the file’s', {
    where: `--classes for ${where}`,
    expected: `${count - 1} names${count === 91 ? ", or COCO's 80" : ''}`,
    got: `${classes.length}`,
    cure: 'List the classes in the order of their numbers, without the background.',
  });
}

/** torchvision's own lists begin with the background and call gaps N/A. */
function namesOf(given: readonly string[], count: number): string[] {
  const names = given.length === count + 1 && /^_*background_*$/i.test(given[0]) ? given.slice(1) : given;
  return names.map((name, index) => (name === 'N/A' ? `unused-${index + 1}` : name));
}

/** Where our labels' rows are in the file. */
function rowsOf({ rows, count }: Labels, background: 'first' | 'last'): Pick<ForeignLayout, 'classRows' | 'boxRows'> {
  if (count === null) return {};
  if (background === 'first') return { classRows: rows, boxRows: rows };
  return {
    classRows: rows.map((row) => (row === 0 ? count - 1 : row - 1)),
    boxRows: rows.map((row) => (row === 0 ? null : row - 1)),
  };
}

/** A trunk in which a part is random, or of which a part is left, is of another architecture. */
function checkTrunk(
  { missing, leftOver }: ImportReport,
  nameOf: (name: string) => string | null,
  shapes: ReadonlyMap<string, readonly number[]>,
  arch: TrunkName,
  where: string,
): void {
  const isTrunk = (name: string | null) => name?.startsWith('trunk.') === true;
  const lacking = missing.filter(isTrunk);
  const prefixes = trunks[arch].stages.flat().map((prefix) => `trunk.${prefix}`);
  const beyond = leftOver.filter(({ theirs }) => prefixes.some((prefix) => nameOf(theirs)?.startsWith(prefix)));
  if (lacking.length === 0 && beyond.length === 0) return;
  const guess = (Object.keys(trunks) as TrunkName[]).find((name) => name !== arch && fits(name, shapes));
  const cure =
    guess === undefined ? 'Trunks of other kinds are not read.' : `The file looks like ${guess}: give --arch ${guess}.`;
  const what = [
    ...(lacking.length === 0
      ? []
      : [`${plural(lacking.length, 'parameter is', 'parameters are')} not there, such as ${lacking[0]}`]),
    ...(beyond.length === 0
      ? []
      : [`${plural(beyond.length, 'has', 'have')} no place, such as ${beyond[0].theirs} (${beyond[0].why})`]),
  ];
  throw new ImportError('architecture', `the trunk is no ${arch}`, { where, got: what.join('; '), cure });
}

function fits(name: TrunkName, shapes: ReadonlyMap<string, readonly number[]>): boolean {
  const scope = ParameterScope.root();
  trunks[name].build(scope.child('trunk'), { padding: 'symmetric' });
  const kernels = scope.specs.filter((spec) => spec.kind === 'trainable');
  const count = [...shapes].filter(([given, { length }]) => given.startsWith('trunk.') && length === 4).length;
  return kernels.length <= count && kernels.every((spec) => shapes.get(spec.name)?.join() === spec.shape.join());
}

function unknownNames({ arrays }: WeightFile, where: string): ImportError {
  const names = [...arrays.keys()];
  return new ImportError('names', 'the names are of no library that is known here', {
    where,
    expected: 'torchvision, timm (tf_efficientnet_lite0), Detectron or Detectron2',
    got: `${plural(names.length, 'array')}: ${names
      .slice(0, 4)
      .map((name) => name.slice(0, 60))
      .join(', ')}...`,
    cure: 'Rename the arrays, or import the weights that such a library wrote.',
  });
}
