/**
 * @file Group norm: the channels of a photo in groups, each brought to mean 0 and deviation 1 over its channels and
 * places, then scaled and shifted. It knows nothing of other photos, so it trains with two photos a step as with thirty,
 * and serves as it was trained (docs/decisions/0005).
 *
 * Shapes: N photos, C channels, G groups, D = C / G channels a group.
 * Reference: https://arxiv.org/abs/1803.08494, torch.nn.GroupNorm
 */
import { add, div, mean, mul, neg, sqrt, sub, sum } from '../graph/arithmetic.ts';
import { expand, reshape } from '../graph/layout.ts';
import { staticShape, type Value, withGradient } from '../graph/value.ts';

/** The paper's number; fewer where a group would hold less than two channels. */
const GROUPS = 32;

/** How many groups so many channels are in. */
export function groupsOf(channels: number): number {
  return channels % 2 === 0 ? greatestDivisor(GROUPS, channels / 2) : 1;
}

/**
 * @param x `[N, C, H, W]`, N known
 * @param gain `[C]`
 * @param bias `[C]`
 * @returns the shape of `x`
 */
export function groupNorm(
  x: Value,
  gain: Value,
  bias: Value,
  { groups, epsilon }: { readonly groups: number; readonly epsilon: number },
): Value {
  const [photos, channels] = x.shape as [number, number];
  const perGroup = channels / groups;
  const grouped = reshape(x, [photos, groups, -1]);
  const centre = mean(grouped, [2], { keep: true });
  const away = sub(grouped, centre);
  const variance = mean(mul(away, away), [2], { keep: true });
  const steepness = div(1, sqrt(add(variance, epsilon)));

  // Channel by channel `scale * x + shift`: two passes over the activations, whatever H and W are.
  const [mu, rate] = [centre, steepness].map((value) => reshape(value, [photos, groups, 1])) as [Value, Value];
  const [gains, shifts] = [gain, bias].map((value) => reshape(value, [1, groups, perGroup])) as [Value, Value];
  const scale = mul(rate, gains);
  const shift = sub(shifts, mul(mu, scale));
  const acrossPlaces = (value: Value) => reshape(value, [photos, channels, 1, 1]);
  const y = add(mul(x, acrossPlaces(scale)), acrossPlaces(shift));

  return withGradient(y, [x, gain, bias], (dy) => {
    const [, , height, width] = staticShape(x) as [number, number, number, number];
    const perChannel = (value: Value) => reshape(sum(value, [2, 3]), [photos, groups, perGroup]);
    const slope = perChannel(dy);
    // Sums of dy times the normalised x.
    const lean = mul(sub(perChannel(mul(dy, x)), mul(mu, slope)), rate);
    const share = 1 / (perGroup * height * width);
    const meanOf = (value: Value) => mul(sum(mul(value, gains), [2], { keep: true }), share);
    // dx = rate * (gain dy - mean(gain dy) - normalised x * mean(gain dy * normalised x)), as a line in x.
    const steep = neg(mul(mul(rate, rate), meanOf(lean)));
    const level = neg(add(mul(rate, meanOf(slope)), mul(mu, steep)));
    const spread = (value: Value) => acrossPlaces(expand(value, [photos, groups, perGroup]));
    const dx = add(add(mul(dy, acrossPlaces(scale)), mul(x, spread(steep))), spread(level));
    const total = (value: Value) => reshape(sum(value, [0]), [channels]);
    return [dx, total(lean), total(slope)];
  });
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
