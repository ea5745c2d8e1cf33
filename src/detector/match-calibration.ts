/** @file From which similarity on a match of a space is strong or fair: measured on pairs, kept in `model.json`. */
import { z } from 'zod';

export const matchCalibrationSchema = z
  .strictObject({
    /** Similarities from here on are strong matches. */
    strong: z.number().min(-1).max(1),
    /** From here to `strong` they are fair ones, below weak. */
    fair: z.number().min(-1).max(1),
    /** How many pairs they were measured on. */
    pairs: z.int().positive(),
    /** Which pairs, for people: the data set, its fold, and how pairs were drawn. */
    source: z.string().min(1).max(1000),
  })
  .refine(({ strong, fair }) => strong >= fair, 'strong must not be below fair');

/** Of one descriptor of one model: another space has other similarities. */
export type MatchCalibration = z.output<typeof matchCalibrationSchema>;
