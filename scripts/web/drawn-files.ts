/** @file A step of the web app's build: sample photos and icons, drawn by the studio and by us; no picture of a person is shipped. */
import sharp from 'sharp';
import type { Plugin } from 'vite';
import { demoCatalogue, demoQuery } from '../../src/studio/catalogue.ts';
import type { GarmentLabel } from '../../src/studio/cut.ts';
import { drawOutfit } from '../../src/studio/outfit.ts';
import { renderJpeg } from '../../src/studio/render-node.ts';

/**
 * Each asks for garments of the demo shop: the seed chooses person, pose and place. The bundled model finds all garments of
 * these, and what is worn is its first answer for all sixteen.
 */
const samples: readonly { readonly seed: number; readonly wear: readonly GarmentLabel[] }[] = [
  { seed: 71, wear: ['dress', 'jacket', 'footwear', 'bag'] },
  { seed: 90, wear: ['sweater', 'trousers', 'footwear', 'bag'] },
  { seed: 117, wear: ['blouse', 'skirt', 'footwear', 'bag'] },
  { seed: 44, wear: ['tee', 'trousers', 'footwear', 'bag'] },
];

export function drawnFiles(): Plugin {
  return {
    name: 'drawn-files',
    apply: 'build',
    async generateBundle() {
      const items = demoCatalogue(1);
      for (const [index, { seed, wear }] of samples.entries()) {
        const source = await renderJpeg(drawOutfit(demoQuery(seed, items, wear).scene), 86);
        this.emitFile({ type: 'asset', fileName: `samples/${index + 1}.jpg`, source });
      }
      this.emitFile({ type: 'asset', fileName: 'icons/icon.svg', source: drawIcon(0.62) });
      for (const [name, side, share] of [
        ['icon-192', 192, 0.62],
        ['icon-512', 512, 0.62],
        // Phones cut these to their own shape: what matters stays within the inner 80 %.
        ['maskable-512', 512, 0.48],
        ['touch-180', 180, 0.58],
      ] as const) {
        const source = await sharp(Buffer.from(drawIcon(share)))
          .resize(side, side)
          .png({ palette: true })
          .toBuffer();
        this.emitFile({ type: 'asset', fileName: `icons/${name}.png`, source });
      }
    },
  };
}

/** A hanger in the corners of a box that was found. @param share of the side that the corners span */
function drawIcon(share: number): string {
  const [from, to] = [256 - 256 * share, 256 + 256 * share];
  const arm = 110 * share;
  const corner = (x: number, y: number, dx: number, dy: number) => `M${x + dx} ${y}H${x}V${y + dy}`;
  const corners = [
    corner(from, from, arm, arm),
    corner(to, from, -arm, arm),
    corner(from, to, arm, -arm),
    corner(to, to, -arm, -arm),
  ].join('');
  const hanger = 'M224 176a34 34 0 1 1 44 38c-9 4-12 9-12 20v16L128 338h256L256 250';
  const middle = `translate(256 264) scale(${(share * 1.25).toFixed(3)}) translate(-256 -256)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="#17463a"/><g fill="none" stroke-linecap="round" stroke-linejoin="round"><path d="${corners}" stroke="#f2c9a8" stroke-width="20"/><path d="${hanger}" transform="${middle}" stroke="#fdfbf7" stroke-width="24"/></g></svg>`;
}
