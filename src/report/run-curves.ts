/**
 * @file The curves of a run, from the records of its log: figures 4 and 5, while it runs and afterwards.
 *
 * The log is read as outside data: it may be of another version, or be written at this moment. Records that say nothing of
 * use are passed over.
 */
import { z } from 'zod';
import { type CocoNumbers, cocoNumberNames } from '../evaluation/evaluate-detections.ts';

const figure = z.number();
/** Other losses are kept as they are. */
const lossesSchema = z.looseObject({ total: figure, box: figure.optional(), roiAccuracy: figure.optional() });
const stepSchema = lossesSchema.extend({ kind: z.literal('step'), step: z.int() });
const numbersSchema = z.object(
  Object.fromEntries(cocoNumberNames.map((name) => [name, figure])) as { [Name in keyof CocoNumbers]: z.ZodNumber },
);
const perDatasetSchema = z.record(
  z.string(),
  numbersSchema.extend({
    topClassAccuracy: figure.optional(),
    photos: z.int().optional(),
    boxes: z.int().optional(),
  }),
);
const validationSchema = z.object({
  kind: z.literal('validation'),
  step: z.int(),
  losses: lossesSchema,
  perDataset: perDatasetSchema,
  isBest: z.boolean().optional(),
});
const startSchema = z.object({
  kind: z.literal('start'),
  recipe: z.object({ name: z.string() }).optional(),
  data: z.array(z.object({ name: z.string(), photos: z.int().optional() })).optional(),
  steps: z.int().optional(),
  phases: z.array(z.object({ name: z.string(), end: z.int() })).optional(),
});

export type ValidationRecord = z.infer<typeof validationSchema>;

export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  /** Squared or smooth L1 of the box head's deltas; null in a phase that does not train it. */
  readonly boxLoss: number | null;
  /** Share of sampled regions whose class is right; null where the log lacks it. */
  readonly roiAccuracy: number | null;
}

export interface RunCurves {
  readonly recipe: string | null;
  /** Training photos by data set; null where the log does not count them. */
  readonly data: readonly { readonly name: string; readonly photos: number | null }[];
  /** Steps that the run was to have; null where unknown. */
  readonly steps: number | null;
  /** Stretches of the run in which other parts of the model move; one or none in joint training. */
  readonly phases: readonly { readonly name: string; readonly end: number }[];
  readonly training: readonly CurvePoint[];
  readonly validation: readonly ValidationRecord[];
  /** The validation whose model was kept: the last one called best, else the last. */
  readonly kept: ValidationRecord | null;
  readonly isFinished: boolean;
}

/** @param records parsed lines of `log.jsonl`, in their order */
export function runCurves(records: readonly unknown[]): RunCurves {
  const parse = <T>(schema: z.ZodType<T>): T[] =>
    records.flatMap((record) => {
      const parsed = schema.safeParse(record);
      return parsed.success ? [parsed.data] : [];
    });
  const [start] = parse(startSchema);
  const validation = parse(validationSchema).map((record) => ({
    ...record,
    perDataset: Object.fromEntries(
      Object.entries(record.perDataset).map(([path, numbers]) => [lastPart(path), numbers]),
    ),
  }));
  return {
    recipe: start?.recipe?.name ?? null,
    data: (start?.data ?? []).map(({ name, photos = null }) => ({ name: lastPart(name), photos })),
    steps: start?.steps ?? null,
    phases: start?.phases ?? [],
    training: parse(stepSchema).map(pointOf),
    validation,
    kept: validation.findLast(({ isBest }) => isBest === true) ?? validation.at(-1) ?? null,
    isFinished: parse(z.object({ kind: z.literal('end') })).length > 0,
  };
}

export function validationPoint({ step, losses }: ValidationRecord): CurvePoint {
  return pointOf({ step, ...losses });
}

/** Means over neighbours, so that at most so many points are left. */
export function thinned(points: readonly CurvePoint[], most: number): CurvePoint[] {
  const size = Math.max(1, Math.ceil(points.length / most));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index): CurvePoint => {
    const part = points.slice(index * size, (index + 1) * size);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const meanOfKnown = (values: readonly (number | null)[]) => {
      const known = values.filter((value) => value !== null);
      return known.length === 0 ? null : mean(known);
    };
    return {
      step: mean(part.map(({ step }) => step)),
      loss: mean(part.map(({ loss }) => loss)),
      boxLoss: meanOfKnown(part.map(({ boxLoss }) => boxLoss)),
      roiAccuracy: meanOfKnown(part.map(({ roiAccuracy }) => roiAccuracy)),
    };
  });
}

/** Logs of older versions have whole paths. */
function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

function pointOf(record: z.infer<typeof lossesSchema> & { readonly step: number }): CurvePoint {
  const { step, total, box = null, roiAccuracy = null } = record;
  return { step, loss: total, boxLoss: box, roiAccuracy };
}
