/** @file `deepshop import-weights`: another library's weights as a model directory. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { DetectorConfig } from '../detector/config.ts';
import type { InputStyle } from '../detector/foreign-style.ts';
import type { ImportedDetector } from '../detector/import-detector.ts';
import { DeepShopError, UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { type TrunkName, trunks } from '../nn/trunks/trunk.ts';
import { plural } from '../text/plural.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { parseSeed, printJson, printLine } from './command-runtime.ts';

interface Flags {
  readonly arch: TrunkName;
  readonly classes?: string;
  readonly out: string;
  readonly strict?: boolean;
  readonly input?: InputStyle;
  readonly trunkStride?: DetectorConfig['trunkStride'];
  readonly normEpsilon?: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function importWeightsCommand(): Command {
  return new Command('import-weights')
    .description("make a model directory of another library's weights: a whole Faster R-CNN with FPN, or a trunk")
    .argument('<file>', '.pth of PyTorch, .pkl of Detectron or Detectron2, .safetensors; nothing of it is ever run')
    .addOption(new Option('--arch <name>', 'the trunk').choices(Object.keys(trunks)).makeOptionMandatory())
    .requiredOption('--out <dir>', 'model directory to write')
    .option('--classes <file>', "names in the order of the file's numbers: a JSON list, or one a line")
    .option('--strict', 'write nothing when anything is missing or left over')
    .addOption(
      new Option('--input <style>', 'what the network sees, where the file does not tell').choices([
        'rgb',
        'bgr',
        'bgr-std',
      ]),
    )
    .addOption(
      new Option('--trunk-stride <kernel>', 'which convolution of a bottleneck skips places').choices(['3x3', '1x1']),
    )
    .option('--norm-epsilon <x>', 'added to variances where the weights were trained', parseEpsilon)
    .option('--seed <n>', 'seed of what is filled afresh', parseSeed, 1)
    .option('--json', 'print one JSON document')
    .action(async (path: string, flags: Flags) => {
      const { readWeightFile } = await import('../weights/weight-file-node.ts');
      const { importDetector } = await import('../detector/import-detector.ts');
      const { writeModel } = await import('../detector/model-directory-node.ts');
      const classes = flags.classes === undefined ? undefined : await readClasses(flags.classes);
      const file = await readWeightFile(path);
      const normEpsilon = flags.normEpsilon ?? (knownEpsilons.find(([name]) => name.test(basename(path))) ?? [])[1];
      const imported = importDetector(file, { ...flags, classes, normEpsilon }, path);
      if (!flags.json) printReport(path, file, imported);
      if (flags.strict === true) requireWhole(imported, path);
      const { config, preprocessing, parameters } = imported;
      const name =
        basename(path)
          .replace(/\.[^.]+$/, '')
          .slice(0, 200) || 'imported';
      // Whole numbers: what the other library detects is detected here.
      const minScore = imported.kind === 'trunk' ? 1 : undefined;
      await writeModel(flags.out, { name, config, preprocessing, parameters, minScore, precision: 'float32' });
      if (flags.json) printJson(asJson(path, file, imported, flags.out));
      else printLine(`wrote ${printable(flags.out)}: ${describeUse(imported)}`);
    });
}

/**
 * Checkpoints of torchvision whose norms have no epsilon, by the hash that their names carry: torchvision sets it to 0
 * when it loads them.
 */
const knownEpsilons: readonly (readonly [name: RegExp, epsilon: number])[] = [
  [/^fasterrcnn_resnet50_fpn_coco-258fb6c6/, 0],
  [/^maskrcnn_resnet50_fpn_coco-bf2d0c1e/, 0],
];

function parseEpsilon(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new UsageError('--norm-epsilon is a number from 0 to 1', { got: text });
}

