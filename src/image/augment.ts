/**
 * @file A training picture from a photo: placed, garments laid on it, colours changed.
 *
 * In two steps, because what must be read from disk depends on what was drawn: `drawPlan` with random numbers only, then
 * `augment` with the pictures that the plan asks for.
 */
import type { Random } from '../random/random.ts';
import { applyColourMap, type ColourMap, drawColourMap } from './augment-colour.ts';
import { drawMap, type Labels, mapBoxes, type Size, settleLabels } from './augment-geometry.ts';
import { type Cutout, drawGround, pasteGarment } from './augment-paste.ts';
import type { AugmentationConfig } from './augmentation-config.ts';
import { drawBackground } from './background.ts';
import { type Homography, isAxisAligned } from './homography.ts';
import { type Mask, maskOutline } from './mask.ts';
import { type Frame, type Photo, plainFrame } from './photo.ts';
import { warpInto } from './warp.ts';

/** What is to happen to one photo. */
export interface AugmentationPlan {
  readonly map: Homography;
  /** Whether the photo's mask, where it has one, would make its boxes more exact. */
  readonly wantsMask: boolean;
  /** How many garments are laid on it. */
  readonly garments: number;
  /** Whether they are laid on a plain ground instead of the photo. */
  readonly onPlainGround: boolean;
  /** Colour of the margin; null for the mean colour, which is zero to the network. */
  readonly margin: readonly [number, number, number] | null;
  readonly colour: ColourMap | null;
}

/** A photo with its labels, in its own pixels. */
export interface LabelledPhoto extends Labels {
  readonly photo: Photo;
  readonly mask: Mask | null;
}

/** A picture with its labels, in the frame's pixels. */
export interface LabelledFrame extends Labels {
  readonly frame: Frame;
}

/** A part of a photo is a background if boxes cover less of it than this share. */
const bareEnough = 0.02;

/** @param photo its size, and the boxes of what it shows, in its own pixels */
export function drawPlan(
  photo: Size & Pick<Labels, 'boxes' | 'crowdBoxes'>,
  frame: Size,
  config: AugmentationConfig,
  random: Random,
): AugmentationPlan {
  const map = drawBareMap(photo, frame, config, random) ?? drawMap(photo, frame, config, random);
  const { copyPaste } = config;
  const pastes = copyPaste !== null && random.chance(copyPaste.probability);
  const garments = pastes ? 1 + random.below(copyPaste.garments) : 0;
  const onPlainGround = pastes && random.chance(copyPaste.plainGround);
  const channel = () => random.between(0, 255);
  const margin = random.chance(0.5) ? null : ([channel(), channel(), channel()] as const);
  const colour = config.colour === null ? null : drawColourMap(config.colour, random);
  return { map, wantsMask: !isAxisAligned(map), garments, onPlainGround, margin, colour };
}

/** To a part without garments; null if that is not to be, or there is none. */
function drawBareMap(
  photo: Size & Pick<Labels, 'boxes' | 'crowdBoxes'>,
  frame: Size,
  config: AugmentationConfig,
  random: Random,
): Homography | null {
  // No number is drawn where it is off, so that older recipes make the batches that they made.
  if (config.background === 0 || !random.chance(config.background)) return null;
  const boxes = Float32Array.from([...photo.boxes, ...photo.crowdBoxes]);
  const { map, covered } = drawBackground(photo, boxes, frame, random);
  return covered < bareEnough ? map : null;
}

/**
 * Carries out a plan.
 *
 * @param ground the photo, or null for a plain ground
 * @param meanColour of the network's normalisation, 0..1
 * @param random for where the garments go
 */
export function augment(
  plan: AugmentationPlan,
  ground: LabelledPhoto | null,
  garments: readonly Cutout[],
  size: Size,
  config: AugmentationConfig,
  meanColour: readonly [number, number, number],
  random: Random,
): LabelledFrame {
  const [red, green, blue] = meanColour;
  const frame =
    ground === null
      ? drawGround(size, random)
      : plainFrame(size.width, size.height, plan.margin ?? [red * 255, green * 255, blue * 255]);
  let labels: Labels = { boxes: new Float32Array(), labels: new Int32Array(), crowdBoxes: new Float32Array() };
  if (ground !== null) {
    const { photo, mask } = ground;
    warpInto(frame, photo, plan.map);
    const outline = mask === null ? null : maskOutline(mask, photo.width, photo.height);
    labels = {
      boxes: mapBoxes(ground.boxes, plan.map, outline),
      labels: ground.labels,
      crowdBoxes: mapBoxes(ground.crowdBoxes, plan.map, outline),
    };
  }
  if (config.copyPaste !== null) {
    for (const garment of garments) labels = pasteGarment(frame, labels, garment, config.copyPaste, random);
  }
  if (plan.colour !== null) applyColourMap(frame, plan.colour);
  return { frame, ...settleLabels(labels, size, config.minVisible) };
}
