/** @file `deepshop convert`: labelled photos from one format to another, into a new folder. */
import { Command, Option } from 'commander';
import { checkBoxes } from '../dataset/coco-boxes.ts';
import { DatasetError, listFaults } from '../dataset/dataset-error.ts';
import { openLabelledSet } from '../dataset/formats/open-set-node.ts';
import { type WrittenFormat, writeLabelledSet, writtenFormats } from '../dataset/formats/write-set-node.ts';
import { plural } from '../text/plural.ts';
import { printJson, printLine } from './command-runtime.ts';
import { describeCorrections } from './describe-counts.ts';

interface Flags {
  readonly to: WrittenFormat;
  readonly out: string;
  readonly images?: string;
  readonly photos: boolean;
  readonly json?: boolean;
}

export function convertCommand(): Command {
  return new Command('convert')
    .description('write labelled photos in another format')
    .argument('<dataset>', 'prepared data set, COCO file, or folder of VOC, YOLO or DeepFashion2')
    .addOption(new Option('--to <format>', 'format to write').choices(writtenFormats).makeOptionMandatory())
    .requiredOption('--out <dir>', 'new folder to write')
    .option('--images <dir>', 'folder of the photos of a COCO file or of VOC')
    .option('--no-photos', 'write the labels alone')
    .option('--json', 'print the report as JSON')
    .action(async (path: string, { to, out, images, photos, json }: Flags) => {
      const set = await openLabelledSet(path, images);
      if (set.faults.length > 0) {
        const what = `${plural(set.faults.length, 'photo that has', 'photos that have')} labels cannot be read`;
        throw new DatasetError('dataset-image-missing', what, {
          where: set.where,
          expected: 'every photo that has labels',
          got: listFaults(set.faults.map(({ message }) => message)),
          cure: 'deepshop doctor lists them all.',
        });
      }
      const { coco, clipped, empty, outlines } = checkBoxes(set.given, set.where);
      const omitted = await writeLabelledSet(
        out,
        to,
        { coco, images: set.images, sides: set.sides },
        { withPhotos: photos },
      );
      const report = {
        out,
        from: set.format,
        to,
        photos: coco.images.length,
        boxes: coco.annotations.length,
        clipped,
        empty,
        omitted: { ...omitted, outlines },
      };
      if (json) {
        printJson(report);
        return;
      }
      printLine(
        `${plural(report.photos, 'photo')} and ${plural(report.boxes, 'box', 'boxes')}, ${set.format} to ${to}`,
      );
      for (const line of describeCorrections({ clipped, empty })) printLine(line);
      if (outlines > 0) printLine(`outlines of ${plural(outlines, 'box', 'boxes')} were left out`);
      if (omitted.regions > 0)
        printLine(
          `${plural(omitted.regions, 'region to ignore was', 'regions to ignore were')} left out: ${to} has none`,
        );
      if (omitted.facts > 0)
        printLine(
          `attributes, landmarks or pairs of ${plural(omitted.facts, 'garment')} were left out: ${to} has none`,
        );
      printLine(`written to ${out}`);
    });
}
