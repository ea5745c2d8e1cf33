/** @file For tests: what a device found and was answered, held against the server's own of the same photo. */
import { expect } from 'vitest';
import { pairwiseIou } from '../../src/boxes/iou.ts';
import { createClient, type DetectAnswer, type GarmentAnswer } from '../../src/client/client.ts';
import { agreement } from '../../src/embedding/engine-check.ts';
import type { Shop } from './browser.ts';

/**
 * Holds boxes and labels of both against each other, leaving out those whose score is at the edge of what is shown.
 *
 * @returns how many were compared
 */
export async function expectSameGarments(
  here: DetectAnswer['garments'],
  there: DetectAnswer['garments'],
  { server }: Shop,
): Promise<number> {
  const { classes } = await createClient({ url: server.url }).call('getModel', {});
  const lowest = new Map(classes.map(({ label, minScore }) => [label, minScore]));
  let numCompared = 0;
  for (const [wanted, given] of [
    [here, there],
    [there, here],
  ]) {
    const overlapsOf = (box: readonly number[]) =>
      pairwiseIou(Float32Array.from(box), Float32Array.from(given.flatMap((each) => [...each.box])));
    for (const { box, label, score } of wanted) {
      if (score < (lowest.get(label) ?? 0) + agreement.score) continue;
      const best = given.filter((each) => each.label === label).map((each) => overlapsOf(box)[given.indexOf(each)]);
      expect(Math.max(...best), `${label} ${score} at ${box}`).toBeGreaterThanOrEqual(agreement.iou);
      numCompared += 1;
    }
  }
  return numCompared;
}

/** Browser and server decode a JPEG a little differently: far less than where words change (13, 20; 0.65). */
const tolerance = { colours: 1, texture: 0.05 };

/** Items whose similarities differ by less may have changed places, or stand on either side of the end of the list. */
const similarityTolerance = 0.005;

/**
 * Holds the items of both for the same garment, their similarities and their order, against each other.
 *
 * @returns how many were compared
 */
export function expectSameItems(here: readonly GarmentAnswer[], there: readonly GarmentAnswer[]): number {
  let numCompared = 0;
  for (const garment of here) {
    const same = sameGarment(garment, there);
    if (same === undefined) continue;
    const name = `${garment.label} at ${garment.box}`;
    expect(garment.items.length, name).toBe(same.items.length);
    for (const [mine, other] of [
      [garment.items, same.items],
      [same.items, garment.items],
    ]) {
      const last = other.at(-1)?.similarity ?? Number.NaN;
      const placed = mine.map(({ id, similarity }) => {
        const place = other.findIndex((each) => each.id === id);
        return { id, similarity, place: place < 0 ? other.length : place, otherwise: other[place]?.similarity ?? last };
      });
      for (const [at, { id, similarity, place, otherwise }] of placed.entries()) {
        const where = `${name}: ${id}, place ${at + 1} and ${place + 1}`;
        expect(Math.abs(similarity - otherwise), where).toBeLessThan(similarityTolerance);
        // Classes that are less likely come last, so similarities need not fall along the whole list.
        for (const before of placed.slice(0, at).filter((each) => each.place > place))
          expect(Math.abs(similarity - before.similarity), `${where}, behind ${before.id}`).toBeLessThan(
            similarityTolerance,
          );
        numCompared += 1;
      }
    }
  }
  return numCompared;
}

/**
 * Holds the reasons of both for the same item of the same garment against each other.
 *
 * @returns how many were compared
 */
export function expectSameReasons(here: readonly GarmentAnswer[], there: readonly GarmentAnswer[]): number {
  let numCompared = 0;
  for (const garment of here) {
    const { label, items } = garment;
    const same = sameGarment(garment, there);
    for (const { id, why } of items) {
      const other = same?.items.find((each) => each.id === id)?.why;
      if (other === undefined) continue;
      const { colourDistance, textureSimilarity } = other;
      expect(why, `${label}: ${id}`).toMatchObject({ box: other.box, sameClass: other.sameClass });
      expect(Math.abs((why.colourDistance ?? Number.NaN) - (colourDistance ?? Number.NaN))).toBeLessThan(
        tolerance.colours,
      );
      expect(Math.abs((why.textureSimilarity ?? Number.NaN) - (textureSimilarity ?? Number.NaN))).toBeLessThan(
        tolerance.texture,
      );
      numCompared += 1;
    }
  }
  return numCompared;
}

function sameGarment({ label, box }: GarmentAnswer, among: readonly GarmentAnswer[]): GarmentAnswer | undefined {
  const overlap = (each: GarmentAnswer) => overlapOf(each.box ?? [0, 0, 0, 0], box ?? [0, 0, 0, 0]);
  return among.find((each) => each.label === label && overlap(each) >= agreement.iou);
}

function overlapOf(one: readonly number[], other: readonly number[]): number {
  return pairwiseIou(Float32Array.from(one), Float32Array.from(other))[0];
}
