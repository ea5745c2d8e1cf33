import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type GoldenTensor, goldenTensor, goldenTensors } from '../../tests/golden/blocks.ts';
import { expectClose } from '../../tests/golden/expect-close.ts';
import { runGraph } from '../../tests/run-graph.ts';
import { input } from '../graph/value.ts';
import { featurePyramid, withSubsampledLevel } from './fpn.ts';
import { ParameterScope } from './parameters.ts';

const { pyramid, source } = JSON.parse(
  readFileSync(new URL('../../tests/golden/nn-blocks.json', import.meta.url), 'utf8'),
) as {
  pyramid: { parameters: Record<string, GoldenTensor>; features: GoldenTensor[]; levels: GoldenTensor[] };
  source: { generator: string; versions: Record<string, string> };
};

test("the pyramid and its subsampled level equal torchvision's", async () => {
  const scope = ParameterScope.root();
  const build = featurePyramid(scope, { inputs: [2, 3, 4], width: 2 });
  expect(scope.specs.map(({ name }) => name).sort()).toEqual(Object.keys(pyramid.parameters).sort());
  const features = pyramid.features.map(({ shape }, i) => input(`c${i}`, 'float32', shape));
  const levels = withSubsampledLevel(build(features));
  const feeds = goldenTensors(pyramid.parameters);
  pyramid.features.forEach((feature, i) => {
    feeds.set(`c${i}`, goldenTensor(feature));
  });
  const found = await runGraph(Object.fromEntries(levels.map((level, i) => [`p${i}`, level])), feeds);
  pyramid.levels.forEach(({ shape, data }, i) => {
    expect(found[`p${i}`].shape).toEqual(shape);
    expectClose(found[`p${i}`].data, data, 1e-4, source);
  });
});
