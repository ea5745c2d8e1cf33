/** @file A person in an outfit in a room or a street: who wears what, in which order it is drawn. */
import { Random, seedFrom } from '../random/random.ts';
import type { BackdropName } from './backdrop.ts';
import { backdrops, paintBackdrop } from './backdrop.ts';
import { randomBody, standingPose } from './body.ts';
import { newCanvas, shadowBlur } from './canvas.ts';
import type { GarmentLabel } from './cut.ts';
import { armParts, trunkParts } from './figure.ts';
import type { RandomSceneOptions } from './flat-lay.ts';
import type { GarmentSpec } from './garment.ts';
import { cutOf, partsOf, randomGarment } from './garment.ts';
import type { Placement } from './geometry.ts';
import { ellipse, pathData } from './geometry.ts';
import { hairParts, headParts } from './head.ts';
import { castShadow, finishOf, paintParts } from './paint-parts.ts';
import type { Part, Role } from './part.ts';
import { hairFinish, randomPerson, skinFinish } from './person.ts';
import type { DrawnScene } from './scene.ts';
import { finishScene, paintGrain } from './scene.ts';

export interface OutfitScene {
  readonly width: number;
  readonly height: number;
  readonly backdrop: BackdropName;
  readonly garments: readonly GarmentSpec[];
  /** Pixels a centimetre. */
  readonly scale: number;
  /** Where the feet stand, in fractions of the picture. */
  readonly stand: readonly [x: number, y: number];
  /** Body, pose, face and hair. */
  readonly seed: number;
}

const tops: readonly GarmentLabel[] = ['tank', 'blouse', 'tee', 'sweater'];
const outer: readonly GarmentLabel[] = ['cardigan', 'jacket'];
const bottoms: readonly GarmentLabel[] = ['trousers', 'shorts', 'skirt'];
/** From the point between the shoulders to the ground. */
const GROUND_Y = 155;

export function drawOutfit({ width, height, backdrop, garments, scale, stand, seed }: OutfitScene): DrawnScene {
  const canvas = newCanvas(width, height);
  const random = new Random(seedFrom(seed, 'outfit'));
  const placement: Placement = { x: stand[0] * width, y: stand[1] * height - GROUND_Y * scale, scale };
  paintBackdrop(canvas, backdrop, random, Math.min(0.9, stand[1] - 0.1));
  const body = randomBody(random);
  const pose = standingPose(random, body);
  const person = randomPerson(random);
  const [skin, hair] = [skinFinish(person), hairFinish(person)];
  const tucked = random.chance(0.45);
  const covered = garments.some(({ label }) => outer.includes(label));
  const slimmer = {
    ...body,
    shoulder: body.shoulder - 1.2,
    chest: body.chest - 2.6,
    waist: body.waist - 2.6,
    hip: body.hip - 2.2,
  };
  const worn = garments.map((spec, owner) => {
    // What is worn under a jacket is pressed flat by it, and its sleeves are inside the jacket's.
    const inside = covered && (tops.includes(spec.label) || spec.label === 'dress');
    const parts = partsOf(spec, inside ? slimmer : body, pose);
    return {
      spec,
      owner,
      parts: inside ? parts.filter(({ role }) => role !== 'sleeve') : parts,
      finish: finishOf(spec),
    };
  });

  const hairs = hairParts(person).filter(
    (part) =>
      !garments.some(({ label }) => label === 'hat') ||
      part.role === 'back' ||
      person.style === 'long' ||
      person.style === 'bob' ||
      person.style === 'cropped' ||
      person.style === 'short',
  );

  const ground = ellipse(placement.x + 6 * scale, stand[1] * height - 1.5 * scale, 34 * scale, 4.4 * scale);
  canvas.marks.push(
    `<path d="${pathData(ground)}" fill="#1a1620" opacity=".42" filter="url(#${shadowBlur(canvas, 3 * scale)})"/>`,
  );

  const wear = (labels: readonly GarmentLabel[], role: Role, shadow = true): void => {
    for (const label of labels) {
      for (const { spec, owner, parts, finish } of worn.filter(({ spec: { label: own } }) => own === label)) {
        const shown = parts.filter((part) => part.role === role);
        if (shown.length === 0) continue;
        if (shadow && spec.label !== 'hat')
          castShadow(canvas, shown, placement, {
            offset: [0.7 * scale, 1.1 * scale],
            radius: 1.1 * scale,
            opacity: 0.36,
          });
        paintParts(canvas, shown, finish, placement, owner);
      }
    }
  };
  const plain = (parts: readonly Part[], finish = skin): void => paintParts(canvas, parts, finish, placement, -1);

  plain(
    hairs.filter((part) => part.role === 'back'),
    hair,
  );
  wear(['jacket', 'cardigan', ...tops, 'dress'], 'back', false);
  plain(trunkParts(body, pose));
  wear(['footwear'], 'torso', false);
  if (tucked) wear(tops, 'torso');
  wear(bottoms, 'torso');
  if (!tucked) wear(tops, 'torso');
  wear(['dress'], 'torso');
  wear(outer, 'torso');
  wear(['bag'], 'torso');
  plain(armParts(body, pose, garments.some(hasSleeves)));
  wear([...tops, 'dress'], 'sleeve', false);
  wear(outer, 'sleeve', false);
  wear(['bag'], 'sleeve');
  plain(headParts());
  plain(
    hairs.filter((part) => part.role !== 'back'),
    hair,
  );
  wear(['hat'], 'torso');
  paintGrain(canvas, seed, 0.12);
  return finishScene(canvas, garments);
}

/** Top and bottom or a dress, shoes; now and then a jacket or cardigan, a hat, a bag. */
function randomOutfitGarments(random: Random, theme: RandomSceneOptions['theme']): GarmentSpec[] {
  const make = (label: GarmentLabel) => randomGarment(random, { theme, label });
  const garments: GarmentSpec[] = [];
  if (random.chance(0.28)) garments.push(make('dress'));
  else
    garments.push(
      make(random.pick(['tee', 'blouse', 'tank', 'sweater', 'tee', 'blouse'])),
      make(random.pick(['trousers', 'trousers', 'trousers', 'skirt', 'skirt', 'shorts'])),
    );
  const warm = garments[0]?.label === 'sweater';
  if (random.chance(warm ? 0.2 : 0.42))
    garments.push(make(random.pick(warm ? ['jacket'] : ['jacket', 'jacket', 'cardigan'])));
  if (random.chance(0.94)) garments.push(make('footwear'));
  if (random.chance(0.3)) garments.push(make('hat'));
  if (random.chance(0.45)) garments.push(make('bag'));
  return garments;
}

export function randomOutfit(random: Random, { theme, longSide = 640 }: RandomSceneOptions): OutfitScene {
  const height = longSide;
  const width = Math.round(height * random.pick([0.6, 0.667, 0.75]));
  const garments = randomOutfitGarments(random, theme);
  const closeUp = random.chance(0.2);
  const tall = closeUp ? random.between(1.15, 1.5) : random.between(0.74, 0.92);
  const scale = (height * tall) / 192;
  const foot = closeUp ? tall + random.between(0.02, 0.08) : random.between(0.5 + tall / 2, 0.97);
  return {
    width,
    height,
    backdrop: random.pick(backdrops[theme]),
    garments,
    scale,
    stand: [random.between(0.4, 0.6), Math.max(foot, tall + 0.02)],
    seed: random.below(0x7fffffff),
  };
}

function hasSleeves(spec: GarmentSpec): boolean {
  const cut = cutOf(spec);
  return cut.kind === 'top' && cut.sleeve !== 'none';
}
