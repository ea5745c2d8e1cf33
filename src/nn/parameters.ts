/**
 * @file Parameters: graph inputs that are declared once, with a name, a shape and a way to fill them.
 *
 * A layer declares its parameters in a scope and returns a function of its input, so that a layer used at several
 * places (the RPN head on every level) has one set of parameters. The specs that collect in the scope are all that
 * training, checkpoints and loading need to know.
 */
import { assert } from '../errors/assert.ts';
import { DeepShopError } from '../errors/errors.ts';
import { input, type Value } from '../graph/value.ts';
import { Random, seedFrom } from '../random/random.ts';
import { type Shape, sizeOf, type Tensor, tensor } from '../tensor/tensor.ts';
import { floatsFromHalves } from '../weights/float16.ts';
import type { Initialiser } from './initialisers.ts';

/** A frozen parameter (a statistic of batch norm) is never trained, whatever a recipe says. */
export type ParameterKind = 'trainable' | 'frozen';

export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly kind: ParameterKind;
  readonly initialise: (random: Random) => Float32Array;
}

/** A layer applied: from its input to its output. */
export type Layer = (x: Value) => Value;

/** Where layers declare parameters. Children share the list and put their name before a dot. */
export class ParameterScope {
  readonly #prefix: string;
  readonly #specs: Map<string, ParameterSpec>;

  private constructor(prefix: string, specs: Map<string, ParameterSpec>) {
    this.#prefix = prefix;
    this.#specs = specs;
  }

  /** A scope with nothing declared. */
  static root(): ParameterScope {
    return new ParameterScope('', new Map());
  }

  /** Everything declared in this scope and its relatives, in the order of declaration. */
  get specs(): readonly ParameterSpec[] {
    return [...this.#specs.values()];
  }

  child(name: string | number): ParameterScope {
    return new ParameterScope(`${this.#prefix}${name}.`, this.#specs);
  }

  /** Declares a float32 parameter that may be trained. */
  parameter(name: string, shape: Shape, initialise: Initialiser): Value {
    return this.#declare(name, shape, initialise, 'trainable');
  }

  /** Declares a float32 parameter that is never trained. */
  frozen(name: string, shape: Shape, initialise: Initialiser): Value {
    return this.#declare(name, shape, initialise, 'frozen');
  }

  #declare(name: string, shape: Shape, initialise: Initialiser, kind: ParameterKind): Value {
    const fullName = this.#prefix + name;
    assert(!this.#specs.has(fullName), `parameter ${fullName} is declared twice`);
    this.#specs.set(fullName, { name: fullName, shape, kind, initialise: (random) => initialise(shape, random) });
    return input(fullName, 'float32', shape);
  }
}

/** Weights that do not fit the network they are loaded into. */
export class ParameterError extends DeepShopError {
  constructor(summary: string, facts: ConstructorParameters<typeof DeepShopError>[2] = {}) {
    super('parameters-mismatch', summary, facts);
  }
}

export type Parameters = Map<string, Tensor<'float32'>>;

/** One fresh parameter. It depends on the seed and its own name alone, not on what else is declared. */
function initialParameter(spec: ParameterSpec, seed: number): Tensor<'float32'> {
  return tensor('float32', spec.shape, spec.initialise(new Random(seedFrom(seed, spec.name))));
}

/** Arrays by name as tensors of the shapes that the specs give them. */
export function tensorsOf(specs: readonly ParameterSpec[], arrays: ReadonlyMap<string, Float32Array>): Parameters {
  return new Map(
    specs.flatMap(({ name, shape }) => {
      const data = arrays.get(name);
      return data === undefined ? [] : [[name, tensor('float32', shape, data)] as const];
    }),
  );
}

/** Fresh parameters for every spec. */
export function initialParameters(specs: readonly ParameterSpec[], seed: number): Parameters {
  return new Map(specs.map((spec) => [spec.name, initialParameter(spec, seed)]));
}

/**
 * The parameters of a network out of a set of tensors (float32, or float16 that is widened); others are ignored.
 * A missing or wrong-shaped tensor is an error; `where` names the file in it.
 */
export function parametersFrom(
  specs: readonly ParameterSpec[],
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): Parameters {
  return new Map(
    specs.map((spec) => {
      const found = tensors.get(spec.name);
      if (found === undefined) {
        throw new ParameterError(`tensor ${spec.name} is missing`, {
          where,
          expected: `float32 [${spec.shape}]`,
          cure: 'The weights belong to another architecture, or the file was cut; take the weights of this model.',
        });
      }
      return [spec.name, asParameter(spec, found, where)];
    }),
  );
}

/**
 * Parameters out of a set of tensors where name and shape agree, fresh ones elsewhere: a network whose heads differ
 * from the one that the weights were trained in.
 *
 * @returns also the names that were filled afresh
 */
export function parametersFromOrInitial(
  specs: readonly ParameterSpec[],
  tensors: ReadonlyMap<string, Tensor>,
  seed: number,
  where: string,
): { parameters: Parameters; initialised: string[] } {
  const initialised = specs.filter(({ name, shape }) => !sameShape(tensors.get(name)?.shape, shape));
  const fresh = initialParameters(initialised, seed);
  const parameters: Parameters = new Map(
    specs.map((spec) => [
      spec.name,
      fresh.get(spec.name) ?? asParameter(spec, tensors.get(spec.name) as Tensor, where),
    ]),
  );
  return { parameters, initialised: initialised.map(({ name }) => name) };
}

/** How many numbers the specs hold. */
export const parameterCount = (specs: readonly ParameterSpec[]): number =>
  specs.reduce((count, { shape }) => count + sizeOf(shape), 0);

const sameShape = (a: Shape | undefined, b: Shape): boolean =>
  a !== undefined && a.length === b.length && a.every((extent, axis) => extent === b[axis]);

function asParameter(spec: ParameterSpec, found: Tensor, where: string): Tensor<'float32'> {
  const isFloat = found.dtype === 'float32' || found.dtype === 'float16';
  if (!isFloat || !sameShape(found.shape, spec.shape)) {
    throw new ParameterError(`tensor ${spec.name} does not fit the network`, {
      where,
      expected: `float32 or float16 [${spec.shape}]`,
      got: `${found.dtype} [${found.shape}]`,
      cure: 'The weights belong to another architecture or another class list.',
    });
  }
  const data = found.dtype === 'float16' ? floatsFromHalves(found.data as Uint16Array) : (found.data as Float32Array);
  return tensor('float32', spec.shape, data);
}
