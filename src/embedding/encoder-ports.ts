/** @file Where pictures go into an encoder's ONNX file and vectors come out, as the file itself declares it. */
import type { OnnxFile, OnnxValue } from '../onnx/decode.ts';
import { type EncoderDefinition, EncoderError } from './encoder-definition.ts';

export interface EncoderPorts {
  /** Names. */
  readonly input: string;
  readonly output: string;
  /** Pictures that one run takes at most. */
  readonly batch: number;
}

/** Where the file leaves the number of pictures open: ten boxes of a photo fit, and a photo of a crowd does not take all memory. */
const openBatch = 16;
/** ONNX's number. */
const float32 = 1;

/** @throws EncoderError where definition and file disagree */
export function encoderPorts(file: OnnxFile, definition: EncoderDefinition, where: string): EncoderPorts {
  const input = portNamed(definition.input, file.inputs, { where, port: 'input' });
  const output = portNamed(definition.output, file.outputs, { where, port: 'output' });
  if (file.inputs.length > 1) {
    throw new EncoderError('shape', 'takes more than pictures', {
      where,
      expected: 'one input',
      got: file.inputs.map(({ name }) => JSON.stringify(name)).join(', '),
      cure: 'Export the image encoder alone, without the text encoder.',
    });
  }
  const { height, width } = definition.size;
  const wanted = definition.layout === 'NCHW' ? [3, height, width] : [height, width, 3];
  // Of a shape that the file does not say, the first run tells.
  const [numPictures, ...extents] = input.shape ?? [0, ...wanted];
  const fits =
    extents.length === wanted.length &&
    extents.every((extent, axis) => isOpen(extent) || extent === wanted[axis]) &&
    (isOpen(numPictures) || numPictures === 1);
  if (!fits || ![0, float32].includes(input.elementType)) {
    const types = input.elementType === float32 ? 'float32' : `ONNX type ${input.elementType}`;
    throw new EncoderError('shape', 'takes other pictures than the description says', {
      where: `${where}, input ${JSON.stringify(input.name)}`,
      expected: `float32 [1 or any number, ${wanted.join(', ')}]`,
      got: `${types} [${(input.shape ?? []).join(', ')}]`,
      cure: 'Correct "size" or "layout", or export it again with a float32 input.',
    });
  }
  return { input: input.name, output: output.name, batch: isOpen(numPictures) ? openBatch : 1 };
}

function portNamed(
  stated: string | undefined,
  ports: readonly OnnxValue[],
  { where, port }: { readonly where: string; readonly port: 'input' | 'output' },
): OnnxValue {
  const found = stated === undefined ? ports : ports.filter(({ name }) => name === stated);
  if (found.length === 1 || (port === 'input' && stated === undefined && found.length > 1)) return found[0];
  throw new EncoderError('shape', `which ${port} is meant is not clear`, {
    where,
    expected: `one of ${ports.map(({ name }) => JSON.stringify(name)).join(', ') || 'none'}`,
    got: stated === undefined ? `no "${port}"` : JSON.stringify(stated),
    cure: `Name it as "${port}" in the encoder.json.`,
  });
}

/** A name, or nothing: known only at run time. */
function isOpen(extent: number | string): boolean {
  return typeof extent === 'string' || extent <= 0;
}
