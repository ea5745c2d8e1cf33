/**
 * @file Writes `biome.layers.json`: the rules that keep imports going downward, from the list of layers.
 *
 *     npx tsx scripts/write-layers.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeLayerRules } from './layers.ts';

writeFileSync(fileURLToPath(new URL('../biome.layers.json', import.meta.url)), describeLayerRules());
