import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseEncoder } from './encoder-definition.ts';

const golden = JSON.parse(
  await readFile(new URL('../../tests/golden/encoder/encoder.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const parse = (change: Record<string, unknown>) =>
  parseEncoder(JSON.stringify({ ...golden, ...change }), 'encoder.json');

describe('encoder.json', () => {
  test('has defaults for what most encoders share', () => {
    expect(parse({})).toMatchObject({ interpolation: 'bilinear-antialias', channels: 'rgb', layout: 'NCHW' });
  });

  test('lets vectors keep their length where straight distance compares them', () => {
    expect(parse({ metric: 'euclidean', normalise: false })).toMatchObject({ normalise: false });
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ normalise: false }, /encoder\.json: .*got normalise: must be true where the metric is cosine/],
    [{ std: [0, 1, 1] }, /got std\.0: /],
    [{ mean: [0.5] }, /got mean: /],
    [{ fit: { kind: 'stretch' } }, /got fit\.kind: /],
    [{ fit: { kind: 'pad' } }, /got fit\.colour: /],
    [{ fit: { kind: 'pad', colour: [0, 0, 256] } }, /got fit\.colour\.2: /],
    [{ region: { kind: 'box' } }, /got region\.margin: /],
    [{ size: { height: 1e9, width: 1 } }, /got size\.height: /],
    [{ layout: 'CHW' }, /got layout: /],
    [{ interpolation: 'bicubic' }, /got interpolation: .*bilinear-antialias/],
    [{ resize: 224 }, /got the whole: .*resize.*\. Correct the named keys/],
    [{ formatVersion: 2 }, /newer version.*expected formatVersion 1; got 2\. Update/],
    [{ calibration: { strong: 0.2, fair: 0.5, pairs: 3, source: 'x' } }, /strong must not be below fair/],
  ])('is refused with %j', (change, message) => {
    expect(() => parse(change)).toThrow(message);
  });

  test.each<[string, RegExp]>([
    ['ONNX', /is not JSON; expected a JSON text; got .*docs\/encoders\.md/],
    ['[]', /is no description of an encoder/],
    ['{"name": "a", "name": "b"}', /has the key "name" twice/],
  ])('is refused as %j', (text, message) => {
    expect(() => parseEncoder(text, 'encoder.json')).toThrow(message);
  });
});
