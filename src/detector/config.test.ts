import { expect, test } from 'vitest';
import bundled from '../../models/lite0-street13/model.json' with { type: 'json' };
import finetune from '../../recipes/finetune.json' with { type: 'json' };
import firstLeg from '../../recipes/lite0-street13.json' with { type: 'json' };
import secondLeg from '../../recipes/lite0-street13-384.json' with { type: 'json' };
import whole from '../../recipes/lite0-street13-whole.json' with { type: 'json' };
import paper6 from '../../recipes/paper6-lite0.json' with { type: 'json' };
import paper6Alternating from '../../recipes/paper6-lite0-alternating.json' with { type: 'json' };
import { DeepShopError } from '../errors/errors.ts';
import {
  countAnchorsPerPlace,
  countClasses,
  type DetectorConfigInput,
  levelRule,
  lite0DetectorConfig,
  parseDetectorConfig,
  proposalRule,
  resnet50DetectorConfig,
} from './config.ts';

test('the defaults are those of torchvision', () => {
  const config = resnet50DetectorConfig(['top', 'trousers']);
  expect(config.rpn.preNmsTop).toEqual({ train: 2000, test: 1000 });
  expect(config.boxHead).toMatchObject({ hidden: [1024, 1024], batchSize: 512, deltaWeights: [10, 10, 5, 5] });
  expect(countClasses(config)).toBe(3);
  expect(countAnchorsPerPlace(config)).toBe(3);
  expect(levelRule(config)).toEqual({ minLevel: 2, maxLevel: 5, canonicalScale: 224, canonicalLevel: 4 });
});

test.each([whole, finetune])('the recipe $name trains the default model', ({ detector, name }) => {
  expect(parseDetectorConfig({ ...detector, classes: ['top'] }, name)).toEqual(lite0DetectorConfig(['top']));
});

test('the bundled model has the default architecture', () => {
  const { architecture, classes } = bundled;
  expect(parseDetectorConfig({ ...architecture, classes }, 'the bundled model')).toEqual(lite0DetectorConfig(classes));
});

test.each([firstLeg, secondLeg, paper6, paper6Alternating])(
  'the recipe $name trains the default model but for the sizes of anchors, the number of proposals and how they are read',
  ({ detector, name }) => {
    const config = lite0DetectorConfig(['top']);
    const { anchors, rpn, boxHead, ...others } = parseDetectorConfig({ ...detector, classes: ['top'] }, name);
    const postNmsTop = { ...config.rpn.postNmsTop, test: rpn.postNmsTop.test };
    expect(rpn).toEqual({ ...config.rpn, postNmsTop });
    expect({ ...boxHead, readings: 2, votingIou: 0.6 }).toEqual(config.boxHead);
    expect({ ...config, ...others }).toEqual(config);
    expect(anchors.ratios).toEqual(config.anchors.ratios);
    expect(levelRule(config)).toMatchObject({ minLevel: 3, maxLevel: 5 });
    expect(proposalRule(config, 'train')).toMatchObject({ preNmsTop: 1000, postNmsTop: 500, nmsThreshold: 0.7 });
  },
);

test('a configuration survives JSON', () => {
  const config = lite0DetectorConfig(['top', 'skirt']);
  expect(parseDetectorConfig(JSON.parse(JSON.stringify(config)), 'model.json')).toEqual(config);
});

const base: DetectorConfigInput = { trunk: 'lite0', classes: ['top'] };
test.each<[string, unknown, RegExp]>([
  ['a key of a newer version', { ...base, quantum: true }, /model\.json.*quantum.*newer version/],
  ['a nested unknown key', { ...base, rpn: { preNmsTopp: 3 } }, /rpn: .*preNmsTopp/],
  ['no classes', { ...base, classes: [] }, /classes/],
  ['two classes of one name', { ...base, classes: ['top', 'top'] }, /classes: names differ/],
  ['a level without anchors', { ...base, fpn: { strides: [8, 16] } }, /anchors\.sizes: one list of sizes/],
  ['strides with a gap', { ...base, fpn: { strides: [4, 16, 32, 64] } }, /fpn\.strides: each stride is twice/],
  ['strides that are no powers of two', { ...base, fpn: { strides: [3, 6, 12, 24] } }, /powers of two/],
  [
    'levels with unequal counts of sizes',
    { ...base, anchors: { sizes: [[8], [8], [8], [8], [8, 9]] } },
    /share one RPN head/,
  ],
  ['a norm of its own making', { ...base, norm: 'batch' }, /norm/],
  [
    'group norm in a separable pyramid',
    { ...base, norm: 'group', fpn: { separable: true } },
    /fpn\.separable: .*no group norm/,
  ],
  ['anchors of a pyramid without one', { ...base, fpn: null }, /anchors\.sizes: .*one for C4 alone/],
  [
    'a stride on the 1x1 of a trunk without bottlenecks',
    { ...base, trunkStride: '1x1' },
    /trunkStride: 1x1 is for ResNets/,
  ],
  ['thresholds upside down', { ...base, rpn: { foregroundIou: 0.2 } }, /rpn\.backgroundIou/],
])('%s is refused with its place', (_name, value, message) => {
  const parse = () => parseDetectorConfig(value, 'model.json');
  expect(parse).toThrow(DeepShopError);
  expect(parse).toThrow(message);
});
