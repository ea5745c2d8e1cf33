/** @file `deepshop train-vector`: gives a trained detector a garment vector that finds garments again, and calibrates it. */
import { Command } from 'commander';
import { plural } from '../text/plural.ts';
import { calibrateModel, printMeasured } from './calibrate.ts';
import { log, parsePositiveInteger, printJson } from './command-runtime.ts';
import { type Progress, showProgress } from './progress.ts';
import { addRephotographFlags, type RephotographFlags } from './rephotograph-flags.ts';

interface Flags extends RephotographFlags {
  readonly model: string;
  readonly data: readonly string[];
  readonly out: string;
  readonly views: number;
  readonly steps?: number;
  readonly dimension?: number;
}

const details = `
The detector stays as it is: boxes, classes and scores of --out are those of --model. Run it again after
every new detector. Garments of the data sets' training side without the dev fold are learned from; matches
are calibrated on the dev fold of the first data set. The same command gives the same bits.

  deepshop train-vector --model runs/shop/best --data data/flat --grounds data/street --out models/shop`;

export function trainVectorCommand(): Command {
  const command = new Command('train-vector')
    .description('train the garment vector of a detector on garments photographed again, and calibrate its matches')
    .requiredOption('--model <dir>', 'detector that the vector is read from')
    .requiredOption('--data <set...>', 'prepared data sets with masks')
    .requiredOption('--out <dir>', 'model directory to write; may be that of --model')
    .option('--views <n>', 'new pictures of each garment', parsePositiveInteger, 2)
    .option('--steps <n>', 'training steps', parsePositiveInteger)
    .option('--dimension <n>', 'numbers a vector', parsePositiveInteger);
  return addRephotographFlags(command, { seed: 'the pictures and the weights' })
    .addHelpText('after', details)
    .action(async (flags: Flags) => {
      const { model: directory, data, grounds, out, views, steps, dimension, seed, threads } = flags;
      const [{ readModel, writeWithDescriptors }, { standardLearning, trainVector }, { defaultLearnedDescriptor }] =
        await Promise.all([
          import('../detector/model-directory-node.ts'),
          import('../embedding/train-vector-node.ts'),
          import('../detector/descriptors.ts'),
        ]);
      const model = await readModel(directory);
      const definition = defaultLearnedDescriptor(model.config);
      const learning = { ...standardLearning, seed, ...(steps === undefined ? {} : { steps }) };
      let reading: Progress | undefined;
      let training: Progress | undefined;
      const trained = await trainVector(model, {
        ...{ data, grounds, views, learning },
        definition: dimension === undefined ? definition : { ...definition, dimension },
        ...(threads === undefined ? {} : { threads }),
        onView(done, total) {
          reading ??= showProgress('views', total);
          reading.update(done);
          if (done === total) reading.stop();
        },
        onStep({ step, viewLoss, classLoss }) {
          training ??= showProgress('steps', learning.steps);
          training.update(step);
          if (step === learning.steps) training.stop();
          if (step % 500 === 0)
            log(`step ${step}: loss of views ${viewLoss.toFixed(3)}, of classes ${classLoss.toFixed(3)}`);
        },
      });
      const { paper } = model.descriptors;
      await writeWithDescriptors(out, model, {
        parameters: trained.parameters,
        descriptors: { garment: trained.definition, paper },
        section: `## Garment vector\n\n${trained.definition.dimension} numbers, trained by \`deepshop train-vector\` on ${plural(trained.numGarments, 'garment')} with ${plural(views, 'new picture')} each, ${plural(learning.steps, 'step')}, seed ${seed}; the detector stayed as it was.`,
      });
      const measured = await calibrateModel({ directory: out, out, data: data[0], grounds, seed, threads });
      if (flags.json) printJson({ garments: trained.numGarments, dimension: trained.definition.dimension, measured });
      else printMeasured(out, measured);
    });
}
