/** @file `deepshop index migrate`: a store's vectors made anew by another model or descriptor, then switched. */
import { Command, Option } from 'commander';
import type { DescriptorName } from '../embedding/descriptor.ts';
import { printable } from '../errors/printable.ts';
import { type MigrationReport, migrateStore } from '../stores/migrate-store-node.ts';
import { readStamp } from '../stores/open-store-node.ts';
import { bundledModel, type LoadEngine, log, markFailed, printJson, printLine } from './command-runtime.ts';
import { addEncoderFlag, askedDescriptor } from './encoder-flag.ts';
import { showProgress } from './progress.ts';

interface Flags {
  readonly model: string;
  readonly encoder?: string;
  readonly descriptor?: DescriptorName;
  readonly dropFailed?: boolean;
  readonly json?: boolean;
}

export function migrateCommand(loadEngine: LoadEngine): Command {
  const command = new Command('migrate')
    .description(
      'move a store to another model, descriptor or encoder; the old vectors answer until the new ones are there',
    )
    .argument('<store>', 'store made by deepshop index')
    .option('--model <dir>', 'model directory', bundledModel);
  return addEncoderFlag(command)
    .addOption(
      new Option('--descriptor <name>', "what the new vectors describe; the store's own unless given").choices([
        'garment',
        'paper',
      ]),
    )
    .option('--drop-failed', 'leave items out whose picture cannot be read, rather than stay with the old vectors')
    .option('--json', 'print one JSON document')
    .action(async (store: string, { model, encoder, descriptor: given, dropFailed, json }: Flags) => {
      const asked = askedDescriptor({ encoder, descriptor: given });
      const descriptor = asked ?? (await readStamp(store)).descriptor;
      const engine = await loadEngine(model, { encoder });
      const progress = showProgress('migrating');
      let report: MigrationReport;
      try {
        const onRow = ({ embedded, known, numFailed }: MigrationReport) =>
          progress.update(embedded + known + numFailed);
        report = await migrateStore(store, { engine, descriptor, dropFailed, onRow });
      } finally {
        progress.stop();
      }
      if (!report.hasSwitched && report.numFailed > 0) markFailed();
      const { numFailed, ...others } = report;
      if (json) printJson(numFailed > report.failed.length ? report : others);
      else printReport(report, store);
    });
}

function printReport({ embedded, known, hasSwitched, numFailed, failed }: MigrationReport, store: string): void {
  for (const { source, reason } of failed) log(`${printable(source)}: ${printable(reason)}`);
  if (numFailed > failed.length) log(`and ${numFailed - failed.length} more`);
  if (hasSwitched) printLine(`${embedded + known} moved, ${numFailed} left out in ${printable(store)}`);
  else if (numFailed === 0) printLine(`${printable(store)} is of this model and descriptor already`);
  else {
    printLine(`${embedded + known} ready, ${numFailed} failed; ${printable(store)} answers as before`);
    log('Bring the pictures back and run it again, or give --drop-failed to leave these items out.');
  }
}