async function readClasses(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`the list of classes cannot be read (${cause.code})`, { where: path });
  });
  const lines = text.trimStart().startsWith('[') ? parseJson(text, path) : text.split(/\r?\n/);
  const names = z.array(z.string().max(200)).safeParse(lines);
  const classes = names.success ? names.data.map((name) => name.trim()).filter((name) => name !== '') : [];
  if (classes.length > 0) return classes;
  throw new UsageError('is no list of classes', { where: path, expected: 'a JSON list of names, or one name a line' });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('is no JSON list', { where: path, got: (cause as Error).message });
  }
}

function requireWhole({ report }: ImportedDetector, where: string): void {
  const { missing, leftOver } = report;
  if (missing.length + leftOver.length === 0) return;
  const some = (names: readonly string[]) => `${names.slice(0, 3).join(', ')}${names.length > 3 ? '...' : ''}`;
  const got = [
    ...(missing.length === 0 ? [] : [`${missing.length} missing (${some(missing)})`]),
    ...(leftOver.length === 0 ? [] : [`${leftOver.length} left over (${some(leftOver.map(({ theirs }) => theirs))})`]),
  ];
  throw new DeepShopError('import-incomplete', 'file and network do not match to the last array', {
    where,
    got: got.join(', '),
    cure: 'Nothing was written. Without --strict, what is missing is filled afresh and what is left over is passed by.',
  });
}

const sources = {
  torchvision: "torchvision's names",
  timm: "timm's names",
  detectron: "Detectron's blobs",
  detectron2: "Detectron2's names",
} as const;

/** Names that are listed before the rest is counted. */
const LISTED = 12;

function printReport(path: string, { format, notes }: WeightFile, imported: ImportedDetector): void {
  const { report, naming, kind, initialised, config } = imported;
  const { matched, derived, setAside, leftOver, missing } = report;
  printLine(
    `${printable(path)}: ${format}, ${sources[naming]}, ${kind === 'trunk' ? 'a trunk alone' : 'a whole detector'}`,
  );
  if (notes.has('__author__')) printLine(`by ${printable(notes.get('__author__')!.slice(0, 100))}`);
  printLine();
  printLine('part        matched   derived   missing    afresh');
  for (const part of ['trunk', 'fpn', 'rpn', 'roi_heads']) {
    const isPart = (name: string) => name.startsWith(`${part}.`);
    const counts = [matched.map(({ ours }) => ours), derived, missing, initialised];
    printLine(part.padEnd(9) + counts.map((names) => String(names.filter(isPart).length).padStart(10)).join(''));
  }
  printLine();
  list(
    'left over',
    leftOver.map(({ theirs, shape, why }) => `${theirs} [${shape}]: ${why}`),
  );
  list('missing', missing);
  list('set aside', grouped(setAside));
  printLine(
    `classes: ${config.classes.length} (${printable(config.classes.slice(0, 5).join(', '))}${config.classes.length > 5 ? '...' : ''})`,
  );
}

/** One row for each kind of thing that is of no use here. */
function grouped(setAside: ImportedDetector['report']['setAside']): string[] {
  const counts = new Map<string, string[]>();
  for (const { theirs, what } of setAside) counts.set(what, [...(counts.get(what) ?? []), theirs]);
  return [...counts].map(([what, names]) => `${plural(names.length, 'array')}: ${what} (${names[0]})`);
}

function list(title: string, rows: readonly string[]): void {
  printLine(rows.length === 0 ? `${title}: none` : `${title}:`);
  for (const row of rows.slice(0, LISTED)) printLine(`  ${printable(row)}`);
  if (rows.length > LISTED) printLine(`  and ${rows.length - LISTED} more (--json lists all)`);
}

function describeUse({ kind }: ImportedDetector): string {
  return kind === 'trunk' ? 'a start for deepshop train --from; it detects nothing yet' : 'for every --model';
}

function asJson(file: string, { format }: WeightFile, imported: ImportedDetector, out: string): object {
  const { naming, kind, config, preprocessing, report, initialised } = imported;
  return { file, out, format, naming, kind, architecture: config, preprocessing, ...report, initialised };
}
