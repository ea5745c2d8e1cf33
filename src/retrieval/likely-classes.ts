/** @file Which classes a detection is looked among first: on the server, and on a device that finds garments by itself. */
import type { DescriptorName, GarmentDetection } from '../embedding/descriptor.ts';

/**
 * An alternative class this likely, as a share of the label's score, is looked among first too. Set by judgement: half as
 * likely is a doubt that a shopper would share (a blouse that may be a tee), less is seldom one.
 */
const likelyShare = 0.5;

/** Whole pictures, which `paper` describes, have no class: the nearest of all are answered, as in the paper. */
export function classesFirst(detection: GarmentDetection, descriptor: DescriptorName): string[] {
  return descriptor === 'paper' ? [] : likelyClasses(detection);
}

/** The label, then other classes that are likely enough to be looked among first. */
export function likelyClasses({ label, score, alternatives = [] }: GarmentDetection): string[] {
  return [label, ...alternatives.filter((other) => other.score >= likelyShare * score).map((other) => other.label)];
}
