/** @file `deepshop prepare`: labelled photos in, a data set for training and evaluation out. */
import { Command } from 'commander';
import { readCocoSet } from '../dataset/formats/read-coco-node.ts';
import { readDeepFashion2Set } from '../dataset/formats/read-deepfashion2-node.ts';
import { readVocSet } from '../dataset/formats/read-voc-node.ts';
import { readYoloSet } from '../dataset/formats/read-yolo-node.ts';
import type { LabelledSet } from '../dataset/labelled-set.ts';
import { type PrepareReport, prepareLabelled } from '../dataset/prepare-node.ts';
import { UsageError } from '../errors/errors.ts';
import { printable } from '../errors/printable.ts';
import { plural } from '../text/plural.ts';
import { printJson, printLine } from './command-runtime.ts';
import { describeCorrections, describeCounts } from './describe-counts.ts';
import { prepareDeepFashionCommand } from './prepare-deepfashion.ts';

/** Labels that are named in a warning. */
const shownLabels = 10;

interface PrepareFlags {
  relabel?: string;
  source?: string;
  split?: string;
  masks?: string;
  out: string;
  json?: boolean;
}

/** The command, to be added to the program. */
export function prepareCommand(): Command {
  const coco = new Command('coco')
    .description('prepare a data set from a COCO file of boxes (COCO, Fashionpedia, ModaNet...)')
    .requiredOption('--annotations <file>', 'COCO file')
    .requiredOption('--images <dir>', 'folder that the file names start from');
  const deepFashion2 = new Command('deepfashion2')
    .description('prepare a data set from DeepFashion2')
    .requiredOption('--root <dir>', 'folder that holds train and validation');
  const voc = new Command('voc')
    .description('prepare a data set from Pascal VOC')
    .requiredOption('--root <dir>', 'folder that holds Annotations, JPEGImages and ImageSets; or XML files and photos')
    .option('--images <dir>', 'folder of the photos, if another');
  const yolo = new Command('yolo')
    .description('prepare a data set from YOLO label files')
    .requiredOption('--root <path>', 'folder that holds data.yaml or classes.txt; or the data.yaml');
  return new Command('prepare')
    .description('labelled photos to a data set')
    .addCommand(
      preparing<{ annotations: string; images: string }>(coco, (flags) => readCocoSet(flags.annotations, flags.images)),
    )
    .addCommand(prepareDeepFashionCommand())
    .addCommand(preparing<{ root: string }>(deepFashion2, ({ root }) => readDeepFashion2Set(root)))
    .addCommand(preparing<{ root: string; images?: string }>(voc, ({ root, images }) => readVocSet(root, images)))
    .addCommand(preparing<{ root: string }>(yolo, ({ root }) => readYoloSet(root)));
}

/** What is done with labelled photos is the same for each format. */
function preparing<F>(command: Command, read: (flags: F) => Promise<LabelledSet>): Command {
  return command
    .option('--relabel <file>', 'old labels to new classes, regions to ignore, or nothing')
    .option('--source <name>', "which of the relabelling's sources")
    .option('--split <file>', 'JSON of file name to "train" or "val"')
    .option('--masks <dir>', "folder of garment masks: the photo's name with .png")
    .requiredOption('--out <dir>', 'folder to write')
    .option('--json', 'print the report as JSON')
    .action(async (flags: PrepareFlags & F) => {
      if (flags.source !== undefined && flags.relabel === undefined) {
        throw new UsageError('--source chooses a source of --relabel', { got: `--source ${flags.source} alone` });
      }
      const { relabel, source, split, masks, out } = flags;
      const report = await prepareLabelled(await read(flags), { relabel, source, split, masks, out });
      if (flags.json) printJson(report);
      else printLine(describePreparation(report));
    });
}

/** The report as people read it: a table of boxes a class, then what was put right or left out. */
function describePreparation(report: PrepareReport): string {
  const { out, dataset, clipped, empty, outlines, dropped, unknownLabels, unsplit, unmasked } = report;
  const lines = describeCounts(dataset);
  const droppedList = Object.entries(dropped)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${printable(name)} ${count}`);
  lines.push(...describeCorrections({ clipped, empty }));
  if (outlines > 0)
    lines.push(`outlines of ${plural(outlines, 'box', 'boxes')} were left out: a data set has boxes alone`);
  if (droppedList.length > 0) lines.push(`labels left out: ${droppedList.join(', ')}`);
  if (unknownLabels.length > 0) lines.push(describeUnknown(unknownLabels));
  if (unsplit > 0) lines.push(`${plural(unsplit, 'photo')} not named by the split: in annotations.json alone`);
  if (unmasked > 0) lines.push(`${plural(unmasked, 'photo has', 'photos have')} no mask`);
  return `${lines.join('\n')}\nwritten to ${out}`;
}

function describeUnknown(labels: readonly string[]): string {
  const count = plural(labels.length, 'label of the relabelling is none', 'labels of the relabelling are none');
  const names = labels.slice(0, shownLabels).map((name) => JSON.stringify(printable(name)));
  const more = labels.length - names.length;
  return `warning: ${count} of this data set: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
