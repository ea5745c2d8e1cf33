/** @file Who is drawn: nobody in particular. Skin, hair and how they are painted. */
import type { Random } from '../random/random.ts';
import type { Point } from './geometry.ts';
import type { Finish } from './paint-parts.ts';
import { darken } from './palette.ts';
import type { Part } from './part.ts';

const skins = ['#f0cdb4', '#e6b896', '#d29f78', '#b07a52', '#8a5a3a', '#643f2a'] as const;
const hairs = ['#2a211d', '#4a3122', '#6f4a2b', '#a87a45', '#c9a56c', '#7a3b22', '#8f8b88', '#1d1b1f'] as const;
const styles = ['short', 'bob', 'long', 'bun', 'curly', 'cropped'] as const;
type HairStyle = (typeof styles)[number];

export interface Person {
  readonly skin: string;
  readonly hair: string;
  readonly style: HairStyle;
  /** Degrees the head leans. */
  readonly tilt: number;
}

export function randomPerson(random: Random): Person {
  return {
    skin: random.pick(skins),
    hair: random.pick(hairs),
    style: random.pick(styles),
    tilt: random.between(-6, 6),
  };
}

export const skinFinish = (person: Person): Finish => ({ ...plainFinish(person.skin), key: `skin ${person.skin}` });
export const hairFinish = (person: Person): Finish => ({
  ...plainFinish(person.hair),
  fabric: 'silk',
  key: `hair ${person.hair}`,
});

function plainFinish(base: string): Finish {
  return {
    base,
    accent: darken(base, 0.4),
    dark: darken(base, 0.5),
    sole: base,
    fabric: 'cotton',
    cloth: null,
    key: base,
  };
}

export const skinPart = (outline: readonly Point[], volume = 0.8, seams: Part['seams'] = []): Part => ({
  outline,
  role: 'torso',
  material: 'plain',
  volume,
  seams: seams ?? [],
});
