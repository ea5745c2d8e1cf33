import { expect, test } from 'vitest';
import { boxesSvg } from './boxes-svg.ts';
import { colourOfClass } from './class-colours.ts';

const classes = ['tee', 'trousers'];
const options = { width: 640, height: 480, scale: 2, classes, font: 'system' } as const;

function rectangles(svg: string) {
  return [
    ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"[^>]*fill="([^"]+)"/g),
  ].map(([, x, y, width, height, fill]) => ({ x: +x!, y: +y!, width: +width!, height: +height!, fill }));
}

test('a box is drawn at the scale of the picture, in the colour of its class', () => {
  const svg = boxesSvg([{ box: [50, 60, 150, 200], label: 'trousers', score: 0.876 }], options);
  const [halo, frame, chip] = rectangles(svg);
  expect(frame).toEqual({ x: 100, y: 120, width: 200, height: 280, fill: 'none' });
  expect(halo).toEqual(frame);
  expect(chip!.fill).toBe(colourOfClass('trousers', classes));
  expect(chip!.y + chip!.height).toBeCloseTo(120);
  expect(svg).toContain('trousers 88%');
});

test('chips of boxes in one place do not cover each other, and stay in the picture', () => {
  const boxes = Array.from({ length: 5 }, () => ({ box: [0, 0, 320, 240] as const, label: 'tee', score: 0.5 }));
  const chips = rectangles(boxesSvg(boxes, options)).filter(({ fill }) => fill !== 'none');
  expect(chips).toHaveLength(5);
  const rows = chips.map(({ y, height }) => [y, y + height] as const).sort((a, b) => a[0] - b[0]);
  for (const [index, [top, bottom]] of rows.entries()) {
    expect(top).toBeGreaterThanOrEqual(index === 0 ? 0 : rows[index - 1][1] - 0.01);
    expect(bottom).toBeLessThanOrEqual(480);
  }
});

test('a class name is text, whatever it says', () => {
  const svg = boxesSvg([{ box: [0, 0, 9, 9], label: '<script>"', score: null }], options);
  expect(svg).toContain('&lt;script&gt;&quot;');
  expect(svg).not.toContain('<script');
});
