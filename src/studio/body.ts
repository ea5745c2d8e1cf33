/**
 * @file The body that garments are cut for and the pose that it takes: joints in centimetres, origin between the shoulders.
 *
 * A flat lay uses the same joints in a pose of its own, so one cut serves a hanger, a table and a person.
 */
import type { Random } from '../random/random.ts';
import type { Point } from './geometry.ts';

/** -1: left in the picture; 1: right in the picture. */
export type Side = -1 | 1;
export const sides: readonly Side[] = [-1, 1];

/** Half widths in centimetres. */
export interface Body {
  readonly neck: number;
  readonly shoulder: number;
  readonly chest: number;
  readonly waist: number;
  readonly hip: number;
  readonly thigh: number;
  readonly calf: number;
  readonly arm: number;
}

export const HIP_Y = 60;
const WAIST_Y = 40;
export const CROTCH_Y = 71;

export interface Pose {
  /** How far the pelvis is pushed aside. */
  readonly shift: number;
  /** Shoulder, elbow, wrist by side. */
  readonly arms: { readonly [S in '-1' | '1']: readonly [Point, Point, Point] };
  /** Hip, knee, ankle by side. */
  readonly legs: { readonly [S in '-1' | '1']: readonly [Point, Point, Point] };
  /** An arm that passes in front of the body is drawn over the torso; otherwise below. */
  readonly flat: boolean;
}

export const armOf = (pose: Pose, side: Side): readonly [Point, Point, Point] => pose.arms[`${side}`];
export const legOf = (pose: Pose, side: Side): readonly [Point, Point, Point] => pose.legs[`${side}`];

/** The average cut for garments that nobody wears. */
export const standardBody: Body = {
  neck: 5.6,
  shoulder: 19,
  chest: 16,
  waist: 13.5,
  hip: 17,
  thigh: 8.4,
  calf: 5.4,
  arm: 4.6,
};

export function randomBody(random: Random): Body {
  const broad = random.uniform();
  const weight = random.between(-0.6, 1.4);
  return {
    neck: 4.9 + broad * 1.2,
    shoulder: 17 + broad * 4,
    chest: 14.2 + broad * 2.4 + weight,
    waist: 11.3 + broad * 3 + weight,
    hip: 16.6 - broad * 1.6 + weight,
    thigh: 8 + weight * 0.7,
    calf: 5.1 + weight * 0.3,
    arm: 4 + broad * 0.9 + weight * 0.3,
  };
}

const UPPER_ARM = 28;
const FOREARM = 25;

function arm(
  shoulder: Point,
  upperAngle: number,
  lowerAngle: number,
  side: Side,
  foreshorten = 1,
): readonly [Point, Point, Point] {
  const swing = (from: Point, degrees: number, length: number): Point => {
    const angle = (degrees * Math.PI) / 180;
    return [from[0] + side * Math.sin(angle) * length, from[1] + Math.cos(angle) * length];
  };
  const elbow = swing(shoulder, upperAngle, UPPER_ARM);
  return [shoulder, elbow, swing(elbow, lowerAngle, FOREARM * foreshorten)];
}

function leg(hip: Point, kneeX: number, ankleX: number, lift = 0): readonly [Point, Point, Point] {
  return [hip, [kneeX, 106 - lift * 0.5], [ankleX, 146 - lift]];
}

/** Arms out, legs a little apart: how a garment lies on a table. */
export function flatPose(random: Random, body: Body = standardBody): Pose {
  const spread = random.between(12, 27);
  const bend = random.between(-12, 8);
  const legSpread = random.between(1, 5);
  const at = (side: Side) => {
    const wobble = random.between(-4, 4);
    return arm([side * (body.shoulder - 3.5), 5], spread + wobble, spread + bend + wobble, side);
  };
  return {
    shift: 0,
    arms: { '-1': at(-1), '1': at(1) },
    legs: {
      '-1': leg([-8.6, 64], -10.5 - legSpread, -11.5 - legSpread * 2),
      '1': leg([8.6, 64], 10.5 + legSpread, 11.5 + legSpread * 2),
    },
    flat: true,
  };
}

/** How a person stands: weight on one leg, each arm hanging, on the hip, or bent in front. */
export function standingPose(random: Random, body: Body): Pose {
  const shift = random.between(-3.2, 3.2);
  const stance = random.between(0, 3.5);
  const busy: Side = random.chance(0.5) ? 1 : -1;
  const armAt = (side: Side) => {
    const shoulder: Point = [side * (body.shoulder - 2.6), 5];
    const kind = side === busy ? random.uniform() : random.between(0, 0.7);
    if (kind < 0.5) return arm(shoulder, random.between(8, 16), random.between(0, 9), side);
    if (kind < 0.75) return arm(shoulder, random.between(34, 44), random.between(-62, -42), side, 0.95);
    return arm(shoulder, random.between(10, 20), random.between(-150, -100), side, random.between(0.8, 0.95));
  };
  const walking = random.chance(0.35) ? random.between(3, 9) : 0;
  const back: Side = random.chance(0.5) ? 1 : -1;
  const legAt = (side: Side) => {
    const hip: Point = [shift + side * 8.2, 64];
    const bend = shift * side > 0 ? 0 : random.between(0, 2.5);
    return leg(
      hip,
      hip[0] + side * (0.6 + stance * 0.5 + bend) - shift * 0.25,
      side * (6.5 + stance + bend * 0.4),
      side === back ? walking : 0,
    );
  };
  return { shift, arms: { '-1': armAt(-1), '1': armAt(1) }, legs: { '-1': legAt(-1), '1': legAt(1) }, flat: false };
}

/** A point of the torso: `half` centimetres from its centre line at height `y`. */
export function torsoPoint(pose: Pose, side: number, half: number, y: number): Point {
  const t = Math.min(Math.max((y - 10) / 50, 0), 1);
  return [pose.shift * t * t * (3 - 2 * t) + side * half, y];
}

/** Half width of the body at height `y`, with room to move: `ease` cm, `shape` 1 follows the waist, 0 hangs straight. */
export function torsoHalf(body: Body, y: number, ease: number, shape: number): number {
  const waist = body.waist * shape + Math.max(body.chest, body.hip - 1) * (1 - shape);
  const hip = body.hip * shape + Math.max(body.chest, body.hip) * (1 - shape);
  const keys: readonly (readonly [number, number])[] = [
    [20, body.chest],
    [WAIST_Y, waist],
    [HIP_Y, hip],
  ];
  if (y <= 20) return body.chest + ease;
  for (let index = 1; index < keys.length; index++) {
    const [[y0, w0], [y1, w1]] = [keys[index - 1], keys[index]];
    if (y <= y1) {
      const t = (y - y0) / (y1 - y0);
      return w0 + (w1 - w0) * t * t * (3 - 2 * t) + ease;
    }
  }
  return hip + ease;
}
