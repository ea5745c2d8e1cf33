import { expect, test } from 'vitest';
import { ParameterScope } from '../parameters.ts';
import { isInFrozenStage, trunks } from './trunk.ts';

for (const [name, trunk] of Object.entries(trunks)) {
  test(`every parameter of ${name} belongs to exactly one stage`, () => {
    const scope = ParameterScope.root();
    trunk.build(scope.child('trunk'), { padding: 'same' });
    for (const spec of scope.specs) {
      const stages = trunk.stages.filter((prefixes) =>
        prefixes.some((prefix) => spec.name.startsWith(`trunk.${prefix}`)),
      );
      expect(stages.length, spec.name).toBe(1);
      expect(isInFrozenStage(trunk, 5, spec.name)).toBe(true);
      expect(isInFrozenStage(trunk, 0, spec.name)).toBe(false);
    }
  });
}

test('two frozen stages are the stem and what ends in C2', () => {
  const isFrozen = (name: string) => isInFrozenStage(trunks.lite0, 2, name);
  expect(isFrozen('trunk.conv_stem.weight')).toBe(true);
  expect(isFrozen('trunk.blocks.1.1.conv_dw.weight')).toBe(true);
  expect(isFrozen('trunk.blocks.2.0.conv_dw.weight')).toBe(false);
  expect(isFrozen('fpn.inner_blocks.0.0.weight')).toBe(false);
});
