/** @file `deepshop export`: a model as one ONNX file, for programs that know nothing of this package. */
import { Command } from 'commander';
import { printable } from '../errors/printable.ts';
import { plural } from '../text/plural.ts';
import { bundledModel, printJson, printLine } from './command-runtime.ts';

interface Flags {
  readonly model: string;
  readonly out: string;
  readonly photo?: string;
  readonly json?: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write a model as one ONNX file: photo tensor in; boxes, labels, scores and garment vectors out')
    .option('--model <dir>', 'model directory', bundledModel)
    .requiredOption('--out <file>', 'ONNX file to write')
    .option('--photo <file>', 'photo on which file and model are compared (default: one that is drawn)')
    .option('--json', 'print one JSON document')
    .action(async ({ model, out, photo, json }: Flags) => {
      const { exportModel } = await import('./export-model.ts');
      const report = await exportModel(model, out, photo);
      if (json) {
        printJson(report);
        return;
      }
      const { bytes, nodes, comparedDetections } = report;
      printLine(`${printable(out)}: ${(bytes / 1e6).toFixed(1)} MB, ${nodes} operators`);
      printLine(`gives what the model gives on a test photo (${plural(comparedDetections, 'detection')} compared)`);
    });
}
