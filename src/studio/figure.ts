/** @file The drawn body: legs, torso, neck and arms. Clothes are drawn over it by `outfit.ts`, the head by `head.ts`. */
import type { Body, Pose, Side } from './body.ts';
import { armOf, CROTCH_Y, legOf, sides, torsoHalf, torsoPoint } from './body.ts';
import type { Point } from './geometry.ts';
import { mix, outlineOf, smooth, tube } from './geometry.ts';
import type { Part } from './part.ts';
import { skinPart } from './person.ts';

/** Legs, torso and neck: what lies under every garment. */
export function trunkParts(body: Body, pose: Pose): Part[] {
  const order: readonly Side[] = legOf(pose, -1)[2][1] <= legOf(pose, 1)[2][1] ? [-1, 1] : [1, -1];
  const legs = order.flatMap((side) => {
    const [hip, knee, ankle] = legOf(pose, side);
    const foot: Point[] = smooth(
      [
        [ankle[0] - 2.6, ankle[1] + 1],
        [ankle[0] - side * 1, ankle[1] + 8.6],
        [ankle[0] + side * 8, ankle[1] + 9],
        [ankle[0] + side * 11, ankle[1] + 7],
        [ankle[0] + side * 3, ankle[1] + 1],
      ],
      { closed: true, steps: 5 },
    );
    const calfSpot: Point = [knee[0] * 0.55 + ankle[0] * 0.45 + side * 0.5, knee[1] * 0.62 + ankle[1] * 0.38];
    return [
      skinPart(foot, 0.6),
      skinPart(
        outlineOf(
          tube(
            [hip, [(hip[0] + knee[0]) / 2, (hip[1] + knee[1]) / 2], knee, calfSpot, ankle, [ankle[0], ankle[1] + 3]],
            [body.thigh, body.thigh * 0.86, body.calf * 0.98, body.calf, 3.2, 3],
          ),
        ),
      ),
    ];
  });
  const right = [
    [body.neck - 0.6, -12],
    [body.neck - 0.4, -5],
    [body.neck + 2.4, -2],
    [body.shoulder - 1.4, 3.2],
    [body.shoulder - 0.6, 8],
  ];
  const side = (s: Side): Point[] => [
    ...smooth(
      right.map(([x, y]) => [x * s, y] as const),
      { steps: 5 },
    ),
    ...smooth(
      [20, 30, 40, 50, 60, CROTCH_Y - 1].map((y) => torsoPoint(pose, s, torsoHalf(body, y, -0.4, 1), y)),
      { steps: 4 },
    ),
  ];
  return [
    ...legs,
    skinPart([...side(1), torsoPoint(pose, 0, 0, CROTCH_Y + 2), ...side(-1).reverse()], 0.9, [
      {
        line: smooth([
          [-9, 3.4],
          [-4, 4.4],
          [-1, 6],
        ]),
        width: 0.35,
        tone: 'dark',
      },
      {
        line: smooth([
          [9, 3.4],
          [4, 4.4],
          [1, 6],
        ]),
        width: 0.35,
        tone: 'dark',
      },
    ]),
  ];
}

/** `sleeved`: the shoulder is covered, so the arm is drawn from below it. */
export function armParts(body: Body, pose: Pose, sleeved: boolean): Part[] {
  return sides.flatMap((side) => {
    const [shoulder, elbow, wrist] = armOf(pose, side);
    const [dx, dy] = [wrist[0] - elbow[0], wrist[1] - elbow[1]];
    const length = Math.hypot(dx, dy);
    const [ux, uy] = [dx / length, dy / length];
    const reach = (t: number): Point => [wrist[0] + ux * t, wrist[1] + uy * t];
    const hand = tube([reach(-1.5), reach(3), reach(8), reach(13), reach(16.5)], [2.1, 3.4, 3.8, 2.8, 1.2], 6);
    const thumb = smooth(
      [
        reach(2),
        [reach(5)[0] - side * 3.4 * Math.abs(uy), reach(5)[1] + 0.4],
        [reach(9)[0] - side * 4.4 * Math.abs(uy), reach(9)[1]],
        reach(7),
      ],
      { closed: true, steps: 4 },
    );
    return [
      skinPart(outlineOf(hand), 0.6),
      skinPart(thumb, 0.4),
      skinPart(
        outlineOf(
          sleeved
            ? tube(
                [mix(shoulder, elbow, 0.5), mix(shoulder, elbow, 0.75), elbow, wrist, reach(1.4)],
                [body.arm, body.arm * 0.94, body.arm * 0.84, 2.5, 2.3],
              )
            : tube(
                [[shoulder[0] - side, shoulder[1] - 1], [shoulder[0], shoulder[1] + 6], elbow, wrist, reach(1.4)],
                [body.arm * 0.9, body.arm, body.arm * 0.84, 2.5, 2.3],
              ),
        ),
      ),
    ];
  });
}
