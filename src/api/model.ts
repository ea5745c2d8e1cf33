/** @file What the server finds garments with: for devices that do it themselves, and for people. */
import { z } from 'zod';

/** Files of a model that are given out. */
export const modelFileNames = ['model.json', 'weights.safetensors', 'check.json', 'model.onnx'] as const;
export type ModelFileName = (typeof modelFileNames)[number];

export const modelAnswer = z
  .object({
    modelId: z.string(),
    classes: z.array(
      z.object({ label: z.string(), minScore: z.number().describe('Detections under this score are not shown.') }),
    ),
    space: z
      .object({
        descriptor: z.enum(['garment', 'paper', 'external']),
        spaceId: z.string(),
        dimension: z.int(),
        metric: z.enum(['cosine', 'euclidean']),
        calibration: z
          .object({ strong: z.number(), fair: z.number() })
          .nullable()
          .describe('From which similarity on a match is strong or fair; null where nobody measured it.'),
      })
      .describe('Vectors of a device must be of this space.'),
    photoMinutes: z.number().describe('How long this server keeps a photo that is sent, in memory only.'),
    preprocessing: z.record(z.string(), z.unknown()).describe('As in model.json: how a photo becomes a tensor.'),
    files: z
      .array(
        z.object({
          name: z.string(),
          url: z.string().describe('Relative to this server; has an ETag.'),
          mediaType: z.string(),
          bytes: z.int().nullable().describe('Size; null for what is made when it is first asked for.'),
        }),
      )
      .describe(
        'For use on a device: model.json and the weights, what this server finds in a drawn picture (to compare with), and the whole model as one ONNX file.',
      ),
  })
  .meta({ id: 'Model' });

export type ModelAnswer = z.infer<typeof modelAnswer>;
