import { expect, test } from 'vitest';
import { add, relu, total } from './arithmetic.ts';
import { gradients } from './gradients.ts';
import { concat } from './layout.ts';
import { conv, matmul } from './neural.ts';
import { input, nodesOf } from './value.ts';

const x = (...shape: number[]) => input('x', 'float32', shape);
const w = (...shape: number[]) => input('w', 'float32', shape);

test.each([
  [() => add(x(2, 3), w(4, 3)), 'Add(x [2,3], w [4,3])'],
  [() => matmul(relu(x(2, 3)), w(4, 3)), 'MatMul(Relu [2,3], w [4,3])'],
  [() => conv(x(1, 8, 9, 9), w(4, 3, 3, 3), null), 'Conv(x [1,8,9,9], w [4,3,3,3])'],
  [() => concat([x(2, 3), w(2, 3, 1)], 0), 'Concat(x [2,3], w [2,3,1])'],
])('an error names the operator and the shapes of its operands: %#', (build, named) => {
  expect(build).toThrow(expect.objectContaining({ code: 'graph-invalid', message: expect.stringContaining(named) }));
});

test('what no gradient is asked of costs no operator', () => {
  const [image, kernel] = [x(1, 3, 9, 9), w(4, 3, 3, 3)];
  const loss = total(conv(image, kernel, null));
  const [toKernel] = gradients(loss, [kernel]);
  const both = gradients(loss, [kernel, image]);
  expect(nodesOf([toKernel!]).length).toBeLessThan(nodesOf(both.map((value) => value!)).length);
  expect(gradients(loss, [x(2)])).toEqual([null]);
});
