/**
 * @file Reads ONNX files, ours and those of other exporters: what goes in and out, operators, weights, metadata.
 *
 * Weights may lie in other files; what asks for them is `decode-node.ts`, here they are names.
 *
 * Reference: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import type { Tensor } from '../tensor/tensor.ts';
import { decodeTensor, type ExternalPlace, isExternal, type StoredTensor } from './decode-tensor.ts';
import { Message } from './message-reader.ts';
import { OnnxFileError } from './onnx-file-error.ts';

export interface OnnxValue {
  readonly name: string;
  /** ONNX's number of the element type; 0 where the file says none, or where it is no tensor. */
  readonly elementType: number;
  /** Numbers, or the names of extents that are known only at run time; null where the file says nothing. */
  readonly shape: readonly (number | string)[] | null;
}

/** An attribute's value; what is in no list below (graphs, sparse tensors) is null. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | StoredTensor | null;

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Names; an empty one is an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxFile {
  readonly irVersion: number;
  readonly producer: string;
  /** Version of the operators, by domain; ONNX's own under the empty name. */
  readonly opsets: ReadonlyMap<string, number>;
  /** What a run must feed: inputs that have no initialiser. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Every place in another file that the file asks for, also from within subgraphs. */
  readonly externalPlaces: readonly ExternalPlace[];
}

/**
 * Reads the bytes of a file.
 *
 * @param where names the file in errors
 * @throws OnnxFileError
 */
export function decodeOnnx(bytes: Uint8Array, where = 'ONNX file'): OnnxFile {
  const model = new Message(bytes, where);
  const graph = model.message(7, 'graph');
  if (graph === null) {
    throw new OnnxFileError('damaged', 'has no graph', {
      where,
      expected: 'an ONNX model',
      got: bytes.length === 0 ? 'an empty file' : 'another kind of file',
      cure: 'Check that the path is that of an .onnx file.',
    });
  }
  const initialisers = new Map(
    graph.messages(5, 'initializer').map((tensor) => {
      const stored = decodeTensor(tensor);
      return [stored.name, stored] as const;
    }),
  );
  return {
    irVersion: Number(model.integer(1)),
    producer: model.text(2),
    opsets: new Map(model.messages(8, 'opset_import').map((opset) => [opset.text(1), Number(opset.integer(2))])),
    inputs: graph
      .messages(11, 'input')
      .map(decodeValue)
      .filter(({ name }) => !initialisers.has(name)),
    outputs: graph.messages(12, 'output').map(decodeValue),
    nodes: graph.messages(1, 'node').map(decodeNode),
    initialisers,
    metadata: new Map(model.messages(14, 'metadata_props').map((entry) => [entry.text(1), entry.text(2)])),
    externalPlaces: [
      ...placesOf(graph, 0),
      ...model.messages(25, 'function').flatMap((body) => placesOfNodes(body.messages(7, 'node'), 0)),
    ],
  };
}

/** The weights that are in the file itself. */
export function inlineTensors(file: OnnxFile): Map<string, Tensor> {
  return new Map([...file.initialisers].flatMap(([name, { tensor }]) => (tensor === null ? [] : [[name, tensor]])));
}

function decodeValue(value: Message): OnnxValue {
  const tensorType = value.message(2, 'type')?.message(1, 'tensor_type') ?? null;
  const shape = tensorType?.message(2, 'shape') ?? null;
  return {
    name: value.text(1),
    elementType: Number(tensorType?.integer(1) ?? 0n),
    shape:
      shape?.messages(1, 'dim').map((extent) => (extent.has(2) ? extent.text(2) : Number(extent.integer(1)))) ?? null,
  };
}

function decodeNode(node: Message): OnnxNode {
  return {
    name: node.text(3),
    op: node.text(4),
    domain: node.text(7),
    inputs: node.texts(1),
    outputs: node.texts(2),
    attributes: Object.fromEntries(
      node.messages(5, 'attribute').map((attribute) => [attribute.text(1), decodeAttribute(attribute)]),
    ),
  };
}

/** By ONNX's numbers of attribute types. */
function decodeAttribute(attribute: Message): OnnxAttribute {
  switch (Number(attribute.integer(20))) {
    case 1:
      return attribute.floats(2)[0] ?? 0;
    case 2:
      return Number(attribute.integer(3));
    case 3:
      return attribute.text(4);
    case 4: {
      const tensor = attribute.message(5, 't');
      return tensor === null ? null : decodeTensor(tensor);
    }
    case 6:
      return attribute.floats(7);
    case 7:
      return attribute.integers(8).map(Number);
    case 8:
      return attribute.texts(9);
    default:
      return null;
  }
}

/** Subgraphs deeper than this are absurd. */
const MAX_DEPTH = 64;

function placesOf(graph: Message, depth: number): ExternalPlace[] {
  if (depth > MAX_DEPTH) {
    throw new OnnxFileError('damaged', 'has subgraphs within subgraphs without end', {
      where: graph.where.slice(0, 200),
    });
  }
  return [...placesOfTensors(graph.messages(5, 'initializer')), ...placesOfNodes(graph.messages(1, 'node'), depth)];
}

function placesOfNodes(nodes: readonly Message[], depth: number): ExternalPlace[] {
  return nodes
    .flatMap((node) => node.messages(5, 'attribute'))
    .flatMap((attribute) => [
      ...placesOfTensors([...attribute.messages(5, 't'), ...attribute.messages(10, 'tensors')]),
      ...[...attribute.messages(6, 'g'), ...attribute.messages(11, 'graphs')].flatMap((inner) =>
        placesOf(inner, depth + 1),
      ),
    ]);
}

function placesOfTensors(tensors: readonly Message[]): ExternalPlace[] {
  return tensors.filter(isExternal).flatMap((message) => decodeTensor(message).place ?? []);
}
