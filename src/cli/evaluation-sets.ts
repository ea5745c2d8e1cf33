/** @file IoU thresholds and area ranges of one's own, as `deepshop evaluate` takes them. */
import { InvalidArgumentError } from 'commander';
import { type AreaRange, cocoAreaRanges } from '../evaluation/match-detections.ts';

/** `--iou 0.5,0.75`: thresholds in ascending order, each once. */
export function parseIouThresholds(text: string): number[] {
  const thresholds = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (thresholds.some((iou) => !(iou > 0 && iou <= 1))) {
    throw new InvalidArgumentError('expected numbers above 0 and up to 1, like 0.5,0.75.');
  }
  return [...new Set(thresholds)].sort((a, b) => a - b);
}

/**
 * `--areas small:0-1024,tall:1024-`: ranges of an annotation's area in square pixels, both ends in; no end is no limit.
 * `all` comes first unless it is among them.
 */
export function parseAreaRanges(text: string): AreaRange[] {
  const ranges = text.split(',').map((part): AreaRange => {
    const [, name = '', low, high] = /^\s*([^:]+):(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)?\s*$/.exec(part) ?? [];
    const [min, max] = [Number(low), high === undefined ? 1e10 : Number(high)];
    if (name === '' || !(min <= max)) {
      throw new InvalidArgumentError('expected NAME:FROM-TO in square pixels, like small:0-1024,large:1024-.');
    }
    return { name, min, max };
  });
  if (new Set(ranges.map(({ name }) => name)).size < ranges.length) {
    throw new InvalidArgumentError('expected every name once.');
  }
  return ranges.some(({ name }) => name === 'all') ? ranges : [cocoAreaRanges[0], ...ranges];
}
