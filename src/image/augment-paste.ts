/** @file Garments cut out of one photo by a mask and laid on another picture. */
import type { Random } from '../random/random.ts';
import { type Labels, mapBoxes, type Size } from './augment-geometry.ts';
import type { AugmentationConfig } from './augmentation-config.ts';
import { chain, type Homography, identity, rotation, scaling, translation } from './homography.ts';
import { type Mask, maskOutline } from './mask.ts';
import type { Frame, Photo } from './photo.ts';
import { resizeSmoothly } from './resample.ts';
import { pasteInto } from './warp.ts';

/** A photo whose only garment is marked by a mask. */
export interface Cutout {
  readonly photo: Photo;
  readonly mask: Mask;
  /** `[x1, y1, x2, y2]` of the garment in the photo */
  readonly box: Float32Array;
  readonly label: number;
}

/** Pasted garments may hang this much askew. */
const pasteDegrees = 15;
/** A box covered by more than the first share becomes a region to ignore; by more than the second, nothing. */
const [mostlyCovered, hidden] = [0.5, 0.8];

/** A ground of soft blotches around one colour, like a wall or a table out of focus. */
export function drawGround({ width, height }: Size, random: Random): Frame {
  const cells = 2 + random.below(9);
  const spread = random.between(0, 40);
  const base = [random.between(20, 245), 0, 0];
  base[1] = base[0] + random.between(-30, 30);
  base[2] = base[0] + random.between(-30, 30);
  const pixels = new Uint8Array(cells * cells * 3);
  for (let cell = 0; cell < cells * cells; cell++) {
    const change = random.between(-spread, spread);
    for (let channel = 0; channel < 3; channel++) {
      pixels[cell * 3 + channel] = Math.min(255, Math.max(0, base[channel] + change));
    }
  }
  return resizeSmoothly({ width: cells, height: cells, pixels }, width, height);
}

/** Lays one garment somewhere on the picture. @returns the labels with it, and without what it hides */
export function pasteGarment(
  frame: Frame,
  labels: Labels,
  { photo, mask, box, label }: Cutout,
  { size }: NonNullable<AugmentationConfig['copyPaste']>,
  random: Random,
): Labels {
  const map = drawPasteMap(frame, box, size, random);
  const cover = pasteInto(frame, photo, mask, map);
  const pasted = mapBoxes(box, map, maskOutline(mask, photo.width, photo.height));
  const left = hideCovered(labels, cover, frame.width);
  return {
    boxes: Float32Array.from([...left.boxes, ...pasted]),
    labels: Int32Array.from([...left.labels, label]),
    crowdBoxes: left.crowdBoxes,
  };
}

function drawPasteMap(frame: Size, box: Float32Array, size: [number, number], random: Random): Homography {
  const [x1, y1, x2, y2] = box;
  const longSide = random.between(...size) * Math.max(frame.width, frame.height);
  const scale = longSide / Math.max(x2 - x1, y2 - y1);
  return chain(
    translation(-(x1 + x2) / 2, -(y1 + y2) / 2),
    random.chance(0.5) ? scaling(-1, 1) : identity,
    rotation(random.between(-pasteDegrees, pasteDegrees)),
    scaling(scale, scale),
    translation(random.between(0.15, 0.85) * frame.width, random.between(0.15, 0.85) * frame.height),
  );
}

/** Boxes of which the cover leaves too little become regions to ignore. */
function hideCovered({ boxes, labels, crowdBoxes }: Labels, cover: Float32Array, width: number): Labels {
  const height = cover.length / width;
  const kept: number[] = [];
  const keptLabels: number[] = [];
  const crowds = [...crowdBoxes];
  labels.forEach((label, index) => {
    const box = boxes.subarray(index * 4, index * 4 + 4);
    const covered = coveredShare(box, cover, width, height);
    if (covered > hidden) return;
    if (covered > mostlyCovered) crowds.push(...box);
    else {
      kept.push(...box);
      keptLabels.push(label);
    }
  });
  return {
    boxes: Float32Array.from(kept),
    labels: Int32Array.from(keptLabels),
    crowdBoxes: Float32Array.from(crowds),
  };
}

function coveredShare([x1, y1, x2, y2]: Float32Array, cover: Float32Array, width: number, height: number): number {
  const [left, right] = [Math.max(0, Math.floor(x1)), Math.min(width, Math.ceil(x2))];
  const [top, bottom] = [Math.max(0, Math.floor(y1)), Math.min(height, Math.ceil(y2))];
  let covered = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) covered += cover[y * width + x];
  return covered / Math.max(1, (right - left) * (bottom - top));
}
