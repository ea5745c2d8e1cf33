/**
 * @file Averages the weights of two models of one architecture, which the same training led to one after the other.
 *
 *     npx tsx scripts/average-models.ts --model RUN1/best --model RUN2/best --proposals 50 --out DIR
 *
 * `--proposals` sets how many proposals a photo gets when it is served. Reference: https://arxiv.org/abs/2203.05482
 */
import { parseArgs } from 'node:util';
import { readModel, writeModel } from '../src/detector/model-directory-node.ts';
import type { Parameters } from '../src/nn/parameters.ts';
import { tensor } from '../src/tensor/tensor.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    proposals: { type: 'string' },
    out: { type: 'string' },
  },
});
const [first, second] = await Promise.all(values.model!.map((directory) => readModel(directory)));
const parameters: Parameters = new Map(
  [...first!.parameters].map(([name, { shape, data }]) => {
    const other = second!.parameters.get(name)!.data;
    return [
      name,
      tensor(
        'float32',
        shape,
        data.map((value, i) => (value + other[i]!) / 2),
      ),
    ];
  }),
);
const { name, config, preprocessing, temperature } = second!;
const { postNmsTop } = config.rpn;
const test = values.proposals === undefined ? postNmsTop.test : Number(values.proposals);
const rpn = { ...config.rpn, postNmsTop: { ...postNmsTop, test } };
await writeModel(values.out!, { name, config: { ...config, rpn }, preprocessing, temperature, parameters });
