/**
 * @file What 8-bit weights would cost: kernels rounded to 255 steps a row of output channels, the network's arithmetic
 * unchanged (the runtime widens them when it loads), beside the halves that are shipped; and what the halves cost, where the
 * weights before rounding are at hand (`--full`, a model directory in float32). Metrics on val, size, agreement of vectors.
 *
 *     npx tsx benchmarks/quantisation.ts [--model DIR] [--full DIR] --data PREPARED...
 */
import { parseArgs } from 'node:util';
import { readModel } from '../src/detector/model-directory-node.ts';
import { compareRounded, measureRoundedWeights } from './rounded-weights.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/lite0-street13' },
    full: { type: 'string' },
    data: { type: 'string', multiple: true, default: [] as string[] },
  },
});

const halves = await readModel(values.model);
const full = values.full === undefined ? null : await readModel(values.full);
if (full !== null) {
  const { numbers, inexact, others } = compareRounded(full, halves);
  console.log(`of ${numbers} numbers in kernels ${inexact} are no halves; rounded, ${others} differ from the model's`);
}
for (const { bits, bytes, sets, agreement } of await measureRoundedWeights(halves, full, values.data)) {
  const figures = sets.map(
    ({ photos, AP, AP50 }, index) =>
      `${values.data[index]}, val, ${photos} photos: mAP@0.5 ${AP50.toFixed(4)}, AP ${AP.toFixed(4)}`,
  );
  console.log(`${bits} bits, ${(bytes / 1e6).toFixed(1)} MB: ${figures.join('; ')}`);
  if (agreement === null) continue;
  const { boxes, mean, lowest } = agreement;
  console.log(
    `  vectors of the same ${boxes} boxes against 16 bits: cosine ${mean.toFixed(4)} in the mean, ${lowest.toFixed(4)} at least`,
  );
}
