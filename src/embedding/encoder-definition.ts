/**
 * @file What `encoder.json` says: an image encoder of anyone's, as an ONNX file, and how a box of a photo becomes its input.
 * How boxes are cut and resized: `encoder-pixels.ts`; how it is run: `encoder-node.ts`. docs/encoders.md is for people.
 */
import { z } from 'zod';
import { matchCalibrationSchema } from '../detector/match-calibration.ts';
import { DeepShopError, type ErrorFacts } from '../errors/errors.ts';
import { repeatedKey } from '../weights/unique-keys.ts';

const encoderFormatVersion = 1;

const side = z.int().min(1).max(4096);
const triple = <T extends z.ZodType>(each: T) => z.tuple([each, each, each]);
const tensorName = z.string().min(1).max(500);

const encoderSchema = z
  .strictObject({
    formatVersion: z.literal(encoderFormatVersion),
    /** For people. */
    name: z.string().min(1).max(200),
    /** The ONNX file, from the folder of this text; in it or below. */
    file: z.string().min(1).max(1000),
    /** Names in the ONNX file; left out where it has one. */
    input: tensorName.optional(),
    output: tensorName.optional(),
    /** Of the pictures that it takes, in pixels. */
    size: z.strictObject({ height: side, width: side }),
    fit: z.discriminatedUnion('kind', [
      /** Stretched over the size. */
      z.strictObject({ kind: z.literal('squash') }),
      /** Resized until it covers the size; what overhangs is cut off on both sides alike. */
      z.strictObject({ kind: z.literal('crop') }),
      /** Resized until it lies within the size; the rest is of this colour, RGB in 0..255, on both sides alike. */
      z.strictObject({ kind: z.literal('pad'), colour: triple(z.int().min(0).max(255)) }),
    ]),
    region: z.discriminatedUnion('kind', [
      /** The garment's box, wider by this share of its own width on the left and on the right, and so for its height. */
      z.strictObject({ kind: z.literal('box'), margin: z.number().min(0).max(1) }),
      /** The whole photo, whatever the box. */
      z.strictObject({ kind: z.literal('photo') }),
    ]),
    /** `bilinear-antialias`: a triangle filter as wide as the shrinking asks for; `bilinear`: two pixels however much it shrinks. */
    interpolation: z.enum(['bilinear-antialias', 'bilinear']).default('bilinear-antialias'),
    /** Of each channel, in 0..1, red first whatever `channels` says: `(value / 255 - mean) / std`. */
    mean: triple(z.number()),
    std: triple(z.number().positive()),
    channels: z.enum(['rgb', 'bgr']).default('rgb'),
    layout: z.enum(['NCHW', 'NHWC']).default('NCHW'),
    /** Whether vectors are divided by their length. */
    normalise: z.boolean(),
    metric: z.enum(['cosine', 'euclidean']),
    /** What `deepshop calibrate --encoder` measured. */
    calibration: matchCalibrationSchema.optional(),
  })
  .refine(({ metric, normalise }) => metric === 'euclidean' || normalise, {
    path: ['normalise'],
    message: 'must be true where the metric is cosine, which compares directions',
  });

/** Defaults filled in. */
export type EncoderDefinition = z.output<typeof encoderSchema>;

/** An encoder that cannot be used. */
export class EncoderError extends DeepShopError {
  constructor(
    reason: 'missing' | 'damaged' | 'newer' | 'outside' | 'shape' | 'vector',
    summary: string,
    facts: ErrorFacts,
    options?: { cause?: unknown },
  ) {
    super(`encoder-${reason}`, summary, facts, options);
  }
}

/**
 * The definition in the text of an `encoder.json`.
 *
 * @param where the file, for messages
 * @throws EncoderError
 */
export function parseEncoder(text: string, where: string): EncoderDefinition {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const cure = 'Name an encoder.json: docs/encoders.md has examples.';
    throw new EncoderError('damaged', 'is not JSON', { where, expected: 'a JSON text', got, cure }, { cause });
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) {
    const facts = { where, expected: 'each key once', cure: 'Remove one of them.' };
    throw new EncoderError('damaged', `has the key ${JSON.stringify(repeated)} twice`, facts);
  }
  const version = z.object({ formatVersion: z.int().min(encoderFormatVersion + 1) }).safeParse(json);
  if (version.success) {
    throw new EncoderError('newer', 'the encoder was described for a newer version of deep-shopping', {
      where,
      expected: `formatVersion ${encoderFormatVersion}`,
      got: String(version.data.formatVersion),
      cure: 'Update deep-shopping.',
    });
  }
  const parsed = encoderSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new EncoderError('damaged', 'is no description of an encoder', {
    where,
    expected: 'the keys of docs/encoders.md',
    got: faults.join('; '),
    cure: 'Correct the named keys.',
  });
}
