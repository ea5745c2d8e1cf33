/** @file `deepshop evaluate robustness`: how much worse a detector is on photos that are made worse. */
import { Command, InvalidArgumentError } from 'commander';
import { type Distortion, distortionNames, distortions } from '../image/distortions.ts';
import { plural } from '../text/plural.ts';
import { bundledModel, parseSeed, printJson, printLine } from './command-runtime.ts';
import type { Precision, Robustness, RobustnessOptions } from './measure-robustness.ts';

interface Flags extends RobustnessOptions {
  readonly json?: boolean;
}

const details = `
Distortions: ${distortionNames.map((name) => `${name}, ${distortions[name]}`).join('; ')}.
Boxes are turned with the photos. A drop is of mAP@0.5, against the photos as they are.`;

export function evaluateRobustnessCommand(): Command {
  return new Command('robustness')
    .description('how much mAP@0.5 falls when photos are turned, blurred, dark, small...')
    .option('--model <dir>', 'model to measure', bundledModel)
    .requiredOption('--data <set...>', 'DIR[:PART]: prepared data sets; PART is val (default), dev, train, all')
    .option('--distort <list>', 'some of the distortions: blur,jpeg (default: all)', parseDistortions, distortionNames)
    .option('--seed <n>', 'seed of what they leave open', parseSeed, 1)
    .option('--json', 'print one JSON document')
    .addHelpText('after', details)
    .action(async (flags: Flags) => {
      const { measureRobustness } = await import('./measure-robustness.ts');
      const sets = await measureRobustness(flags);
      if (flags.json) {
        printJson({ model: flags.model, distortions, sets });
        return;
      }
      for (const set of sets) for (const line of describe(set)) printLine(line);
    });
}

function describe({ data, part, photos, boxes, plain, distorted }: Robustness): string[] {
  const row = (name: string, { AP, AP50 }: Precision, drop: string) =>
    `  ${name.padEnd(12)} ${AP50.toFixed(3)}  ${AP.toFixed(3)}  ${drop}`;
  return [
    `${data}, ${part}: ${plural(photos, 'photo')}, ${plural(boxes, 'box', 'boxes')}`,
    `  ${''.padEnd(12)} mAP50  AP     drop of mAP@0.5`,
    row('as they are', plain, ''),
    ...distorted.map((each) => row(each.distortion, each, each.drop.toFixed(3))),
    '',
  ];
}

function parseDistortions(text: string): Distortion[] {
  return text.split(',').map((name) => {
    const known = distortionNames.find((each) => each === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`expected some of ${distortionNames.join(', ')}.`);
    return known;
  });
}
