/**
 * @file Writes what some values depend on as an ONNX model (opset 18).
 *
 * Reference: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { assert } from '../errors/assert.ts';
import { floatAttributes } from '../graph/operator-attributes.ts';
import { type Node, nodesOf, UNKNOWN, type Value } from '../graph/value.ts';
import { dtypeCodes } from '../tensor/dtype-codes.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { MessageWriter } from './protobuf-writer.ts';

const OPSET = 18;
const IR_VERSION = 9;

export interface GraphDefinition {
  /** The wanted values by their names in the file. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Inputs that are known: they become initialisers, which the runtime folds and lays out for its kernels. */
  readonly bindings?: ReadonlyMap<string, Tensor>;
  /** Key and value pairs kept in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface EncodedGraph {
  readonly bytes: Uint8Array;
  /** Inputs that remain to be fed, by name. */
  readonly inputs: ReadonlyMap<string, Value>;
}

/** The bytes of an ONNX file, and the inputs that every run must feed. */
export function encodeOnnx({ outputs, bindings = new Map(), metadata = {} }: GraphDefinition): EncodedGraph {
  const names = new Map<Value, string>();
  const inputs = new Map<string, Value>();
  const graph = new MessageWriter();
  const initialiser = (name: string, tensor: Tensor) => graph.message(5, tensorMessage(name, tensor));
  const bound = new Set<string>();

  /** The name of a value in the file; the first use of a constant or bound input writes its tensor. */
  const nameOf = (value: Value): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const tensor = value.constant ?? bindings.get(value.name ?? '');
    const name = value.name ?? `__c${names.size}`;
    names.set(value, name);
    if (tensor === undefined) {
      const twin = inputs.get(name);
      assert(
        twin === undefined || String(twin.shape) === String(value.shape),
        `two inputs named ${name} of different shapes`,
      );
      inputs.set(name, value);
    } else if (value.name === null) {
      initialiser(name, tensor);
    } else if (!bound.has(name)) {
      assert(String(tensor.shape) === String(value.shape), `the shape of what is bound to ${name}`);
      bound.add(name);
      initialiser(name, tensor);
    }
    return name;
  };

  for (const node of nodesOf(Object.values(outputs))) {
    node.outputs.forEach((value) => {
      names.set(value, `__v${names.size}`);
    });
    graph.message(1, nodeMessage(node, node.inputs.map(nameOf), node.outputs.map(nameOf)));
  }
  for (const [name, value] of Object.entries(outputs)) {
    // Outputs carry their own names; ONNX Runtime removes the copy.
    graph.message(
      1,
      new MessageWriter().text(1, nameOf(value)).text(2, name).text(3, `output ${name}`).text(4, 'Identity'),
    );
  }
  graph.text(2, 'deep-shopping');
  for (const [name, value] of inputs) graph.message(11, valueMessage(name, value));
  for (const [name, value] of Object.entries(outputs)) graph.message(12, valueMessage(name, value));

  const model = new MessageWriter().varint(1, IR_VERSION).text(2, 'deep-shopping').message(7, graph);
  model.message(8, new MessageWriter().text(1, '').varint(2, OPSET));
  for (const [key, value] of Object.entries(metadata))
    model.message(14, new MessageWriter().text(1, key).text(2, value));
  return { bytes: model.finish(), inputs };
}

/** Error messages of the runtime name nodes: operator, number and shape say where to look. */
function nodeMessage(node: Node, inputs: readonly string[], outputs: readonly string[]): MessageWriter {
  const message = new MessageWriter();
  for (const name of inputs) message.text(1, name);
  for (const name of outputs) message.text(2, name);
  const operands = node.inputs.map((value) => `[${value.shape}]`).join(' ');
  message.text(3, `${node.op} ${outputs[0]}: ${operands}`).text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) message.message(5, attributeMessage(name, value));
  return message;
}

function attributeMessage(name: string, value: number | string | readonly number[]): MessageWriter {
  const message = new MessageWriter().text(1, name);
  if (typeof value === 'string') return message.text(4, value).varint(20, 3);
  if (typeof value === 'number') {
    return floatAttributes.has(name) ? message.float(2, value).varint(20, 1) : message.varint(3, value).varint(20, 2);
  }
  for (const item of value) message.varint(8, item);
  return message.varint(20, 7);
}

function tensorMessage(name: string, { dtype, shape, data }: Tensor): MessageWriter {
  const message = new MessageWriter();
  for (const extent of shape) message.varint(1, extent);
  return message
    .varint(2, dtypeCodes[dtype])
    .text(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function valueMessage(name: string, { dtype, shape }: Value): MessageWriter {
  const extents = new MessageWriter();
  shape.forEach((extent, axis) => {
    const dimension = new MessageWriter();
    extents.message(1, extent === UNKNOWN ? dimension.text(2, `${name}_${axis}`) : dimension.varint(1, extent));
  });
  const type = new MessageWriter().message(1, new MessageWriter().varint(1, dtypeCodes[dtype]).message(2, extents));
  return new MessageWriter().text(1, name).message(2, type);
}
